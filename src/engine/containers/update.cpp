// Update: limits and restart policy, also of a running container. The runtime is told first: a
// limit that the kernel refuses changes nothing.
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/devices.hpp"
#include "engine/containers/spec_parts.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/containers/sweep.hpp"
#include "engine/containers/update_limits.hpp"
#include "os/cgroup.hpp"
#include "os/file.hpp"
#include "os/program.hpp"

namespace wherry::containers {

Task<Result<std::vector<std::string>>> Containers::update(std::string name,
                                                          api::ContainerUpdateRequest request) {
    std::vector<std::string> warnings;
    if (request.pids_limit && *request.pids_limit < 0) {
        request.pids_limit = 0;
    }
    const auto pids_limit = request.pids_limit;
    CO_CHECK_OK(validate_resources(request, settings_.abilities, warnings, true));
    if (pids_limit && *pids_limit == 0) {
        request.pids_limit = 0;  // no limit any more
    }
    if (request.restart_policy) {
        CO_CHECK_OK(validate_restart_policy(*request.restart_policy, false));
    }
    CO_TRY(auto container, catalog_.get(name));
    const Result<> updated = co_await async::shielded(
        update_now(std::move(container), std::move(name), std::move(request)));
    if (!updated) {
        co_return updated.error();
    }
    co_return warnings;
}

Task<Result<>> Containers::update_now(ContainerPtr container, std::string name,
                                      api::ContainerUpdateRequest request) {
    CO_CHECK_OK(co_await settled(container));
    CO_TRY(const auto guard, co_await hold(container));
    if (container->removed) {
        co_return fail(ErrorKind::not_found, "No such container: {}", name);
    }
    CO_CHECK_OK(check_allowed(Operation::update, container->status(), container->named(name)));
    const std::string prefix = "Cannot update container " + container->id();
    Record changed = container->record;
    if (auto applied = apply_update(changed.host, request); !applied) {
        co_return std::move(applied).error().in(prefix);
    }
    if (container->state.alive()) {
        Result<> told = co_await tell_limits(*container, changed.host);
        if (!told) {
            co_return std::move(told).error().in(prefix);
        }
    }
    store::Batch batch;
    batch.put(std::string(record_kind), container->id(), encode_record(changed));
    batch.event(event(*container, "update"));
    const auto durability =
        changed.host.auto_remove ? store::Durability::relaxed : store::Durability::synced;
    CO_CHECK_OK(co_await parts_.store.commit(std::move(batch), durability));
    container->record.host = std::move(changed.host);
    if (request.restart_policy && !request.restart_policy->name.empty()) {
        // The next back-off begins anew, as that of another policy.
        container->last_restart_delay = {};
    }
    log::info("container={} updated", short_id(container->id()));
    co_return Result<>();
}

namespace {

/// cgroup v1 takes no memory limit above that of memory and swap, and runtimes write it first.
bool raises_swap(const api::HostConfig& before, const api::HostConfig& after) {
    return before.memory_swap != after.memory_swap && before.memory_swap != -1 &&
           (after.memory_swap == -1 || after.memory_swap > before.memory_swap);
}

}  // namespace

/// By the runtime's own `update`, which knows every kind of control group.
Task<Result<>> Containers::tell_limits(const Container& container, const api::HostConfig& host) {
    const auto runtime = settings_.abilities.runtimes.find(host.runtime);
    if (runtime == settings_.abilities.runtimes.end()) {
        co_return fail(ErrorKind::internal, "unknown or invalid runtime name: {}", host.runtime);
    }
    const std::string file = layout_.run(container.id()) + "/limits.json";
    std::vector<std::string> words = {runtime->second.program, "--root", layout_.runtime_root()};
    words.insert(words.end(), runtime->second.arguments.begin(), runtime->second.arguments.end());
    words.insert(words.end(), {"update", "--resources", file, container.id()});
    const bool v2 = settings_.abilities.cgroup.version == 2;
    const bool swap_first = !v2 && raises_swap(container.record.host, host);
    const auto work = [words = std::move(words), file, host, v2, swap_first,
                       cgroup = cgroup_path(container.record)]() -> Result<> {
        const auto tell = [&](const oci::Resources& limits) -> Result<> {
            CHECK_OK(os::write_file(file, oci::to_json(limits), 0600));
            TRY(const auto ended, os::run_program(words, "", monitor_deadline));
            if (ended.exit_code != 0) {
                return fail(ErrorKind::internal, "{} update failed: {}", host.runtime,
                            text::trim(ended.output));
            }
            return {};
        };
        oci::Resources limits = updated_limits(host, v2);
        if (swap_first) {
            oci::Resources swap;
            swap.memory.emplace().swap = host.memory_swap;
            CHECK_OK(tell(swap));
        }
        TRY(auto block, look_up_block_limits(host));
        spec::put_block_limits(limits, std::move(block), host);
        CHECK_OK(tell(limits));
        const bool unlimited = host.pids_limit && *host.pids_limit <= 0;
        return unlimited ? lift_pids_limit(cgroup) : Result<>();
    };
    const auto checked = [work, cgroup = cgroup_path(container.record)]() -> Result<> {
        Result<> told = work();
        // One that has just ended has nothing to be told; what is stored counts for its next run.
        return told || os::cgroup_processes(cgroup).empty() ? Result<>() : std::move(told);
    };
    co_return co_await async::blocking(file_pool_, checked);
}

}  // namespace wherry::containers
