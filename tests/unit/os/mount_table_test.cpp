#include "os/mount_table.hpp"

#include <gtest/gtest.h>

namespace wherry::os {
namespace {

constexpr const char* table =
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
    "23 22 0:20 / /a\\040b rw master:1 - tmpfs x rw\n"
    "24 22 0:21 / /a\\040b/c rw - tmpfs x rw\n"
    "25 22 0:22 / /a\\040b/c rw shared:7 master:1 - tmpfs y rw\n";

TEST(MountTable, tells_how_mounts_propagate) {
    const auto mounts = parse_mount_table(table);
    ASSERT_EQ(mounts.size(), 4U);
    EXPECT_TRUE(mounts[0].shared);
    EXPECT_FALSE(mounts[0].slave);
    EXPECT_EQ(mounts[1].target, "/a b");
    EXPECT_TRUE(mounts[1].slave);
    EXPECT_FALSE(mounts[2].shared || mounts[2].slave);
}

TEST(MountTable, finds_the_last_mount_that_a_path_lies_on) {
    const auto mounts = parse_mount_table(table);
    EXPECT_EQ(mount_of(mounts, "/a bc")->target, "/");
    EXPECT_EQ(mount_of(mounts, "/a b/d")->target, "/a b");
    EXPECT_TRUE(mount_of(mounts, "/a b/c/d")->shared);
    EXPECT_FALSE(mount_of({}, "/").has_value());
}

}  // namespace
}  // namespace wherry::os
