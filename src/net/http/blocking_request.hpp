// A request's body for blocking code on a pool thread: `co_await with_body(pool, body, function)`.
#pragma once

#include <optional>
#include <utility>

#include "net/async/event.hpp"
#include "net/async/pool.hpp"
#include "net/async/sleep.hpp"
#include "net/http/body_pipe.hpp"
#include "net/http/message.hpp"
#include "os/blocking_socket.hpp"

namespace wherry::http {

namespace detail {

template <class F, class R>
Task<> run_reader(async::Pool& pool, F function, std::optional<R>& result, async::Event& done) {
    auto value = co_await async::blocking(pool, std::move(function));
    result.emplace(std::move(value));
    done.set();
}

/// Raises the signal if the caller is cancelled before `done` is set.
Task<> stop_reader(async::Event& done, const os::StopSignal& stop);
/// Shared with what it posts to the caller's loop.
Task<std::shared_ptr<BodyPipe>> make_pipe();
/// Fills the pipe until `done` is set, or the caller is cancelled.
Task<> feed_reader(std::shared_ptr<BodyPipe> pipe, BodyReader& body, async::Event& done);

}  // namespace detail

/// `function(reader)`, which answers a Result, on a thread of the pool. What it leaves of the body
/// stays unread. Ends early, by an error of the reader, when the caller is cancelled.
template <class F>
[[nodiscard]] auto with_body(async::Pool& pool, BodyReader& body, F function)
    -> Task<decltype(function(std::declval<BlockingReader&>()))> {
    CO_TRY(const auto stop, os::StopSignal::make());
    CO_TRY(const auto direct, co_await body.lend(stop.fd()));
    std::optional<decltype(function(std::declval<BlockingReader&>()))> result;
    async::Event done;
    if (direct) {
        const auto work = [&direct, &function]() { return function(*direct); };
        co_await async::both(detail::run_reader(pool, work, result, done),
                             detail::stop_reader(done, stop));
    } else {
        const auto pipe = co_await detail::make_pipe();
        const auto work = [pipe, &function]() { return function(*pipe); };
        co_await async::both(detail::run_reader(pool, work, result, done),
                             detail::feed_reader(pipe, body, done));
    }
    co_return std::move(*result);
}

}  // namespace wherry::http
