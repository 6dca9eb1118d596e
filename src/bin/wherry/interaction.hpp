// What a person and a container's process say to each other, while `run` is attached.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "os/unique_fd.hpp"
#include "wherry/client.hpp"

namespace wherry::command {

/// Types standard input into a session, in a thread of its own, until the end of either.
class InputPump {
  public:
    /// `detach_keys` are the bytes that leave the session; empty for none.
    InputPump(Session& session, std::string detach_keys);
    InputPump(const InputPump&) = delete;
    InputPump& operator=(const InputPump&) = delete;
    ~InputPump();
    /// The person typed the detach keys; the session was closed.
    [[nodiscard]] bool left() const noexcept { return left_; }

  private:
    void run();
    /// False when the session is over.
    bool forward(std::string_view typed);

    Session& session_;
    std::string keys_;
    std::size_t matched_ = 0;
    std::atomic<bool> left_ = false;
    os::UniqueFd stop_;
    std::thread thread_;
};

/// Passes signals on to the container, and the terminal's size when it changes. Signals are blocked
/// in the whole process from `block` on, so it comes before any thread.
class SignalPump {
  public:
    struct Target {
        const Client* client = nullptr;
        std::string id;
        bool resize = false;
        bool proxy = true;
    };
    static void block();
    explicit SignalPump(Target target);
    SignalPump(const SignalPump&) = delete;
    SignalPump& operator=(const SignalPump&) = delete;
    ~SignalPump();

  private:
    void run();

    Target target_;
    os::UniqueFd signals_;
    os::UniqueFd stop_;
    std::thread thread_;
};

/// Tells the daemon how large the terminal is.
void resize(const Client& client, const std::string& id);

}  // namespace wherry::command
