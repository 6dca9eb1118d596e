// The daemon's connections: requests in, replies and events out. Daemons come and go; their end is
// no news.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "codec/wire/exec.hpp"
#include "codec/wire/message.hpp"
#include "monitor/container.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/execs.hpp"
#include "monitor/health.hpp"
#include "monitor/stdio.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class Control {
  public:
    Control(EventLoop& loop, os::UniqueFd listener, std::string container_id);
    Control(const Control&) = delete;
    Control& operator=(const Control&) = delete;
    ~Control();

    void begin();

  private:
    struct Connection {
        os::UniqueFd fd;
        std::uint64_t serial = 0;
        std::deque<std::string> out;
        bool closed = false;
    };
    using Request = std::pair<Connection*, std::uint32_t>;

    void accept();
    void handle(Connection& connection, std::uint32_t events);
    void dispatch(Connection& connection, const std::string& bytes, std::vector<os::UniqueFd> fds);
    void request(Connection& connection, const wire::Header& header, const std::string& bytes,
                 std::vector<os::UniqueFd> fds);
    void request_besides(Connection& connection, const wire::Header& header,
                         const std::string& bytes, std::vector<os::UniqueFd> fds);
    void start(Connection& connection, std::uint32_t id, const std::string& bytes);
    void attach(Connection& connection, std::uint32_t id, const std::string& bytes,
                std::vector<os::UniqueFd> fds);
    void exec(Connection& connection, std::uint32_t id, const std::string& bytes,
              std::vector<os::UniqueFd> fds);
    /// The connection may be gone when an answer comes late.
    [[nodiscard]] Connection* find(std::uint64_t serial) const;
    template <class M, class F>
    void act(Connection& connection, std::uint32_t id, const std::string& bytes, F action);
    template <class M>
    void reply(Connection& connection, std::uint32_t id, const M& message);
    void reply(Connection& connection, std::uint32_t id, const Result<>& result);
    template <class M>
    void tell_all(const M& event);
    void send(Connection& connection, std::string message);
    void flush(Connection& connection);
    void drop(Connection& connection);
    void sweep();
    void reap();
    void consider_end();

    EventLoop& loop_;
    os::UniqueFd listener_;
    os::UniqueFd signals_;
    std::string container_id_;
    Stdio stdio_;
    Container container_;
    Execs execs_;
    Health health_;
    std::uint32_t last_attach_ = 0;
    std::uint64_t last_serial_ = 0;
    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<os::UniqueFd> held_;  // came ahead of the start
    Request starter_{};
    std::vector<Request> acknowledgers_;
    bool acknowledged_ = false;
    bool quitting_ = false;
};

}  // namespace wherry::monitor
