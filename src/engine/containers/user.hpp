// Who a container's process is: "user", "uid", "user:group" looked up in the image's own files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/containers/spec.hpp"

namespace wherry::containers {

/// The texts of /etc/passwd and /etc/group, "" where there is none.
struct UserFiles {
    std::string passwd;
    std::string group;
};

/// Reads them below a root held by descriptor; what is no regular file of at most 4 MiB counts as
/// missing.
[[nodiscard]] UserFiles read_user_files(int root);

/// `user` as in Config.User, `extra_groups` as in HostConfig.GroupAdd. 500 "unable to find user U:
/// no matching entries in passwd file", likewise for groups. Pure.
[[nodiscard]] Result<Identity> resolve_user(std::string_view user,
                                            const std::vector<std::string>& extra_groups,
                                            const UserFiles& files);

}  // namespace wherry::containers
