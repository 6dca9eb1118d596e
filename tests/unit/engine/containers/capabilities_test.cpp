#include "engine/containers/capabilities.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wherry::containers {
namespace {

using testing::Contains;
using testing::Not;
using Names = std::vector<std::string>;

TEST(Capabilities, defaults_are_dockers_fourteen) {
    EXPECT_EQ(choose_capabilities({}, {}, false)->size(), 14U);
    EXPECT_THAT(*choose_capabilities({}, {}, false), Not(Contains("CAP_SYS_ADMIN")));
}

TEST(Capabilities, names_come_in_any_form) {
    for (const char* name : {"net_admin", "CAP_NET_ADMIN", "Net_Admin", "cap_net_admin"}) {
        EXPECT_THAT(*choose_capabilities({name}, {}, false), Contains("CAP_NET_ADMIN")) << name;
    }
}

TEST(Capabilities, all_can_be_added_or_dropped_with_exceptions) {
    EXPECT_EQ(*choose_capabilities({}, {"ALL"}, false), Names{});
    EXPECT_EQ(*choose_capabilities({"CHOWN"}, {"all"}, false), Names{"CAP_CHOWN"});
    const auto most = *choose_capabilities({"ALL"}, {"CAP_CHOWN"}, false);
    EXPECT_THAT(most, Not(Contains("CAP_CHOWN")));
    EXPECT_EQ(most.size() + 1, all_capabilities().size());
    EXPECT_EQ(*choose_capabilities({}, {"ALL"}, true), all_capabilities());
}

TEST(Capabilities, unknown_names_are_refused) {
    const auto chosen = choose_capabilities({"fly"}, {}, false);
    ASSERT_FALSE(chosen.ok());
    EXPECT_EQ(chosen.error().message(), "unknown capability: \"CAP_FLY\"");
    EXPECT_EQ(chosen.error().status(), 400);
}

}  // namespace
TEST(Capabilities, have_the_kernels_numbers) {
    EXPECT_EQ(capability_bits({}), 0U);
    EXPECT_EQ(capability_bits({"CAP_CHOWN", "CAP_SYS_MODULE"}), (1U << 0) | (1U << 16));
    EXPECT_EQ(capability_bits({"CAP_CHECKPOINT_RESTORE"}), std::uint64_t{1} << 40);
    EXPECT_EQ(capability_bits({"CHOWN", "CAP_NO_SUCH"}), 0U);
    EXPECT_EQ(capability_bits(choose_capabilities({}, {}, false).value()), 0xa80425fbU);
}

}  // namespace wherry::containers
