#include "monitor/console.hpp"

#include <sys/epoll.h>

#include "os/packet_socket.hpp"

namespace wherry::monitor {

ConsoleSocket::~ConsoleSocket() {
    loop_.forget(listener_.get());
    loop_.forget(connection_.get());
}

Result<> ConsoleSocket::open(const std::string& path) {
    TRY(listener_, os::listen_console(path));
    loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t /*events*/) { accept(); });
    return {};
}

void ConsoleSocket::poll() {
    if (listener_) {
        accept();
    }
}

void ConsoleSocket::accept() {
    if (!connection_) {
        auto accepted = os::accept_packets(listener_.get());
        if (!accepted || !*accepted) {
            return;
        }
        connection_ = std::move(**accepted);
        loop_.watch(connection_.get(), EPOLLIN, [this](std::uint32_t /*events*/) { accept(); });
    }
    auto packet = os::receive_console(connection_.get());
    if (packet && !*packet) {
        return;
    }
    if (packet && !(*packet)->fds.empty()) {
        arrived_(std::move((*packet)->fds[0]));
        loop_.forget(listener_.get());
        listener_.reset();
    }
    loop_.forget(connection_.get());
    connection_.reset();
}

}  // namespace wherry::monitor
