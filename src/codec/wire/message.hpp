// Messages between daemon and monitor, one a SEQPACKET datagram: size, type, version and request
// number, then the fields (buffer.hpp says how they may grow). A reply bears its request's number;
// events bear 0. The exit record on disk is an ExitEvent as it would be sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/wire/start.hpp"

namespace wherry::wire {

/// Raised only for a change that older peers cannot skip; fields and types may be added freely.
inline constexpr std::uint16_t protocol_version = 1;
/// No message is longer, so that one datagram holds it.
inline constexpr std::size_t message_limit = 192 * 1024;
/// SCM_RIGHTS carries 253; the rest goes ahead in HoldRequests.
inline constexpr std::size_t fds_per_message = 250;

enum class Phase : std::uint8_t { idle = 0, starting = 1, running = 2, exited = 3 };

/// Why a start failed, told from the runtime's text.
enum class FailureCode : std::uint8_t {
    other = 0,
    not_found = 1,      ///< the executable is missing
    permission = 2,     ///< it may not be executed
    not_directory = 3,  ///< a bind of a file on a folder, or the reverse
    mount = 4,          ///< the overlay could not be mounted
    unsupported = 5,    ///< the monitor does not know the request
    not_running = 6,
};

// From the monitor ------------------------------------------------------------

/// How the payload ended.
struct ExitEvent {
    static constexpr auto type = MessageType::exited;
    std::int32_t status = 0;  ///< 0..255; 128 + signal
    bool oom_killed = false;
    std::int64_t finished_at = 0;  ///< nanoseconds since 1970
    std::string error;
};

/// First on every connection.
struct Hello {
    static constexpr auto type = MessageType::hello;
    std::uint16_t protocol = protocol_version;
    Phase phase = Phase::idle;
    std::string container_id;
    std::int32_t payload_pid = 0;
    std::int64_t started_at = 0;
    ExitEvent exit;  ///< if the phase is exited
    std::int32_t monitor_pid = 0;
};

struct Done {
    static constexpr auto type = MessageType::done;
};

struct Failure {
    static constexpr auto type = MessageType::failure;
    FailureCode code = FailureCode::other;
    std::string text;  ///< the runtime's own, where it is the cause
};

struct Started {
    static constexpr auto type = MessageType::started;
    std::int32_t pid = 0;
    std::int64_t started_at = 0;
};

struct Attached {
    static constexpr auto type = MessageType::attached;
    std::uint32_t attach_id = 0;
};

enum class AttachEndReason : std::uint8_t { output_ended = 0, client_gone = 1, detach_keys = 2 };

struct AttachEnded {
    static constexpr auto type = MessageType::attach_ended;
    std::uint32_t attach_id = 0;
    AttachEndReason reason = AttachEndReason::output_ended;
};

/// The kernel killed a process of the container; it may go on all the same.
struct OutOfMemory {
    static constexpr auto type = MessageType::out_of_memory;
};

// From the daemon -------------------------------------------------------------

/// Descriptors that do not fit the start message; they count in front of its own.
struct HoldRequest {
    static constexpr auto type = MessageType::hold;
};

/// With the client's socket.
struct AttachRequest {
    static constexpr auto type = MessageType::attach;
    std::string process;  ///< an exec's id; empty: the container's own
    bool standard_input = false;
    bool standard_output = true;
    bool standard_error = true;
    bool framed = true;        ///< multiplexed (no terminal), or raw
    std::string detach_keys;   ///< the bytes; empty: none
    std::string already_read;  ///< the client's bytes, read past the head
    std::string first_output;  ///< sent to the client in front of all output
};

struct ResizeRequest {
    static constexpr auto type = MessageType::resize;
    std::string process;
    std::uint32_t height = 0;
    std::uint32_t width = 0;
};

struct SignalRequest {
    static constexpr auto type = MessageType::signal;
    std::string process;
    std::int32_t number = 0;
};

struct CloseStdinRequest {
    static constexpr auto type = MessageType::close_stdin;
    std::string process;
};

/// Answered when the runtime's state is gone and the root unmounted; then the monitor ends.
struct AcknowledgeExitRequest {
    static constexpr auto type = MessageType::acknowledge_exit;
};

/// Kills every process of the container's cgroup.
struct KillRequest {
    static constexpr auto type = MessageType::kill;
};

/// Ends a monitor that has not started anything.
struct QuitRequest {
    static constexpr auto type = MessageType::quit;
};

struct Header {
    std::uint32_t size = 0;  ///< of the whole message
    MessageType type{};
    std::uint16_t version = protocol_version;
    std::uint32_t request = 0;
};
inline constexpr std::size_t header_size = 12;

/// For every message above.
template <class M>
[[nodiscard]] std::string encode(const M& message, std::uint32_t request);
/// `invalid` if the size is wrong or a field is cut.
[[nodiscard]] Result<Header> decode_header(std::string_view bytes);
/// The message behind a header of its type.
template <class M>
[[nodiscard]] Result<M> decode(std::string_view bytes);

}  // namespace wherry::wire
