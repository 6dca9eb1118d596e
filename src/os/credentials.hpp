// What a process may do: user, groups and capabilities (credentials(7), capabilities(7)).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

/// Sets of capabilities have bit N for capability N.
struct Credentials {
    uid_t uid = 0;
    gid_t gid = 0;
    std::vector<gid_t> groups;
    std::uint64_t effective = 0;
    std::uint64_t permitted = 0;
};

/// Takes every capability that `keep` lacks out of the bounding set.
[[nodiscard]] Result<> limit_capabilities(std::uint64_t keep);
/// The caller becomes that user with those capabilities, inheritable and ambient ones none. Only
/// for a program with one thread.
[[nodiscard]] Result<> become(const Credentials& credentials);
/// PR_SET_NO_NEW_PRIVS.
[[nodiscard]] Result<> forbid_new_privileges();
/// The caller cannot be traced, nor its program be reached by /proc, until it starts another.
[[nodiscard]] Result<> hide_from_tracers();
/// A session keyring of that name, so that the caller's own stays unknown to what it starts; where
/// the kernel has no keyrings, nothing.
[[nodiscard]] Result<> join_session_keyring(const char* name);

}  // namespace wherry::os
