// A container's state and what may be done in it (behaviour: container state machine). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace wherry::containers {

enum class Status : std::uint8_t { created, running, paused, restarting, exited, removing, dead };

[[nodiscard]] std::string_view to_string(Status status) noexcept;

/// The flags of `State` in inspect, and what only the engine knows.
struct State {
    bool running = false;  ///< also while paused, or between two runs of a restart policy
    bool paused = false;
    bool restarting = false;
    bool oom_killed = false;
    bool dead = false;
    bool removing = false;
    bool stopped_by_hand = false;  ///< by stop or kill: its restart policy rests
    std::int64_t pid = 0;
    std::int64_t exit_code = 0;
    std::int64_t restart_count = 0;
    std::string error;
    Time started_at{};
    Time finished_at{};

    [[nodiscard]] Status status() const noexcept;
    /// A process of the container runs (or is frozen).
    [[nodiscard]] bool alive() const noexcept { return running && !restarting; }

    void set_running(std::int64_t pid_now, Time at);
    void set_exited(std::int64_t code, Time at, bool oom);
    /// A start that came to nothing.
    void set_start_failed(std::int64_t code, std::string text);
};

enum class Operation : std::uint8_t {
    start,
    stop,
    kill,
    restart,
    pause,
    unpause,
    remove,
    force_remove,
    attach,
    exec_create,
    resize,
    top,
    logs,
    update,
    commit,
    export_root,
    network
};

/// How errors name the container: as the client did, and by id.
struct Named {
    std::string name;  ///< as the client sent it
    std::string id;
};

/// Whether the operation is allowed now; the error has the reference's status and text.
[[nodiscard]] Result<> check_allowed(Operation operation, Status status, const Named& named);

}  // namespace wherry::containers
