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
}  // namespace wherry::containers
