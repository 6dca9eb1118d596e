// A bounded queue between tasks: a full one holds the sender back. Loop thread only.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "net/async/cancel.hpp"
#include "net/async/wait_queue.hpp"

namespace wherry::async {

template <class T>
class Channel {
  public:
    /// `limit` is at least 1.
    explicit Channel(std::size_t limit) : limit_(limit) {}

    /// Waits for room; an error if the channel was closed.
    [[nodiscard]] Task<Result<>> send(T value) {
        while (!closed_ && items_.size() >= limit_) {
            const bool notified = co_await writable_.wait();
            if (!notified) {
                writable_.notify_one();  // the room meant for this one goes to the next
                co_return cancelled_error();
            }
        }
        if (closed_) {
            co_return Error(ErrorKind::unavailable, "channel is closed");
        }
        push(std::move(value));
        co_return Result<>();
    }
    /// False if there is no room, or the channel was closed.
    [[nodiscard]] bool try_send(T value) {
        if (closed_ || items_.size() >= limit_) {
            return false;
        }
        push(std::move(value));
        return true;
    }
    /// The next value; nothing once the channel is closed and empty.
    [[nodiscard]] Task<Result<std::optional<T>>> receive() {
        while (items_.empty()) {
            if (closed_) {
                co_return std::optional<T>();
            }
            const bool notified = co_await readable_.wait();
            if (!notified) {
                readable_.notify_one();
                co_return cancelled_error();
            }
        }
        std::optional<T> value(std::move(items_.front()));
        items_.pop_front();
        writable_.notify_one();
        co_return value;
    }
    /// Senders fail from now on; what was sent can still be received.
    void close() {
        closed_ = true;
        readable_.notify_all();
        writable_.notify_all();
    }
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

  private:
    void push(T value) {
        items_.push_back(std::move(value));
        readable_.notify_one();
    }

    std::deque<T> items_;
    std::size_t limit_;
    bool closed_ = false;
    WaitQueue readable_;
    WaitQueue writable_;
};

}  // namespace wherry::async
