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

TEST(CgroupSetup, an_empty_v2_tree_needs_nothing) {
    EXPECT_THAT(plan_cgroups("\n", "").mounted, IsEmpty());
    EXPECT_THAT(plan_cgroups("", "").left, IsEmpty());
}

}  // namespace
}  // namespace wherry::containers
