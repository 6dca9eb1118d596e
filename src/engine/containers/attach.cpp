// Attach: the client's socket goes to the monitor, bytes already read with it, and the session is
// none of the daemon's business any more. A connection that cannot be given away (TLS) is pumped.
// Before the start, connections wait here; the start hands them over before the payload runs.
#include "base/id.hpp"
#include "base/log.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/logs.hpp"
#include "net/async/socket.hpp"
#include "os/socket.hpp"

namespace wherry::containers {

namespace {

wire::AttachRequest request_of(const Container& container, const AttachOptions& options) {
    wire::AttachRequest request;
    request.standard_input = options.standard_input && container.record.config.open_stdin;
    request.standard_output = options.standard_output;
    request.standard_error = options.standard_error;
    request.framed = options.framed && !container.record.config.tty;
    request.detach_keys = options.detach_keys;
    return request;
}

}  // namespace

Task<> Containers::attach(ContainerPtr container, AttachOptions options,
                          std::unique_ptr<async::Stream> stream) {
    if (options.logs) {
        const LogQuery query{.standard_output = options.standard_output,
                             .standard_error = options.standard_error,
                             .raw = !options.framed};
        const Result<> replayed = co_await replay_logs(*this, container, query, *stream);
        if (!replayed) {
            co_return;
        }
    }
    if (!options.stream) {
        co_return;
    }
    wire::AttachRequest request = request_of(*container, options);
    std::vector<store::Event> events;
    events.push_back(event(*container, "attach"));
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    if (!stored) {
        co_return;
    }
    if (container->state.alive() && container->monitor) {
        const Result<> handed = co_await hand_over(container, *stream, std::move(request));
        if (!handed) {
            log::warn("container={} attach: {}", short_id(container->id()),
                      handed.error().message());
        }
        co_return;
    }
    const auto pending = std::make_shared<PendingAttach>();
    pending->stream = std::move(stream);
    pending->request = std::move(request);
    co_await attach_later(std::move(container), pending);
}

/// Keeps the connection until a start takes it, its client goes, or the container does.
Task<> Containers::attach_later(ContainerPtr container, std::shared_ptr<PendingAttach> pending) {
    container->pending_attaches.push_back(pending);
    const int fd = pending->stream->native_handle();
    if (fd >= 0) {
        const std::weak_ptr<PendingAttach> weak = pending;
        hangups_.add(fd, [weak] {
            if (const auto gone = weak.lock(); gone && !gone->claimed) {
                gone->settled.set();
            }
        });
    }
    const Result<> settled = co_await pending->settled.wait();
    if (fd >= 0 && !pending->claimed) {
        hangups_.remove(fd);
    }
    static_cast<void>(settled);
    std::erase(container->pending_attaches, pending);
}

Task<Result<>> Containers::hand_over_attaches(ContainerPtr container, MonitorClient& monitor) {
    const auto pending = std::exchange(container->pending_attaches, {});
    for (const auto& one : pending) {
        if (one->settled.is_set() || !one->stream) {
            continue;
        }
        one->claimed = true;
        if (const int fd = one->stream->native_handle(); fd >= 0) {
            hangups_.remove(fd);
        }
        const std::unique_ptr<async::Stream> stream = std::move(one->stream);
        const Result<> handed = co_await hand_over(container, *stream, one->request);
        one->settled.set();
        if (!handed) {
            log::warn("container={} attach: {}", short_id(container->id()),
                      handed.error().message());
        }
    }
    static_cast<void>(monitor);
    co_return Result<>();
}

Task<Result<>> Containers::hand_over(ContainerPtr container, async::Stream& stream,
                                     wire::AttachRequest request) {
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    auto released = stream.release();
    if (!released) {
        co_return std::move(released).error();
    }
    request.already_read = std::move(released->already_read);
    CO_TRY(
        const std::uint32_t id,
        co_await ask(*container, monitor->attach(std::move(released->socket), std::move(request))));
    group_.spawn(watch_attach(std::move(container), monitor, id));
    co_return Result<>();
}

Task<> Containers::watch_attach(ContainerPtr container, std::shared_ptr<MonitorClient> monitor,
                                std::uint32_t id) {
    const auto reason = co_await monitor->wait_attach_end(id);
    if (!reason || *reason != wire::AttachEndReason::detach_keys || closing_) {
        co_return;
    }
    std::vector<store::Event> events;
    events.push_back(event(*container, "detach"));
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    static_cast<void>(stored);
}

void Containers::drop_attaches(Container& container) {
    for (const auto& pending : container.pending_attaches) {
        pending->settled.set();
    }
}

}  // namespace wherry::containers
