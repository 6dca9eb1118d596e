#include "os/cgroup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wherry::os {
namespace {

constexpr const char* table =
    "32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
    "41 31 0:38 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw,nsdelegate,favordynmods\n"
    "42 31 0:38 / /other rw shared:4 - cgroup2 cgroup2 rw\n"
    "43 31 0:38 / rw - cgroup2\n";

TEST(Cgroup, options_of_the_v2_tree_are_those_of_its_mount) {
    EXPECT_THAT(unified_options(table, "/sys/fs/cgroup/unified"),
                testing::Optional(testing::ElementsAre("nsdelegate", "favordynmods")));
    EXPECT_THAT(unified_options(table, "/other"), testing::Optional(testing::IsEmpty()));
    EXPECT_EQ(unified_options(table, "/sys/fs/cgroup/cpu"), std::nullopt);
    EXPECT_EQ(unified_options("", "/other"), std::nullopt);
}

}  // namespace
}  // namespace wherry::os
