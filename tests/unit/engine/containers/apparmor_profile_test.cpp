#include "engine/containers/apparmor_profile.hpp"

#include <gtest/gtest.h>

namespace wherry::containers {
namespace {

struct Case {
    const char* name;
    bool privileged;
    std::vector<std::string> options;
    const char* profile;
};

class AppArmorProfile : public ::testing::TestWithParam<Case> {};

TEST_P(AppArmorProfile, is_chosen) {
    api::HostConfig host;
    host.privileged = GetParam().privileged;
    for (const std::string& option : GetParam().options) {
        host.security_opt.push_back(option);
    }
    EXPECT_EQ(apparmor_profile(host), GetParam().profile);
}

INSTANTIATE_TEST_SUITE_P(
    All, AppArmorProfile,
    ::testing::Values(Case{"nothing_said", false, {}, "docker-default"},
                      Case{"another_option", false, {"no-new-privileges"}, "docker-default"},
                      Case{"named", false, {"apparmor=own"}, "own"},
                      Case{"named_the_old_way", false, {"apparmor:own"}, "own"},
                      Case{"unconfined", false, {"apparmor=unconfined"}, "unconfined"},
                      Case{"empty", false, {"apparmor="}, "docker-default"},
                      Case{"privileged", true, {}, "unconfined"},
                      Case{"privileged_and_named", true, {"apparmor=own"}, "unconfined"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace wherry::containers
