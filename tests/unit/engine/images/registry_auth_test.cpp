#include "engine/images/registry_auth.hpp"

#include <gtest/gtest.h>

namespace wherry::images {
namespace {

TEST(RegistryAuth, reads_a_bearer_challenge) {
    const auto found = parse_challenges(
        "Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
        "scope=\"repository:library/alpine:pull,push\"");
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].scheme, "bearer");
    EXPECT_EQ(found[0].realm, "https://auth.docker.io/token");
    EXPECT_EQ(found[0].service, "registry.docker.io");
    EXPECT_EQ(found[0].scope, "repository:library/alpine:pull,push");
}

TEST(RegistryAuth, reads_several_challenges_and_odd_writing) {
    const auto found = parse_challenges(
        "Negotiate, BASIC Realm = \"a \\\"quoted\\\" realm\" , bearer realm=x ;; error=invalid");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].scheme, "negotiate");
    EXPECT_EQ(found[1].scheme, "basic");
    EXPECT_EQ(found[1].realm, "a \"quoted\" realm");
    EXPECT_EQ(found[2].realm, "x");
    EXPECT_EQ(found[2].error, "invalid");
}

TEST(RegistryAuth, hostile_headers_end) {
    EXPECT_TRUE(parse_challenges("").empty());
    EXPECT_TRUE(parse_challenges("=,;\"=").empty());
    EXPECT_EQ(parse_challenges("Bearer realm=\"never closed").at(0).realm, "never closed");
    EXPECT_TRUE(parse_challenges("\"\"\"\\").empty());
}

TEST(RegistryAuth, basic_is_user_and_password) {
    EXPECT_EQ(basic_authorization({.username = "user", .password = "pass"}), "Basic dXNlcjpwYXNz");
}

}  // namespace
}  // namespace wherry::images
