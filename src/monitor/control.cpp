#include "monitor/control.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <iterator>

#include "os/memory.hpp"
#include "os/packet_socket.hpp"
#include "os/process.hpp"

namespace wherry::monitor {

using wire::MessageType;
using wire::Phase;

namespace {

/// A monitor that nobody gives work is not needed.
constexpr std::chrono::milliseconds idle_limit{10'000};

}  // namespace

Control::Control(EventLoop& loop, os::UniqueFd listener, std::string container_id)
    : loop_(loop),
      listener_(std::move(listener)),
      container_id_(std::move(container_id)),
      stdio_(loop,
             [this](std::uint32_t id, wire::AttachEndReason reason) {
                 tell_all(wire::AttachEnded{id, reason});
                 loop_.after(std::chrono::milliseconds(1), [this] { consider_end(); });
             }),
      container_(loop, stdio_,
                 {[this](const wire::Started& started) {
                      if (starter_.first != nullptr) {
                          reply(*starter_.first, starter_.second, started);
                      }
                      health_.begin(container_.request().health, started.started_at);
                  },
                  [this](const wire::Failure& failure) {
                      if (starter_.first != nullptr) {
                          reply(*starter_.first, starter_.second, failure);
                      }
                      acknowledged_ = true;
                  },
                  [this] { tell_all(wire::OutOfMemory()); },
                  [this](const wire::ExitEvent& exit) {
                      health_.end();
                      tell_all(exit);
                  },
                  [this] {
                      for (const auto& [connection, id] : acknowledgers_) {
                          reply(*connection, id, wire::Done{});
                      }
                      acknowledgers_.clear();
                      consider_end();
                  }}),
      execs_(loop, container_.request(),
             {[this](const wire::ExecEnded& end) { tell_all(end); },
              [this](std::uint32_t id, wire::AttachEndReason reason) {
                  tell_all(wire::AttachEnded{id, reason});
              },
              [this] { consider_end(); }}),
      health_(loop, execs_, [this](const wire::HealthState& state) { tell_all(state); }) {}

Control::~Control() {
    for (const auto& connection : connections_) {
        loop_.forget(connection->fd.get());
    }
    loop_.forget(listener_.get());
    loop_.forget(signals_.get());
}

void Control::begin() {
    if (auto fd = os::signal_descriptor({SIGCHLD})) {
        signals_ = *std::move(fd);
        loop_.watch(signals_.get(), EPOLLIN, [this](std::uint32_t /*events*/) { reap(); });
    }
    loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t /*events*/) { accept(); });
    loop_.on_idle([this] {
        stdio_.shrink();
        execs_.shrink();
        os::release_unused_memory();
    });
    loop_.after(idle_limit, [this] { consider_end(); });
}

void Control::reap() {
    while (os::take_signal(signals_.get()) != 0) {
    }
    while (const auto ended = os::reap_any()) {
        if (!container_.reaped(*ended)) {
            execs_.reaped(*ended);
        }
    }
}

void Control::accept() {
    auto accepted = os::accept_packets(listener_.get());
    if (!accepted || !*accepted) {
        return;
    }
    Connection& connection = *connections_.emplace_back(std::make_unique<Connection>());
    connection.fd = std::move(**accepted);
    connection.serial = ++last_serial_;
    loop_.watch(connection.fd.get(), EPOLLIN,
                [this, &connection](std::uint32_t events) { handle(connection, events); });
    wire::Hello hello;
    hello.phase = container_.phase();
    hello.container_id = container_id_;
    hello.payload_pid = container_.payload();
    hello.started_at = container_.started_at();
    hello.exit = container_.exit();
    hello.monitor_pid = ::getpid();
    reply(connection, 0, hello);
}

void Control::handle(Connection& connection, std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) {
        flush(connection);
    }
    while (!connection.closed) {
        auto packet = os::receive_packet(connection.fd.get());
        if (packet && !*packet) {
            break;
        }
        if (!packet || (*packet)->bytes.empty()) {
            drop(connection);
            break;
        }
        dispatch(connection, (*packet)->bytes, std::move((*packet)->fds));
    }
    sweep();
}

