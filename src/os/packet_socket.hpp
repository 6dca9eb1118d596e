// Unix sockets that keep messages whole (SOCK_SEQPACKET) and carry descriptors.
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::os {

/// Makes and listens on a socket that only root may connect to; replaces what is there.
[[nodiscard]] Result<UniqueFd> listen_packets(const std::string& path);
[[nodiscard]] Result<UniqueFd> connect_packets(const std::string& path);
/// Two ends that are connected.
[[nodiscard]] Result<std::pair<UniqueFd, UniqueFd>> packet_pair();
/// The next connection, non-blocking; nothing if there is none now.
[[nodiscard]] Result<std::optional<UniqueFd>> accept_packets(int listener);
/// The process at the other end, as it was when it connected or listened.
[[nodiscard]] Result<pid_t> peer_process(int fd);

/// Sends one message with descriptors (at most 253), whole or not at all; false: not now.
[[nodiscard]] Result<bool> send_packet(int fd, std::string_view bytes, std::span<const int> fds);

struct Packet {
    std::string bytes;  ///< empty: the peer has closed
    std::vector<UniqueFd> fds;
};
/// One message; nothing if there is none now.
[[nodiscard]] Result<std::optional<Packet>> receive_packet(int fd);

/// A stream socket's first message: bytes and at most one descriptor (an OCI runtime's console).
[[nodiscard]] Result<std::optional<Packet>> receive_console(int fd);
/// A unix stream listener for it.
[[nodiscard]] Result<UniqueFd> listen_console(const std::string& path);

}  // namespace wherry::os
