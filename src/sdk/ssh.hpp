// The way to a daemon on another machine through the system's ssh program, as the docker command
// goes it: `ssh … docker system dial-stdio` there, its standard input and output here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/http/client.hpp"

namespace wherry::sdk {

/// The parts of ssh://[USER@]HOST[:PORT][/PATH].
struct SshTarget {
    std::string user;
    std::string host;
    std::string port;
    std::string socket;  ///< of the daemon there; "" for the one that docker uses there
};

/// `rest` is what follows "ssh://". Passwords are refused: ssh asks for none of ours.
[[nodiscard]] Result<SshTarget> parse_ssh(std::string_view rest);
/// The words behind `ssh`.
[[nodiscard]] std::vector<std::string> ssh_arguments(const SshTarget& target);
/// One ssh program a connection; it ends with its connection.
[[nodiscard]] http::Endpoint ssh_transport(const SshTarget& target);

}  // namespace wherry::sdk
