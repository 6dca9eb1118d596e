#include "server/runtime_facts.hpp"

#include <gtest/gtest.h>

namespace wherry::server {
namespace {

TEST(RuntimeFacts, versions_of_crun_and_runc_are_read) {
    RuntimeFacts crun;
    read_runtime_version("crun version 1.8.1\ncommit: f8a096be\nrundir: /run/crun\n", crun);
    EXPECT_EQ(crun.version, "1.8.1");
    EXPECT_EQ(crun.commit, "f8a096be");
    RuntimeFacts runc;
    read_runtime_version("runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1\nspec: 1.0.2-dev\n", runc);
    EXPECT_EQ(runc.version, "1.1.5+ds1");
    EXPECT_EQ(runc.commit, "1.1.5+ds1-1");
}

TEST(RuntimeFacts, a_missing_runtime_is_named) {
    const auto found = find_runtime("no-such-runtime");
    ASSERT_FALSE(found.ok());
    EXPECT_EQ(found.error().message(),
              "OCI runtime no-such-runtime is not installed (Debian: package no-such-runtime)");
}

}  // namespace
}  // namespace wherry::server
