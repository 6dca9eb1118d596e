#include "bin/wherry/on_demand.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <vector>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/lock_file.hpp"
#include "os/process.hpp"
#include "os/search_path.hpp"
#include "os/socket.hpp"
#include "sdk/endpoint.hpp"

namespace wherry::command {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr const char* usual_folder = "/run/wherry";
constexpr auto lock_limit = 60s;
constexpr auto start_limit = 30s;
constexpr int look_ms = 3;
constexpr int tries = 10;  // the folder may go between its making and the lock

/// Where an on-demand engine is; tests have folders of their own.
struct Places {
    std::string folder;
    bool chosen = false;  ///< by WHERRY_RUN
    std::string config;   ///< WHERRY_CONFIG

    [[nodiscard]] std::string socket() const { return folder + "/wherry.sock"; }
    [[nodiscard]] std::string host() const { return "unix://" + socket(); }
    [[nodiscard]] std::string lock() const { return socket() + ".lock"; }
    [[nodiscard]] std::string log() const { return socket() + ".log"; }
};

Places places_of(const sdk::Environment& environment) {
    Places places;
    const std::string folder = environment("WHERRY_RUN").value_or("");
    places.chosen = !folder.empty();
    places.folder = places.chosen ? folder : usual_folder;
    places.config = environment("WHERRY_CONFIG").value_or("");
    return places;
}

/// Nobody listens there.
bool is_absent(const Error& error) {
    return error.os_error() == ENOENT || error.os_error() == ECONNREFUSED ||
           error.os_error() == ENOTDIR;
}

Result<std::string> find_wherryd() {
    for (const std::string& place : {os::program_folder() + "/wherryd", std::string("wherryd")}) {
        if (std::string found = os::find_program(place); !found.empty()) {
            return found;
        }
    }
    return Error(ErrorKind::not_found, "wherryd is neither beside wherry nor in PATH");
}

/// What is about this shell, and not about the machine, is not passed on.
std::vector<std::string> engine_environment() {
    std::vector<std::string> out;
    for (char** at = environ; *at != nullptr; ++at) {
        const std::string_view entry = *at;
        const bool own = entry.starts_with("NOTIFY_SOCKET=") || entry.starts_with("LISTEN_") ||
                         entry.starts_with("DOCKER_") || entry.starts_with("WHERRY_");
        if (!own) {
            out.emplace_back(entry);
        }
    }
    return out;
}

Result<pid_t> start_engine(const Places& places) {
    os::SpawnPlan plan;
    TRY(plan.program, find_wherryd());
    plan.arguments = {"--on-demand", "--host", places.host(), "--log-level", "warn"};
    if (places.chosen) {
        plan.arguments.insert(plan.arguments.end(), {"--exec-root", places.folder});
    }
    if (!places.config.empty()) {
        plan.arguments.insert(plan.arguments.end(), {"--config-file", places.config});
    }
    plan.environment = engine_environment();
    plan.new_session = true;
    TRY(const auto null, os::open("/dev/null", O_RDONLY));
    TRY(const auto log, os::open(places.log(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600));
    plan.fds = {{null.get(), STDIN_FILENO}, {log.get(), STDOUT_FILENO}, {log.get(), STDERR_FILENO}};
    return os::spawn_orphan(plan);
}

/// The last thing that the engine said.
std::string last_words(const Places& places) {
    const std::string text = os::read_file(places.log()).value_or("");
    const std::string_view trimmed = text::trim(text);
    return std::string(trimmed.substr(trimmed.rfind('\n') + 1));
}

Result<os::UniqueFd> wait_for_engine(const Places& places, pid_t pid) {
    auto process = os::open_pidfd(pid);  // it may have ended already
    const auto end = Clock::now() + start_limit;
    while (Clock::now() < end) {
        auto connection = os::connect_unix(places.socket());
        if (connection) {
            return connection;
        }
        pollfd ended{.fd = process ? process->get() : -1, .events = POLLIN, .revents = 0};
        if (!process || ::poll(&ended, 1, look_ms) > 0) {
            return fail(ErrorKind::unavailable, "the engine could not be started: {}",
                        last_words(places));
        }
    }
    return fail(ErrorKind::unavailable, "the engine did not answer at {} (see {})", places.host(),
                places.log());
}

/// While the lock is held no engine ends and no other command starts one.
Result<os::LockFile> lock(const Places& places) {
    for (int count = 1;; ++count) {
        CHECK_OK(os::make_dirs(places.folder, 0711));
        auto taken = os::LockFile::take(places.lock(), lock_limit);
        if (taken || taken.error().os_error() != ENOENT || count == tries) {
            return taken;
        }
    }
}

Result<std::optional<Reached>> reach_on_demand(const Places& places) {
    if (::geteuid() != 0) {
        auto connection = os::connect_unix(places.socket());
        if (!connection) {
            return std::optional<Reached>();
        }
        return std::optional<Reached>(Reached{places.host(), std::move(*connection)});
    }
    TRY(const auto guard, lock(places));
    auto connection = os::connect_unix(places.socket());
    if (!connection) {
        TRY(const pid_t pid, start_engine(places));
        connection = wait_for_engine(places, pid);
    }
    if (!connection) {
        return std::move(connection).error();
    }
    return std::optional<Reached>(Reached{places.host(), std::move(*connection)});
}

}  // namespace

Result<std::optional<Reached>> reach_engine(const ClientOptions& options) {
    const auto environment = sdk::process_environment();
    const auto endpoint = sdk::resolve_endpoint(options, environment);
    if (!endpoint || endpoint->text != sdk::default_host || endpoint->source != "the default") {
        return std::optional<Reached>();
    }
    const std::string socket = environment("WHERRY_SOCKET").value_or(endpoint->path);
    auto daemon = os::connect_unix(socket);
    if (daemon) {
        return std::optional<Reached>(Reached{"unix://" + socket, os::UniqueFd()});
    }
    if (!is_absent(daemon.error())) {
        return std::optional<Reached>();
    }
    return reach_on_demand(places_of(environment));
}

}  // namespace wherry::command
