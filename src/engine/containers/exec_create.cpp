// Exec: create, inspect and resize. What was created is kept for some minutes after its end.
#include <algorithm>

#include "base/id.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/detach_keys.hpp"

namespace wherry::containers {

namespace {

/// As the reference: ends are forgotten between five and ten minutes later.
constexpr std::chrono::minutes keep_ended{10};
constexpr std::size_t keep_limit = 1000;

bool is_stale(const Exec& exec, Time at) {
    return exec.record.exit_code && exec.record.ended_at + keep_ended < at;
}

}  // namespace

Task<Result<std::string>> Containers::exec_create(std::string name,
                                                  api::ExecCreateRequest request) {
    CO_TRY(auto container, catalog_.get(name));
    co_return co_await async::shielded(
        exec_create_now(std::move(container), std::move(name), std::move(request)));
}

Task<Result<std::string>> Containers::exec_create_now(ContainerPtr container, std::string name,
                                                      api::ExecCreateRequest request) {
    CO_CHECK_OK(co_await container->restored.wait());
    CO_CHECK_OK(check_allowed(Operation::exec_create, container->status(), container->named(name)));
    auto keys = parse_detach_keys(request.detach_keys);
    if (!keys) {
        co_return fail(ErrorKind::internal, "Invalid escape keys ({}) provided",
                       request.detach_keys);
    }
    const api::ContainerConfig& config = container->record.config;
    if (request.user.empty()) {
        request.user = config.user;
    }
    if (request.working_dir.empty()) {
        request.working_dir = config.working_dir;
    }
    ExecRecord record;
    record.id = new_id();
    record.container_id = container->id();
    record.config = std::move(request);
    const auto exec = std::make_shared<Exec>(std::move(record));
    exec->detach_keys = std::move(*keys);

    auto identity = co_await exec_identity(container, exec);
    if (!identity) {
        co_return Error(ErrorKind::invalid, identity.error().message());
    }
    exec->identity = std::move(*identity);

    store::Batch batch;
    drop_stale_execs(*container, batch);
    batch.put(std::string(exec_kind), exec->id(), encode_exec(exec->record));
    batch.event(exec_event(*container, *exec, exec_action("create", exec->record.config)));
    CO_CHECK_OK(co_await parts_.store.commit(std::move(batch), store::Durability::relaxed));
    container->execs.push_back(exec);
    execs_[exec->id()] = exec;
    co_return exec->id();
}

void Containers::drop_stale_execs(Container& container, store::Batch& batch) {
    const Time at = now();
    std::size_t over = container.execs.size() < keep_limit ? 0 : 1;
    std::erase_if(container.execs, [&](const ExecPtr& exec) {
        const bool surplus = over > 0 && exec->record.exit_code.has_value();
        const bool drop = surplus || is_stale(*exec, at);
        if (drop) {
            over -= surplus ? 1 : 0;
            batch.erase(std::string(exec_kind), exec->id());
            execs_.erase(exec->id());
        }
        return drop;
    });
}

store::Event Containers::exec_event(const Container& container, const Exec& exec,
                                    std::string action) const {
    store::Event made = event(container, std::move(action));
    made.attributes["execID"] = exec.id();
    return made;
}

Result<ExecPtr> Containers::find_exec(std::string_view id) const {
    const auto found = execs_.find(id);
    if (found == execs_.end()) {
        return fail(ErrorKind::not_found, "No such exec instance: {}", id);
    }
    return found->second;
}

Result<ContainerPtr> Containers::container_of(const Exec& exec) const {
    auto container = catalog_.find_by_id(exec.record.container_id);
    if (!container) {
        return fail(ErrorKind::not_found, "No such container: {}", exec.record.container_id);
    }
    return container;
}

Task<Result<ExecPtr>> Containers::get_exec(std::string id) {
    CO_TRY(const auto exec, find_exec(id));
    CO_TRY(const auto container, container_of(*exec));
    CO_CHECK_OK(co_await container->restored.wait());
    CO_CHECK_OK(check_allowed(Operation::exec_create, container->status(),
                              container->named(container->id())));
    co_return exec;
}

Task<Result<api::ExecInspectResponse>> Containers::exec_inspect(std::string id) {
    CO_TRY(const auto exec, find_exec(id));
    CO_TRY(const auto container, container_of(*exec));
    CO_CHECK_OK(co_await container->restored.wait());
    // Who has read the output to its end may ask before the start's answer, or the end, was read
    // here.
    if (exec->record.begun && !exec->settled.is_set() && !exec->record.exit_code) {
        const Result<> settled =
            co_await async::with_deadline(exec->settled.wait(), monitor_deadline);
        static_cast<void>(settled);  // it is shown as it is
    }
    if (exec->running() && container->monitor) {
        if (const auto* end = container->monitor->find_exec_end(exec->id())) {
            exec->record.exit_code = end->status;
        }
    }
    co_return exec_view(*exec);
}

Task<Result<>> Containers::exec_resize(std::string id, unsigned height, unsigned width) {
    CO_TRY(const auto exec, co_await get_exec(id));
    CO_TRY(const auto container, container_of(*exec));
    // It is asked for as soon as the start is.
    const Result<> settled = co_await async::with_deadline(exec->settled.wait(), monitor_deadline);
    if (!settled) {
        co_return Error(ErrorKind::internal, "timeout waiting for exec session ready");
    }
    if (!exec->running()) {
        co_return fail(ErrorKind::not_found, "process does not exist {}: not found", exec->id());
    }
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    if (!monitor) {
        co_return fail(ErrorKind::conflict, "container {} is not running", container->id());
    }
    co_return co_await ask(*container, monitor->resize_exec(exec->id(), height, width));
}

}  // namespace wherry::containers
