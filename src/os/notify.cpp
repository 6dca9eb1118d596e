#include "os/notify.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "base/text.hpp"
#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr int first_activated = 3;

std::string_view variable(const char* name) {
    // Read once at the start, before there are threads.
    const char* value = ::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value != nullptr ? value : "";
}

}  // namespace

Result<> notify_service_manager(std::string_view state) {
    const std::string_view path = variable("NOTIFY_SOCKET");
    sockaddr_un address{};
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return {};
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (path.front() == '@') {  // an abstract name
        address.sun_path[0] = '\0';
    }
    TRY(const int fd,
        checked("socket", "", [] { return ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0); }));
    const UniqueFd socket(fd);
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    CHECK_OK(checked("sendto", path, [&] {
        return ::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                        reinterpret_cast<const sockaddr*>(&address), size);
    }));
    return {};
}

std::vector<UniqueFd> activated_sockets() {
    std::vector<UniqueFd> sockets;
    const auto pid = text::parse_int<pid_t>(variable("LISTEN_PID"));
    const auto count = text::parse_int<int>(variable("LISTEN_FDS"));
    if (!pid || !count || *pid != ::getpid()) {
        return sockets;
    }
    for (int fd = first_activated; fd < first_activated + *count; ++fd) {
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        sockets.emplace_back(fd);
    }
    return sockets;
}

}  // namespace wherry::os
