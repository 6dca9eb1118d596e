// The AppArmor profile of containers that name none, as Docker has it. Pure.
#pragma once

#include <string>

#include "api/generated/container.hpp"

namespace wherry::containers {

inline constexpr const char* default_apparmor_profile = "docker-default";

/// The profile that confines a container on a host with AppArmor: what SecurityOpt names, but
/// "unconfined" where it is privileged, and Docker's default where nothing is said.
[[nodiscard]] std::string apparmor_profile(const api::HostConfig& host);

/// The one that the kernel is told; "" where nothing confines it.
[[nodiscard]] std::string confining_profile(const api::HostConfig& host, bool has_apparmor);

/// The source of the default one (apparmor.d(5)).
[[nodiscard]] std::string default_apparmor_source();

}  // namespace wherry::containers