void Control::dispatch(Connection& connection, const std::string& bytes,
                       std::vector<os::UniqueFd> fds) {
    const auto header = wire::decode_header(bytes);
    if (!header) {
        drop(connection);
        return;
    }
    request(connection, *header, bytes, std::move(fds));
}

void Control::request(Connection& connection, const wire::Header& header, const std::string& bytes,
                      std::vector<os::UniqueFd> fds) {
    const std::uint32_t id = header.request;
    switch (header.type) {
        case MessageType::start:
            std::ranges::move(fds, std::back_inserter(held_));
            start(connection, id, bytes);
            return;
        case MessageType::hold:
            std::ranges::move(fds, std::back_inserter(held_));
            reply(connection, id, wire::Done{});
            return;
        case MessageType::attach:
            attach(connection, id, bytes, std::move(fds));
            return;
        case MessageType::resize:
            act<wire::ResizeRequest>(connection, id, bytes, [this](const auto& message) {
                return message.process.empty()
                           ? stdio_.resize(message.height, message.width)
                           : execs_.resize(message.process, message.height, message.width);
            });
            return;
        case MessageType::signal:
            act<wire::SignalRequest>(connection, id, bytes, [this](const auto& message) {
                return container_.signal(message.number);
            });
            return;
        case MessageType::close_stdin:
            stdio_.close_stdin();
            reply(connection, id, wire::Done{});
            return;
        case MessageType::kill:
            reply(connection, id, container_.kill_all());
            return;
        case MessageType::acknowledge_exit:
            acknowledged_ = true;
            if (container_.cleared()) {
                reply(connection, id, wire::Done{});
            } else {
                acknowledgers_.emplace_back(&connection, id);
            }
            consider_end();
            return;
        case MessageType::quit:
            quitting_ = container_.phase() == Phase::idle;
            reply(connection, id,
                  quitting_ ? Result<>() : Result<>(fail(ErrorKind::conflict, "it has started")));
            consider_end();
            return;
        default:
            request_besides(connection, header, bytes, std::move(fds));
    }
}

/// What is not about the payload itself.
void Control::request_besides(Connection& connection, const wire::Header& header,
                              const std::string& bytes, std::vector<os::UniqueFd> fds) {
    const std::uint32_t id = header.request;
    switch (header.type) {
        case MessageType::exec:
            exec(connection, id, bytes, std::move(fds));
            return;
        case MessageType::list_execs:
            reply(connection, id, execs_.list());
            return;
        case MessageType::forget_exec:
            act<wire::ForgetExecRequest>(connection, id, bytes, [this](const auto& message) {
                execs_.forget(message.exec_id);
                return Result<>();
            });
            return;
        case MessageType::ask_health:
            reply(connection, id,
                  health_.state() != nullptr ? *health_.state() : wire::HealthState());
            return;
        case MessageType::pause_health:
            act<wire::PauseHealthRequest>(connection, id, bytes, [this](const auto& message) {
                health_.pause(message.paused);
                return Result<>();
            });
            return;
        default:
            reply(connection, id,
                  wire::Failure{wire::FailureCode::unsupported,
                                text::format("this monitor does not know request {}",
                                             static_cast<unsigned>(header.type))});
    }
}

void Control::start(Connection& connection, std::uint32_t id, const std::string& bytes) {
    auto message = wire::decode<wire::StartRequest>(bytes);
    if (!message || container_.phase() != Phase::idle) {
        reply(connection, id,
              message ? Result<>(fail(ErrorKind::conflict, "it was started before"))
                      : Result<>(message.error()));
        return;
    }
    starter_ = {&connection, id};
    container_.start(*std::move(message), std::move(held_));
}

void Control::attach(Connection& connection, std::uint32_t id, const std::string& bytes,
                     std::vector<os::UniqueFd> fds) {
    auto message = wire::decode<wire::AttachRequest>(bytes);
    if (!message || fds.size() != 1 || !message->process.empty()) {
        reply(connection, id,
              message ? Result<>(fail(ErrorKind::invalid, "attach wants one socket"))
                      : Result<>(message.error()));
        return;
    }
    const std::uint32_t attach_id = ++last_attach_;
    stdio_.attach(attach_id, std::move(fds[0]), *std::move(message));
    reply(connection, id, wire::Attached{attach_id});
}

