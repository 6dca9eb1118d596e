// Messages about processes that are started beside the payload ("exec").
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "codec/wire/message.hpp"

namespace wherry::wire {

// From the daemon -------------------------------------------------------------

/// Starts a process in the container. With it come the descriptor of a file that holds the OCI
/// process's JSON and, if `attached`, the client's socket.
struct ExecRequest {
    static constexpr auto type = MessageType::exec;
    std::string exec_id;
    std::string program;  ///< as error texts name it
    bool terminal = false;
    std::uint32_t console_height = 0;
    std::uint32_t console_width = 0;
    bool open_stdin = false;
    bool attached = false;
    AttachRequest attach;
    std::string plan;  ///< an encoded ProcessPlan; empty: by the OCI runtime alone
};

/// Answered with an ExecList.
struct ListExecsRequest {
    static constexpr auto type = MessageType::list_execs;
};

/// The daemon has stored how it ended.
struct ForgetExecRequest {
    static constexpr auto type = MessageType::forget_exec;
    std::string exec_id;
};

// From the monitor ------------------------------------------------------------

/// The answer to an ExecRequest; a Failure's text is what a client is told.
struct ExecStarted {
    static constexpr auto type = MessageType::exec_started;
    std::int32_t pid = 0;
    std::uint32_t attach_id = 0;  ///< its end is told only where there are detach keys; else 0
};

/// An event: the process has ended and its output was taken.
struct ExecEnded {
    static constexpr auto type = MessageType::exec_ended;
    std::string exec_id;
    std::int32_t status = 0;  ///< 0..255; 128 + signal
    std::int64_t finished_at = 0;
};

struct ExecState {
    std::string exec_id;
    std::int32_t pid = 0;
    bool running = false;
    std::int32_t status = 0;
    std::int64_t finished_at = 0;
};

/// What runs, and what has ended and was not forgotten.
struct ExecList {
    static constexpr auto type = MessageType::exec_list;
    std::vector<ExecState> execs;
};

}  // namespace wherry::wire
