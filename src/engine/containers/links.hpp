// Legacy links of the default bridge: a container knows another by an alias, in /etc/hosts and by
// variables. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/record.hpp"

namespace wherry::containers {

/// "NAME[:ALIAS]" of HostConfig.Links.
struct LinkText {
    std::string name;
    std::string alias;
};
/// 500 "bad format for links: …", "empty string specified for links".
[[nodiscard]] Result<LinkText> parse_link(std::string_view text);

/// The other end, as it is when the container starts.
struct LinkTarget {
    std::string id;
    std::string name;
    std::string alias;
    std::string address;
    std::vector<std::string> variables;  ///< of the container that links to it
};

/// "ALIAS_NAME=…", "ALIAS_PORT_80_TCP=…", "ALIAS_ENV_X=…" for the container of that name.
[[nodiscard]] std::vector<std::string> link_variables(const std::string& own_name,
                                                      const LinkTarget& target,
                                                      const api::ContainerConfig& config);
/// Puts the links' lines into a hosts file, in front of the container's own line, which is last.
[[nodiscard]] std::string with_link_hosts(std::string hosts,
                                          const std::vector<LinkTarget>& targets);

}  // namespace wherry::containers