void Control::exec(Connection& connection, std::uint32_t id, const std::string& bytes,
                   std::vector<os::UniqueFd> fds) {
    auto message = wire::decode<wire::ExecRequest>(bytes);
    if (!message || container_.phase() != Phase::running) {
        reply(connection, id,
              message ? Result<>(fail(ErrorKind::conflict, "the container does not run"))
                      : Result<>(message.error()));
        return;
    }
    Execs::Reply answer;
    answer.started = [this, id, serial = connection.serial](const wire::ExecStarted& started) {
        if (Connection* asker = find(serial); asker != nullptr) {
            reply(*asker, id, started);
        }
    };
    answer.failed = [this, id, serial = connection.serial](const wire::Failure& failure) {
        if (Connection* asker = find(serial); asker != nullptr) {
            reply(*asker, id, failure);
        }
    };
    execs_.start(*std::move(message), std::move(fds), ++last_attach_, std::move(answer));
}

Control::Connection* Control::find(std::uint64_t serial) const {
    const auto found = std::ranges::find_if(
        connections_, [serial](const auto& connection) { return connection->serial == serial; });
    return found == connections_.end() || (*found)->closed ? nullptr : found->get();
}

template <class M, class F>
void Control::act(Connection& connection, std::uint32_t id, const std::string& bytes, F action) {
    const auto message = wire::decode<M>(bytes);
    reply(connection, id, message ? action(*message) : Result<>(message.error()));
}

template <class M>
void Control::reply(Connection& connection, std::uint32_t id, const M& message) {
    send(connection, wire::encode(message, id));
}

void Control::reply(Connection& connection, std::uint32_t id, const Result<>& result) {
    if (result) {
        send(connection, wire::encode(wire::Done{}, id));
        return;
    }
    const auto code = result.error().kind() == ErrorKind::conflict ? wire::FailureCode::not_running
                                                                   : wire::FailureCode::other;
    send(connection, wire::encode(wire::Failure{code, result.error().message()}, id));
}

template <class M>
void Control::tell_all(const M& event) {
    for (const auto& connection : connections_) {
        send(*connection, wire::encode(event, 0));
    }
}

void Control::send(Connection& connection, std::string message) {
    if (!connection.closed) {
        connection.out.push_back(std::move(message));
        flush(connection);
    }
}

void Control::flush(Connection& connection) {
    while (!connection.out.empty() && !connection.closed) {
        const auto sent = os::send_packet(connection.fd.get(), connection.out.front(), {});
        if (!sent) {
            connection.out.clear();  // its end is seen by reading
            break;
        }
        if (!*sent) {
            break;
        }
        connection.out.pop_front();
    }
    if (!connection.closed) {
        loop_.change(connection.fd.get(), EPOLLIN | (connection.out.empty() ? 0U : EPOLLOUT));
    }
}

void Control::drop(Connection& connection) {
    connection.closed = true;
    loop_.forget(connection.fd.get());
    if (starter_.first == &connection) {
        starter_ = {};
    }
    std::erase_if(acknowledgers_,
                  [&](const Request& request) { return request.first == &connection; });
}

void Control::sweep() {
    const auto before = connections_.size();
    std::erase_if(connections_, [](const auto& connection) { return connection->closed; });
    if (connections_.size() != before) {
        consider_end();
    }
}

/// Ends the program when nothing is left for it to do.
void Control::consider_end() {
    const bool unused = container_.phase() == Phase::idle && connections_.empty();
    const bool done = acknowledged_ && container_.cleared();
    const bool clients = stdio_.has_attachments() || execs_.any();
    if (quitting_ || (done && !clients)) {
        // Replies were sent at once, unless a daemon does not read; it will see our end.
        loop_.stop();
    } else if (done) {
        // Clients read what is left for them at their own pace; daemons have no business here.
        loop_.forget(listener_.get());
        listener_.reset();
    } else if (unused) {
        loop_.after(idle_limit, [this] {
            if (container_.phase() == Phase::idle && connections_.empty()) {
                loop_.stop();
            }
        });
    }
}

}  // namespace wherry::monitor
