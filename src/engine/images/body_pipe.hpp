// A request body as a ByteSource for a pool thread: the loop reads ahead a few pieces, the thread
// waits for them, and the loop waits while the thread is slow. Constant memory for any size.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "codec/archive/source.hpp"
#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/async/pool.hpp"
#include "net/async/sleep.hpp"
#include "net/http/message.hpp"

namespace wherry::images {

class BodyPipe final : public archive::ByteSource, public std::enable_shared_from_this<BodyPipe> {
  public:
    explicit BodyPipe(async::Loop& loop) : loop_(loop) {}

    /// On the loop: copies the body into the pipe until it ends. An error of the body, and a
    /// cancellation, reach the reader.
    [[nodiscard]] Task<> fill(http::BodyReader& body);

    /// On one pool thread.
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;

  private:
    void put(std::string piece, std::optional<Error> error, bool end);
    [[nodiscard]] bool is_full();
    void wake_filler();

    async::Loop& loop_;
    async::Event room_;  ///< loop thread only

    // The one place in the engine where two threads share more than an atomic: kept this small.
    std::mutex mutex_;
    std::condition_variable readable_;
    std::deque<std::string> pieces_;
    std::optional<Error> error_;
    bool ended_ = false;

    std::string current_;  ///< pool thread only
    std::size_t used_ = 0;
};

namespace detail {

/// Fills the pipe until `done` is set, or the caller is cancelled.
Task<> feed(async::Loop& loop, std::shared_ptr<BodyPipe> pipe, http::BodyReader& body,
            async::Event& done);

template <class F, class R>
Task<> read_to(async::Pool& pool, F function, std::optional<R>& result, async::Event& done) {
    auto value = co_await async::blocking(pool, std::move(function));
    result.emplace(std::move(value));
    done.set();
}

}  // namespace detail

/// `function(source)` on a thread of the pool, with the body as its source. What it leaves unread
/// stays unread.
template <class F>
[[nodiscard]] auto with_body(async::Loop& loop, async::Pool& pool, http::BodyReader& body,
                             F function)
    -> Task<decltype(function(std::declval<archive::ByteSource&>()))> {
    auto pipe = std::make_shared<BodyPipe>(loop);  // shared with what it posts to the loop
    std::optional<decltype(function(std::declval<archive::ByteSource&>()))> result;
    async::Event done;
    const auto work = [pipe, &function]() { return function(*pipe); };
    co_await async::both(detail::read_to(pool, work, result, done),
                         detail::feed(loop, pipe, body, done));
    co_return std::move(*result);
}

}  // namespace wherry::images
