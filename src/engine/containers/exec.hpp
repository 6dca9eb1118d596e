// A process that is started beside a container's payload: what was asked for, and what became of
// it. Its record (kind "exec") is written when it is created, started and over.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/generated/container.hpp"
#include "api/generated/exec.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "engine/containers/spec.hpp"
#include "net/async/event.hpp"

namespace wherry::containers {

inline constexpr std::string_view exec_kind = "exec";

/// What the store keeps.
struct ExecRecord {
    std::string id;
    std::string container_id;
    api::ExecCreateRequest config;  ///< with the container's user and folder where it has none
    bool begun = false;             ///< a start was asked for
    std::optional<std::int64_t> exit_code;
    Time ended_at{};
};

struct Exec {
    explicit Exec(ExecRecord stored) : record(std::move(stored)) {}

    ExecRecord record;
    std::int64_t pid = 0;
    std::string detach_keys;           ///< bytes
    std::optional<Identity> identity;  ///< as its creation looked it up
    /// Set when the process runs, or is known not to.
    async::Event settled;
    bool over = false;  ///< its end was told

    [[nodiscard]] const std::string& id() const noexcept { return record.id; }
    [[nodiscard]] bool running() const noexcept { return record.begun && !record.exit_code; }
};
/// Shared by its container and the tasks that work on it.
using ExecPtr = std::shared_ptr<Exec>;

[[nodiscard]] std::string encode_exec(const ExecRecord& record);
[[nodiscard]] Result<ExecRecord> decode_exec(std::string_view json);

[[nodiscard]] api::ExecInspectResponse exec_view(const Exec& exec);
/// "exec_create: sh -c true" for the verb "create".
[[nodiscard]] std::string exec_action(std::string_view verb, const api::ExecCreateRequest& config);
/// The container's variables, replaced, extended and (by a bare name) reduced by the process's own.
[[nodiscard]] api::List<std::string> exec_environment(const api::List<std::string>& container,
                                                      const api::List<std::string>& own);

}  // namespace wherry::containers
