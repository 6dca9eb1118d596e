#include "net/http/body_pipe.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "net/async/task_group.hpp"
#include "net/http/blocking_request.hpp"

namespace wherry::http {

namespace {
constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t max_pieces = 4;
}  // namespace

Task<> BodyPipe::fill(BodyReader& body) {
    std::string buffer(piece_bytes, '\0');
    while (true) {
        const auto got = co_await body.read_some(buffer);
        if (!got) {
            put({}, got.error(), true);
            co_return;
        }
        if (*got == 0) {
            put({}, std::nullopt, true);
            co_return;
        }
        put(buffer.substr(0, *got), std::nullopt, false);
        while (is_full()) {
            room_.reset();
            const auto woken = co_await room_.wait();
            if (!woken) {
                put({}, woken.error(), true);
                co_return;
            }
        }
    }
}

void BodyPipe::put(std::string piece, std::optional<Error> error, bool end) {
    const std::lock_guard lock(mutex_);
    if (!piece.empty()) {
        pieces_.push_back(std::move(piece));
    }
    if (error) {
        error_ = std::move(error);
    }
    ended_ = ended_ || end;
    readable_.notify_one();
}

bool BodyPipe::is_full() {
    const std::lock_guard lock(mutex_);
    return pieces_.size() >= max_pieces;
}

void BodyPipe::wake_filler() {
    // The pipe may be gone when the loop gets to it.
    boost::asio::post(loop_, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->room_.set();
        }
    });
}

Result<std::size_t> BodyPipe::read(std::span<char> buffer) {
    if (used_ == current_.size()) {
        std::unique_lock lock(mutex_);
        readable_.wait(lock, [&] { return !pieces_.empty() || ended_; });
        if (pieces_.empty()) {
            if (error_) {
                return *error_;
            }
            return std::size_t{0};
        }
        current_ = std::move(pieces_.front());
        pieces_.pop_front();
        used_ = 0;
        lock.unlock();
        wake_filler();
    }
    const std::size_t size = std::min(buffer.size(), current_.size() - used_);
    std::copy_n(current_.data() + used_, size, buffer.data());
    used_ += size;
    return size;
}

Task<> detail::stop_reader(async::Event& done, const os::StopSignal& stop) {
    const Result<> waited = co_await done.wait();
    if (!waited) {
        stop.raise();
    }
}

Task<std::shared_ptr<BodyPipe>> detail::make_pipe() {
    const async::Executor loop = co_await boost::asio::this_coro::executor;
    co_return std::make_shared<BodyPipe>(loop);
}

Task<> detail::feed_reader(std::shared_ptr<BodyPipe> pipe, BodyReader& body, async::Event& done) {
    const async::Executor loop = co_await boost::asio::this_coro::executor;
    async::TaskGroup filling(loop);
    filling.spawn(pipe->fill(body));
    const auto ended = co_await done.wait();
    (void)ended;  // cancelled or done, the filling ends
    filling.cancel();
    co_await filling.join();
}

}  // namespace wherry::http
