#include "engine/containers/cgroup_setup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wherry::containers {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CgroupSetup, only_what_the_v2_tree_does_not_use_is_mounted) {
    const auto plan = plan_cgroups("hugetlb misc\n", "misc\n");
    EXPECT_THAT(plan.mounted, ElementsAre("hugetlb"));
    EXPECT_THAT(plan.left, ElementsAre("misc: used by the v2 tree"));
}

TEST(CgroupSetup, hierarchies_are_those_with_a_controller) {
    EXPECT_THAT(joined_hierarchies("12:hugetlb:/\n9:name=systemd:/\n2:cpu,cpuacct:/a:b\n0::/\n"),
                ElementsAre("hugetlb", "cpu,cpuacct"));
    EXPECT_THAT(joined_hierarchies(""), IsEmpty());
}

TEST(CgroupSetup, an_empty_v2_tree_needs_nothing) {
    EXPECT_THAT(plan_cgroups("\n", "").mounted, IsEmpty());
    EXPECT_THAT(plan_cgroups("", "").left, IsEmpty());
}

}  // namespace
}  // namespace wherry::containers
