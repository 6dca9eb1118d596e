#include "unit/sdk/scripted_server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/socket.hpp"

namespace wherry::test {

namespace {

/// False when there is nothing more to read, or the server stops.
bool read_more(int socket, int stop, std::string& bytes) {
    std::array<pollfd, 2> fds{pollfd{.fd = socket, .events = POLLIN, .revents = 0},
                              pollfd{.fd = stop, .events = POLLIN, .revents = 0}};
    ::poll(fds.data(), fds.size(), -1);
    if (fds[1].revents != 0) {
        return false;
    }
    std::array<char, 4096> buffer{};
    const auto count = ::recv(socket, buffer.data(), buffer.size(), 0);
    if (count <= 0) {
        return count < 0 && errno == EAGAIN;
    }
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

std::size_t body_length(const std::string& head) {
    const auto lowered = text::lower(head);
    const auto at = lowered.find("content-length: ");
    return at == std::string::npos ? 0 : std::stoul(lowered.substr(at + 16));
}

}  // namespace

ScriptedServer::ScriptedServer(Script script)
    : path_(folder_.path() + "/s"),
      script_(std::move(script)),
      listener_(os::listen_unix(path_, 0600, std::nullopt).value()),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      thread_([this] { serve(); }) {}

ScriptedServer::~ScriptedServer() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(stop_.get(), &one, sizeof one);
    thread_.join();
    for (auto& talker : talkers_) {
        talker.join();
    }
}

void ScriptedServer::serve() {
    while (true) {
        std::array<pollfd, 2> fds{pollfd{.fd = listener_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = stop_.get(), .events = POLLIN, .revents = 0}};
        ::poll(fds.data(), fds.size(), -1);
        if (fds[1].revents != 0) {
            return;
        }
        const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (socket >= 0) {
            const std::scoped_lock lock(mutex_);
            ++connections_;
            talkers_.emplace_back([this, socket] { talk(socket); });
        }
    }
}

void ScriptedServer::talk(int socket) {
    const os::UniqueFd owner(socket);
    std::string bytes;
    while (true) {
        auto end = bytes.find("\r\n\r\n");
        while (end == std::string::npos) {
            if (!read_more(socket, stop_.get(), bytes)) {
                return;
            }
            end = bytes.find("\r\n\r\n");
        }
        Request request;
        request.head = bytes.substr(0, end + 2);
        request.line = request.head.substr(0, request.head.find("\r\n"));
        bytes.erase(0, end + 4);
        const std::size_t length = body_length(request.head);
        while (bytes.size() < length && read_more(socket, stop_.get(), bytes)) {
        }
        request.body = bytes.substr(0, length);
        bytes.erase(0, length);
        request.socket = socket;
        {
            const std::scoped_lock lock(mutex_);
            requests_.push_back(request);
        }
        const std::string reply = script_(request);
        if (reply.empty() || !os::write_all(socket, reply)) {
            return;
        }
    }
}

std::vector<Request> ScriptedServer::requests() const {
    const std::scoped_lock lock(mutex_);
    return requests_;
}

std::vector<std::string> ScriptedServer::calls() const {
    std::vector<std::string> found;
    for (const auto& request : requests()) {
        found.push_back(request.call());
    }
    return found;
}

int ScriptedServer::connections() const {
    const std::scoped_lock lock(mutex_);
    return connections_;
}

std::string answer(int status, const std::string& body, const std::string& headers) {
    return text::format("HTTP/1.1 {} X\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(),
                        headers, body);
}

std::string pong(const std::string& api_version) {
    const std::string version = api_version.empty() ? "" : "Api-Version: " + api_version + "\r\n";
    return answer(200, "", version + "Ostype: linux\r\nBuilder-Version: 1\r\n");
}

Script with_ping(Script next, const std::string& api_version) {
    return [next = std::move(next), api_version](const Request& request) {
        return request.call().ends_with(" /_ping") ? pong(api_version) : next(request);
    };
}

}  // namespace wherry::test
