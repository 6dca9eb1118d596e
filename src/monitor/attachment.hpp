// One attached client: its output on the way out, its typing on the way in. A client that reads
// slowly has a spool of its own, so that it holds up nobody else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "codec/frame/frame.hpp"
#include "codec/wire/message.hpp"
#include "monitor/detach_keys.hpp"
#include "monitor/event_loop.hpp"
#include "monitor/spool.hpp"
#include "os/unique_fd.hpp"

namespace wherry::monitor {

class Attachment {
  public:
    /// What the owner does with an attachment's news.
    struct Owner {
        /// Bytes for the payload; the attachment reads on only while `room` says so.
        std::function<void(std::string_view)> typed;
        std::function<bool()> room;
        std::function<void()> typing_ended;
        /// The buffer has emptied after `full`.
        std::function<void()> drained;
        /// Once, last; the attachment may be destroyed soon after, not inside.
        std::function<void(wire::AttachEndReason)> ended;
    };

    /// `spool_folder` is where output waits when the client is slow; the text must live as long.
    struct Client {
        os::UniqueFd socket;
        wire::AttachRequest request;
        const std::string& spool_folder;
    };
    Attachment(EventLoop& loop, Client client, Owner owner);
    Attachment(const Attachment&) = delete;
    Attachment& operator=(const Attachment&) = delete;
    ~Attachment();

    /// Starts to read from the client (with what was read from it before).
    void begin();
    [[nodiscard]] bool wants(frame::Stream stream) const noexcept;
    void send(frame::Stream stream, std::string_view bytes);
    /// Even its spool is: the source must wait.
    [[nodiscard]] bool full() const noexcept { return !ended_ && out_.full(); }
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    /// There will be no more output: what is buffered is sent, then the connection ends.
    void finish(wire::AttachEndReason reason);
    /// There is room for typing again.
    void resume();

  private:
    void handle(std::uint32_t events);
    void read_typing();
    void take_typing(std::string_view bytes);
    void end_typing();
    void flush();
    void update();
    void end(wire::AttachEndReason reason);
    EventLoop& loop_;
    os::UniqueFd socket_;
    wire::AttachRequest request_;
    Owner owner_;
    DetachKeys keys_;
    Spool out_;
    bool typing_;
    bool begun_ = false;
    bool was_full_ = false;
    bool finishing_ = false;
    bool lingering_ = false;
    bool hung_up_ = false;
    bool ended_ = false;
    wire::AttachEndReason reason_ = wire::AttachEndReason::output_ended;
    EventLoop::TimerId linger_timer_ = 0;
};

}  // namespace wherry::monitor
