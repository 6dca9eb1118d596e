#include "server/path.hpp"

#include <gtest/gtest.h>

namespace wherry::server {
namespace {

TEST(Path, is_cleaned_as_the_reference_does) {
    const std::pair<const char*, const char*> cases[] = {
        {"/a/b", "/a/b"},     {"//a", "/a"},   {"/a/../b", "/b"},
        {"/a/./b/", "/a/b/"}, {"/../a", "/a"}, {"", "/"},
        {"/", "/"},           {"/a//", "/a/"}, {"/containers//json", "/containers/json"}};
    for (const auto& [given, wanted] : cases) {
        EXPECT_EQ(clean_path(given), wanted) << given;
    }
}

TEST(Path, versions_are_digits_and_dots) {
    EXPECT_EQ(split_version("/v1.41/info").version, "1.41");
    EXPECT_EQ(split_version("/v1.41/info").rest, "/info");
    EXPECT_EQ(split_version("/v./info").version, ".");
    for (const char* other : {"/v1.x/info", "/vfoo/info", "/v1.41", "/volumes", "/v/info"}) {
        EXPECT_FALSE(split_version(other).version) << other;
        EXPECT_EQ(split_version(other).rest, other);
    }
}

TEST(Path, variables_are_greedy) {
    using Params = std::vector<std::string>;
    EXPECT_EQ(match("/info", "/info"), Params{});
    EXPECT_FALSE(match("/info", "/info/"));
    EXPECT_EQ(match("/images/{name}/json", "/images/a/b:1/json"), Params{"a/b:1"});
    EXPECT_EQ(match("/images/{name}/json", "/images/a/json/json"), Params{"a/json"});
    EXPECT_FALSE(match("/images/{name}/json", "/images/json"));
    EXPECT_EQ(match("/networks/{id}", "/networks/"), Params{""});
    EXPECT_EQ(match("/containers/{id}/checkpoints/{checkpoint}", "/containers/a/checkpoints/b"),
              (Params{"a", "b"}));
    EXPECT_FALSE(match("/containers/{id}/checkpoints/{checkpoint}", "/containers/a/json"));
}

TEST(Path, locations_are_encoded) {
    EXPECT_EQ(encode_path("/a b/ü"), "/a%20b/%C3%BC");
    EXPECT_EQ(encode_path("/v1.41/a:b@c"), "/v1.41/a:b@c");
}

}  // namespace
}  // namespace wherry::server
