#include "api/reference.hpp"

#include <gtest/gtest.h>

#include "api/platform.hpp"

namespace wherry::api {
namespace {

const std::string digest = "sha256:" + std::string(64, 'a');

struct Case {
    std::string text;
    std::string canonical;
    std::string familiar;
};

TEST(Reference, is_read_as_docker_reads_it) {
    const std::vector<Case> cases = {
        {"alpine", "docker.io/library/alpine", "alpine"},
        {"alpine:3", "docker.io/library/alpine:3", "alpine:3"},
        {"user/image", "docker.io/user/image", "user/image"},
        {"docker.io/alpine", "docker.io/library/alpine", "alpine"},
        {"index.docker.io/library/alpine", "docker.io/library/alpine", "alpine"},
        {"docker.io/library/a/b", "docker.io/library/a/b", "library/a/b"},
        {"localhost/x", "localhost/x", "localhost/x"},
        {"localhost:5000/x:y", "localhost:5000/x:y", "localhost:5000/x:y"},
        {"127.0.0.1:5000/a/b_c__d.e-f--g", "127.0.0.1:5000/a/b_c__d.e-f--g",
         "127.0.0.1:5000/a/b_c__d.e-f--g"},
        {"[::1]:5000/x", "[::1]:5000/x", "[::1]:5000/x"},
        {"Host/x", "Host/x", "Host/x"},
        {"alpine@" + digest, "docker.io/library/alpine@" + digest, "alpine@" + digest},
        {"alpine:3@" + digest, "docker.io/library/alpine:3@" + digest, "alpine:3@" + digest},
    };
    for (const Case& one : cases) {
        const auto parsed = Reference::parse(one.text);
        ASSERT_TRUE(parsed) << one.text << ": " << parsed.error().message();
        EXPECT_EQ(parsed->canonical(), one.canonical);
        EXPECT_EQ(parsed->familiar(), one.familiar);
    }
}

TEST(Reference, what_is_none_is_refused) {
    for (const std::string text : {"", ":tag", "a//b", "a:", "a:-x", "a@sha256:12", "a_-b", "-a",
                                   "a-", "a/", "/a", "a b", "a...b", "a.b:/x", "[::1/x", "a:b:c"}) {
        const auto parsed = Reference::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().status(), 400);
        EXPECT_EQ(parsed.error().message(), "invalid reference format") << text;
    }
    EXPECT_EQ(Reference::parse("AL").error().message(),
              "invalid reference format: repository name (library/AL) must be lowercase");
    EXPECT_EQ(Reference::parse(std::string(64, 'b')).error().message(),
              "invalid repository name (" + std::string(64, 'b') +
                  "), cannot specify 64-byte hexadecimal strings");
    EXPECT_FALSE(Reference::parse("a:" + std::string(129, 't')));
}

TEST(Reference, digests_are_refused_with_their_reason) {
    const std::pair<std::string, const char*> cases[] = {
        {"a@sha256:" + std::string(63, '0'), "invalid checksum digest length"},
        {"a@sha256:" + std::string(64, 'A'), "invalid checksum digest format"},
        {"a@md5:" + std::string(32, '0'), "unsupported digest algorithm"},
        {"a@sha256:" + std::string(31, '0'), "invalid reference format"},
        {"a@sha256", "invalid reference format"},
        {"a@-x:" + std::string(64, '0'), "invalid reference format"}};
    for (const auto& [text, message] : cases) {
        const auto parsed = Reference::parse(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().message(), message) << text;
        EXPECT_EQ(parsed.error().status(), 400);
    }
    EXPECT_TRUE(Reference::parse("a@sha512:" + std::string(128, '0')));
    EXPECT_TRUE(is_digest(digest));
    EXPECT_FALSE(is_digest("sha512:" + std::string(128, '0')));
}

TEST(Reference, latest_is_the_default_tag) {
    EXPECT_EQ(Reference::parse("alpine")->with_default_tag().familiar(), "alpine:latest");
    EXPECT_EQ(Reference::parse("alpine:3")->with_default_tag().familiar(), "alpine:3");
    EXPECT_EQ(Reference::parse("alpine@" + digest)->with_default_tag().familiar(),
              "alpine@" + digest);
}

TEST(Platform, is_read_and_normalised) {
    const auto format = [](std::string_view text) {
        const auto parsed = PlatformSpec::parse(text);
        return parsed ? parsed->format() : parsed.error().message();
    };
    EXPECT_EQ(format("linux/arm64/v8"), "linux/arm64");
    EXPECT_EQ(format("linux/aarch64"), "linux/arm64");
    EXPECT_EQ(format("linux/arm"), "linux/arm/v7");
    EXPECT_EQ(format("Linux/X86_64"), "linux/amd64");
    EXPECT_EQ(format("s390x"), "linux/s390x");
    EXPECT_EQ(format("windows"), "windows/" + PlatformSpec::host().architecture);
    EXPECT_EQ(format("foo"), "\"foo\": unknown operating system or architecture: invalid argument");
    EXPECT_EQ(format("*"), "\"*\": wildcards not yet supported: invalid argument");
    EXPECT_FALSE(PlatformSpec::parse("a/b/c/d"));
    EXPECT_FALSE(PlatformSpec::parse("linux//x"));
    EXPECT_FALSE(PlatformSpec::parse(""));
}

TEST(Platform, knows_what_else_runs_on_it) {
    const auto names = [](std::string_view text) {
        std::string out;
        for (const auto& platform : compatible_platforms(*PlatformSpec::parse(text))) {
            out += platform.format() + " ";
        }
        return out;
    };
    EXPECT_EQ(names("linux/amd64"), "linux/amd64 linux/386 ");
    EXPECT_EQ(names("linux/amd64/v3"), "linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/386 ");
    EXPECT_EQ(names("linux/arm/v6"), "linux/arm/v6 linux/arm/v5 ");
    EXPECT_EQ(names("linux/s390x"), "linux/s390x ");
}

}  // namespace
}  // namespace wherry::api
