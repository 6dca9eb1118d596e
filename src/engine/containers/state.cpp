#include "engine/containers/state.hpp"

#include "base/text.hpp"

namespace wherry::containers {

std::string_view to_string(Status status) noexcept {
    switch (status) {
        case Status::created:
            return "created";
        case Status::running:
            return "running";
        case Status::paused:
            return "paused";
        case Status::restarting:
            return "restarting";
        case Status::exited:
            return "exited";
        case Status::removing:
            return "removing";
        case Status::dead:
            return "dead";
    }
    return "dead";
}

Status State::status() const noexcept {
    if (running) {
        return paused ? Status::paused : restarting ? Status::restarting : Status::running;
    }
    if (removing) {
        return Status::removing;
    }
    if (dead) {
        return Status::dead;
    }
    return started_at == Time{} ? Status::created : Status::exited;
}

void State::set_running(std::int64_t pid_now, Time at) {
    running = true;
    paused = false;
    restarting = false;
    oom_killed = false;
    pid = pid_now;
    exit_code = 0;
    error.clear();
    started_at = at;
}

void State::set_exited(std::int64_t code, Time at, bool oom) {
    running = false;
    paused = false;
    restarting = false;
    oom_killed = oom;
    pid = 0;
    exit_code = code;
    finished_at = at;
}

void State::set_start_failed(std::int64_t code, std::string text) {
    running = false;
    paused = false;
    restarting = false;
    pid = 0;
    exit_code = code;
    error = std::move(text);
}

namespace {

Error not_running(const Named& named) {
    return fail(ErrorKind::conflict, "container {} is not running", named.id);
}

Result<> check_start(Status status) {
    switch (status) {
        case Status::running:
        case Status::restarting:
            return Error(ErrorKind::not_modified, "container is already running");
        case Status::paused:
            return Error(ErrorKind::conflict,
                         "cannot start a paused container, try unpause instead");
        case Status::removing:
        case Status::dead:
            return Error(ErrorKind::conflict,
                         "container is marked for removal and cannot be started");
        default:
            return {};
    }
}

bool is_running(Status status) {
    return status == Status::running || status == Status::paused || status == Status::restarting;
}

Result<> check_kill(Status status, const Named& named) {
    if (is_running(status)) {
        return {};
    }
    return fail(ErrorKind::conflict, "cannot kill container: {}: container {} is not running",
                named.name, named.id);
}

Result<> check_restart(Status status, const Named& named) {
    if (status != Status::removing && status != Status::dead) {
        return {};
    }
    return fail(
        ErrorKind::internal,
        "Cannot restart container {}: container is marked for removal and cannot be started",
        named.name);
}

Result<> check_pause(Status status, const Named& named) {
    switch (status) {
        case Status::running:
            return {};
        case Status::paused:
            return fail(ErrorKind::conflict, "Container {} is already paused", named.id);
        case Status::restarting:
            return fail(ErrorKind::conflict,
                        "Container {} is restarting, wait until the container is running",
                        named.id);
        default:
            return not_running(named);
    }
}

Result<> check_remove(Status status, const Named& named, bool force) {
    if (status == Status::removing) {
        return fail(ErrorKind::conflict, "removal of container {} is already in progress",
                    named.name);
    }
    if (!is_running(status) || force) {
        return {};
    }
    if (status == Status::paused) {
        return fail(
            ErrorKind::conflict,
            "cannot remove container \"{}\": container is paused and must be unpaused first",
            named.name);
    }
    return fail(ErrorKind::conflict,
                "cannot remove container \"{}\": container is {}: stop the container before "
                "removing or force remove",
                named.name, to_string(status));
}

Result<> check_attach(Status status, const Named& named) {
    if (status == Status::paused) {
        return fail(ErrorKind::conflict,
                    "container {} is paused, unpause the container before attach", named.name);
    }
    if (status == Status::restarting) {
        return fail(ErrorKind::conflict,
                    "container {} is restarting, wait until the container is running", named.name);
    }
    return {};
}

Result<> check_exec(Status status, const Named& named) {
    if (status == Status::running) {
        return {};
    }
    if (status == Status::paused) {
        return fail(ErrorKind::conflict,
                    "Container {} is paused, unpause the container before exec", named.name);
    }
    if (status == Status::restarting) {
        return fail(ErrorKind::conflict,
                    "Container {} is restarting, wait until the container is running", named.id);
    }
    return not_running(named);
}

Result<> check_alive(Status status, const Named& named) {
    if (status == Status::running || status == Status::paused) {
        return {};
    }
    if (status == Status::restarting) {
        return fail(ErrorKind::conflict,
                    "Container {} is restarting, wait until the container is running", named.id);
    }
    return not_running(named);
}

/// Operations that only a container on its way out refuses.
Result<> check_present(Operation operation, Status status, const Named& named) {
    if (status != Status::removing && status != Status::dead) {
        return {};
    }
    const bool removing = status == Status::removing;
    switch (operation) {
        case Operation::logs:
            return Error(ErrorKind::conflict,
                         "can not get logs from container which is dead or marked for removal");
        case Operation::update:
            return fail(ErrorKind::internal,
                        "Cannot update container {}: container is marked for removal and cannot be "
                        "\"update\"",
                        named.id);
        case Operation::commit:
            return fail(ErrorKind::conflict, "You cannot commit container {} which is {}", named.id,
                        removing ? "being removed" : "Dead");
        case Operation::export_root:
            return fail(ErrorKind::conflict, "You cannot export container {} which is {}", named.id,
                        removing ? "being removed" : "Dead");
        default:
            return Error(ErrorKind::internal,
                         "container is marked for removal and cannot be connected or disconnected "
                         "to the network");
    }
}

}  // namespace

Result<> check_allowed(Operation operation, Status status, const Named& named) {
    switch (operation) {
        case Operation::start:
            return check_start(status);
        case Operation::stop:
            return is_running(status)
                       ? Result<>()
                       : Result<>(Error(ErrorKind::not_modified, "container is already stopped"));
        case Operation::kill:
            return check_kill(status, named);
        case Operation::restart:
            return check_restart(status, named);
        case Operation::pause:
            return check_pause(status, named);
        case Operation::unpause:
            return status == Status::paused
                       ? Result<>()
                       : Result<>(
                             fail(ErrorKind::internal, "Container {} is not paused", named.id));
        case Operation::remove:
            return check_remove(status, named, false);
        case Operation::force_remove:
            return check_remove(status, named, true);
        case Operation::attach:
            return check_attach(status, named);
        case Operation::exec_create:
            return check_exec(status, named);
        case Operation::resize:
        case Operation::top:
            return check_alive(status, named);
        default:
            return check_present(operation, status, named);
    }
}

}  // namespace wherry::containers
