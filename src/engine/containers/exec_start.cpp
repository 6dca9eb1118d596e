// Exec: start. The client's socket goes to the monitor together with the request, so that the
// session lives on without this daemon; what the client is told of a failed start is written there.
#include "base/id.hpp"
#include "base/log.hpp"
#include "codec/frame/frame.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/user.hpp"
#include "net/async/socket.hpp"
#include "os/file.hpp"
#include "os/memory_file.hpp"
#include "os/socket.hpp"

namespace wherry::containers {

namespace {

constexpr std::int64_t cannot_execute = 126;
constexpr std::int64_t not_found = 127;

/// As the container's files are now, its volumes included.
Result<Identity> look_up(std::int64_t pid, const std::string& user,
                         const std::vector<std::string>& groups) {
    TRY(const auto root, os::open(text::format("/proc/{}/root", pid), O_PATH | O_DIRECTORY));
    return resolve_user(user, groups, read_user_files(root.get()));
}

wire::ExecRequest plan_request(const Exec& exec, const ExecStartOptions& options) {
    const api::ExecCreateRequest& config = exec.record.config;
    wire::ExecRequest request;
    request.exec_id = exec.id();
    request.program = config.cmd.front();
    request.terminal = config.tty;
    const auto& size =
        options.console_size.size() == 2 ? options.console_size : config.console_size;
    if (config.tty && size.size() == 2) {
        request.console_height = static_cast<std::uint32_t>(size[0]);
        request.console_width = static_cast<std::uint32_t>(size[1]);
    }
    request.open_stdin = config.attach_stdin && options.attached;
    request.attached = options.attached;
    request.attach.process = exec.id();
    request.attach.standard_input = config.attach_stdin;
    request.attach.standard_output = config.attach_stdout;
    request.attach.standard_error = config.attach_stderr;
    request.attach.framed = !options.tty;
    request.attach.detach_keys = config.tty ? exec.detach_keys : std::string();
    return request;
}

Error to_error(const wire::Failure& failure) {
    const bool by_client = failure.code == wire::FailureCode::not_found ||
                           failure.code == wire::FailureCode::permission;
    const ErrorKind kind = by_client                                        ? ErrorKind::invalid
                           : failure.code == wire::FailureCode::not_running ? ErrorKind::conflict
                                                                            : ErrorKind::internal;
    return {kind, failure.text};
}

/// One way of a session that this daemon carries.
Task<> copy(async::Stream& from, async::Stream& to) {
    const Result<> copied = co_await async::pump(from, to);
    if (!copied) {
        to.close();
    }
}

/// Keeps what one of two tasks gives.
template <class T>
Task<> keep(Task<T> task, std::optional<T>& out) {
    T value = co_await std::move(task);
    out.emplace(std::move(value));
}

}  // namespace

Task<Result<>> Containers::exec_start(ExecPtr exec) {
    co_return co_await async::shielded(start_exec_detached(std::move(exec)));
}

Task<Result<>> Containers::start_exec_detached(ExecPtr exec) {
    ExecClient nobody;
    ExecStartOptions options;
    co_return co_await start_exec(std::move(exec), std::move(options), nobody);
}

Task<> Containers::exec_attach(ExecPtr exec, ExecStartOptions options,
                               std::unique_ptr<async::Stream> stream) {
    options.attached = true;
    const bool framed = !options.tty;
    ExecClient client{.stream = stream.get(), .relay = nullptr};
    const Result<> started =
        co_await async::shielded(start_exec(std::move(exec), std::move(options), client));
    if (client.relay) {
        co_await async::both(copy(*stream, *client.relay), copy(*client.relay, *stream));
    }
    if (started || client.relay) {
        co_return;
    }
    log::debug("exec: {}", started.error().message());
    std::string text = started.error().message() + "\r\n";
    if (framed) {
        std::string framed_text;
        frame::append(framed_text, frame::Stream::standard_output, text);
        text = std::move(framed_text);
    }
    const Result<> told = co_await stream->write(text);  // fails if the monitor has the socket
    static_cast<void>(told);
}

/// TLS cannot be given away: the monitor gets one end of a pair, and the other is copied.
Result<async::Stream::Released> Containers::take_socket(ExecClient& client) {
    auto released = client.stream->release();
    if (released || released.error().kind() != ErrorKind::unsupported) {
        return released;
    }
    TRY(auto pair, os::socket_pair());
    client.relay = async::adopt_socket(parts_.loop.executor(), std::move(pair.second));
    return async::Stream::Released{std::move(pair.first), std::string()};
}

Task<Result<>> Containers::start_exec(ExecPtr exec, ExecStartOptions options, ExecClient& client) {
    CO_TRY(const auto container, container_of(*exec));
    if (exec->record.exit_code) {
        co_return fail(ErrorKind::conflict, "exec command {} has already run", exec->id());
    }
    if (exec->record.begun) {
        co_return fail(ErrorKind::conflict, "exec command {} is already running", exec->id());
    }
    exec->record.begun = true;
    store::Batch batch;
    batch.put(std::string(exec_kind), exec->id(), encode_exec(exec->record));
    batch.event(exec_event(*container, *exec, exec_action("start", exec->record.config)));
    std::optional<Result<>> stored;
    std::optional<Result<>> started;
    auto commit = parts_.store.commit(std::move(batch), store::Durability::relaxed);
    auto run = run_exec(container, exec, std::move(options), client);
    co_await async::both(keep(std::move(commit), stored), keep(std::move(run), started));
    if (!stored->ok()) {
        log::error("container={} exec={} its start was not written: {}", short_id(container->id()),
                   short_id(exec->id()), stored->error().message());
    }
    if (!started->ok() && !exec->record.exit_code) {
        exec->record.exit_code = cannot_execute;
    }
    if (!started->ok()) {
        exec->record.ended_at = now();
        exec->over = true;
        std::vector<store::Event> no_events;
        co_await store_exec(container, exec, std::move(no_events));
    }
    exec->settled.set();
    co_return std::move(*started);
}

Task<Result<>> Containers::run_exec(ContainerPtr container, ExecPtr exec, ExecStartOptions options,
                                    ExecClient& client) {
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    if (!monitor || !container->state.alive()) {
        co_return fail(ErrorKind::conflict, "container {} is not running", container->id());
    }
    CO_TRY(auto identity, co_await exec_identity(container, exec));
    CO_TRY(BuiltProcess process,
           plan_process(container->record, settings_, exec->record.config, std::move(identity)));
    CO_TRY(auto file, os::make_memory_file("exec-process", process.json));
    std::vector<os::UniqueFd> fds;
    fds.push_back(std::move(file));
    wire::ExecRequest request = plan_request(*exec, options);
    request.plan = std::move(process.launch);
    if (client.stream != nullptr) {
        CO_TRY(auto released, take_socket(client));
        fds.push_back(std::move(released.socket));
        request.attach.already_read = std::move(released.already_read);
    }
    CO_TRY(const ExecStart start,
           co_await ask(*container, monitor->exec(std::move(request), std::move(fds))));
    if (start.failure) {
        exec->record.exit_code =
            start.failure->code == wire::FailureCode::not_found ? not_found : cannot_execute;
        co_return to_error(*start.failure);
    }
    exec->pid = start.started.pid;
    group_.spawn(watch_exec(container, exec, monitor));
    if (start.started.attach_id != 0) {
        group_.spawn(watch_exec_detach(container, exec, monitor, start.started.attach_id));
    }
    co_return Result<>();
}

Task<Result<Identity>> Containers::exec_identity(ContainerPtr container, ExecPtr exec) {
    const std::string& user = exec->record.config.user;
    if (exec->identity) {
        co_return *exec->identity;
    }
    if (container->identity && user == container->record.config.user) {
        co_return *container->identity;
    }
    const auto work = [pid = container->state.pid, user,
                       groups = std::vector<std::string>(container->record.host.group_add)] {
        return look_up(pid, user, groups);
    };
    co_return co_await async::blocking(file_pool_, work);
}

}  // namespace wherry::containers
