// A container in memory: its records, what runs of it, and who waits. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/containers/exec.hpp"
#include "engine/containers/monitor_client.hpp"
#include "engine/containers/record.hpp"
#include "engine/containers/spec.hpp"
#include "net/async/event.hpp"
#include "net/async/mutex.hpp"
#include "net/async/stream.hpp"
#include "net/async/task_group.hpp"

namespace wherry::containers {

/// A client that attached before the start; held here until there is a monitor to take it.
struct PendingAttach {
    std::unique_ptr<async::Stream> stream;  ///< null once handed over, or given up
    wire::AttachRequest request;
    bool claimed = false;  ///< a start has it
    async::Event settled;
};

struct Container {
    explicit Container(Record stored) : record(std::move(stored)) {}

    Record record;
    State state;
    std::optional<networks::EndpointState> endpoint;
    std::optional<api::Health> health;  ///< if it is probed, and was started

    /// Covers transitions (start, the bookkeeping of an exit, rename, removal), never a wait.
    async::Mutex transitions;
    /// Set when a daemon that has started knows how the container is.
    async::Event restored;
    /// Set when its restart policy has had its turn at a daemon's start.
    async::Event resumed;
    /// Something that waiters look at has changed.
    async::Notifier changed;
    /// How its run has ended, while that is being written: `state` shows it after that.
    std::optional<ExitRecord> ending;
    std::uint64_t exits = 0;       ///< ends seen, failed starts of a restart policy too
    bool stopping = false;         ///< a stop waits for the end: its event goes with the end's
    bool keep_after_exit = false;  ///< a restart or a removal ends it: AutoRemove does not
    bool kept_at_exit = false;     ///< it was so when its last run ended
    bool removed = false;
    std::string removal_error;

    /// Of the run that goes on; shared with the tasks that speak to it across its end.
    std::shared_ptr<MonitorClient> monitor;
    /// The payload's, as the start looked it up; nothing if an earlier daemon did.
    std::optional<Identity> identity;
    std::vector<ExecPtr> execs;                                    ///< as they were created
    std::vector<std::shared_ptr<PendingAttach>> pending_attaches;  // shared with their handlers
    std::chrono::milliseconds last_restart_delay{};
    async::TaskHandle restart_task;

    /// Of one that is new: there is nothing to find out.
    void set_settled() {
        restored.set();
        resumed.set();
    }
    [[nodiscard]] const std::string& id() const noexcept { return record.id; }
    [[nodiscard]] Status status() const noexcept { return state.status(); }
    [[nodiscard]] Named named(std::string_view sent) const {
        return {.name = std::string(sent), .id = record.id};
    }
};

/// The state after a run's end.
inline void set_ended(State& state, const ExitRecord& exit) {
    state.set_exited(exit.status, exit.finished_at, exit.oom_killed);
    state.error = exit.error;
}

/// Shared by the catalogue and the tasks that work on it: a removed one lives on in those.
using ContainerPtr = std::shared_ptr<Container>;

}  // namespace wherry::containers
