#include "net/http/blocking_body.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <condition_variable>
#include <mutex>
#include <span>
#include <string>

#include "base/scope_guard.hpp"
#include "net/async/event.hpp"
#include "net/async/sleep.hpp"
#include "net/async/task_group.hpp"
#include "net/http/direct_writer.hpp"
#include "os/entry.hpp"

namespace wherry::http {

namespace {

constexpr std::size_t pipe_size = std::size_t{256} * 1024;

/// Bytes on their way from the thread to the loop. Shared by both and by the wake-ups under way.
class Pipe final : public BlockingWriter, public std::enable_shared_from_this<Pipe> {
  public:
    explicit Pipe(async::Executor loop) : loop_(std::move(loop)) {}

    // On the thread.
    Result<> write(std::string_view bytes) override;

    // On the loop.
    /// All bytes that are there; waits for some, and gives none at the end.
    Task<Result<std::string>> take();
    void finish(Result<> result);
    void stop();
    [[nodiscard]] const Result<>& result() const noexcept { return result_; }

  private:
    std::string swap_out();

    async::Executor loop_;
    async::Event ready_;     // loop only
    Result<> result_;        // loop only
    bool finished_ = false;  // loop only
    std::mutex mutex_;       // for what follows
    std::condition_variable drained_;
    std::string bytes_;
    bool stopped_ = false;
    bool loop_waits_ = false;
};

Result<> Pipe::write(std::string_view bytes) {
    while (!bytes.empty()) {
        std::unique_lock lock(mutex_);
        drained_.wait(lock, [&] { return stopped_ || bytes_.size() < pipe_size; });
        if (stopped_) {
            return async::cancelled_error();
        }
        const auto part = bytes.substr(0, pipe_size - bytes_.size());
        bytes_.append(part);
        bytes.remove_prefix(part.size());
        if (std::exchange(loop_waits_, false)) {
            boost::asio::post(loop_, [self = shared_from_this()] { self->ready_.set(); });
        }
    }
    return {};
}

std::string Pipe::swap_out() {
    std::string out;
    {
        const std::lock_guard lock(mutex_);
        out.swap(bytes_);
        loop_waits_ = out.empty();
        if (out.empty()) {
            ready_.reset();
        }
    }
    drained_.notify_one();
    return out;
}

Task<Result<std::string>> Pipe::take() {
    while (true) {
        std::string out = swap_out();
        if (!out.empty() || finished_) {
            co_return out;
        }
        CO_CHECK_OK(co_await ready_.wait());
    }
}

void Pipe::finish(Result<> result) {
    result_ = std::move(result);
    finished_ = true;
    ready_.set();
}

void Pipe::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    drained_.notify_one();
}

Task<> produce_on(async::Pool& pool, const BlockingBody& produce, std::shared_ptr<Pipe> pipe) {
    auto function = [&produce, pipe]() -> Result<> { return produce(*pipe); };
    Result<> result = Error(ErrorKind::internal, "the producer ended by an exception");
    try {
        result = co_await async::blocking(pool, std::move(function));
    } catch (...) {
        pipe->finish(std::move(result));
        throw;
    }
    pipe->finish(std::move(result));
}

Task<Result<>> copy_out(std::shared_ptr<Pipe> pipe, BodyWriter& writer) {
    while (true) {
        CO_TRY(const std::string bytes, co_await pipe->take());
        if (bytes.empty()) {
            co_return pipe->result();
        }
        CO_CHECK_OK(co_await writer.write(bytes));
    }
}

struct DirectEnd {
    async::Event told;
    Result<> result = Error(ErrorKind::internal, "the producer ended by an exception");
};

Task<> write_directly(async::Pool& pool, const BlockingBody& produce, DirectWriter& writer,
                      DirectEnd& end) {
    auto function = [&produce, &writer]() -> Result<> {
        // What was written is sent, however it ends.
        auto flush = on_failure([&writer]() noexcept { (void)writer.flush(); });
        CHECK_OK(produce(writer));
        flush.commit();
        return writer.flush();
    };
    const auto tell = on_exit([&end]() noexcept { end.told.set(); });
    end.result = co_await async::blocking(pool, std::move(function));
}

Task<> stop_when_cancelled(async::Event& ended, const os::StopSignal& stop) {
    const Result<> waited = co_await ended.wait();
    if (!waited) {
        stop.raise();
    }
}

Task<Result<>> run_direct_body(async::Pool& pool, BlockingBody produce, DirectOutput output) {
    CO_TRY(const auto stop, os::StopSignal::make());
    DirectWriter writer(std::move(output), stop.fd());
    DirectEnd end;
    co_await async::both(write_directly(pool, produce, writer, end),
                         stop_when_cancelled(end.told, stop));
    co_return std::move(end.result);
}

Task<Result<>> run_blocking_body(async::Pool& pool, BlockingBody produce, BodyWriter& writer) {
    if (auto output = writer.direct()) {
        co_return co_await run_direct_body(pool, std::move(produce), *std::move(output));
    }
    const async::Executor executor = co_await boost::asio::this_coro::executor;
    const auto pipe = std::make_shared<Pipe>(executor);
    async::TaskGroup group(executor);
    group.spawn(produce_on(pool, produce, pipe));
    Result<> copied = co_await copy_out(pipe, writer);
    pipe->stop();
    co_await group.join();
    co_return copied;
}

}  // namespace

Result<> BlockingWriter::write_file(int file, std::uint64_t offset, std::uint64_t size) {
    std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, pipe_size)), '\0');
    while (size > 0) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size, buffer.size()));
        TRY(const std::size_t got, os::read_at(file, offset, std::span(buffer).first(most)));
        if (got == 0) {
            return fail(ErrorKind::internal, "a file became shorter while it was sent");
        }
        CHECK_OK(write({buffer.data(), got}));
        offset += got;
        size -= got;
    }
    return {};
}

StreamBody blocking_body(async::Pool& pool, BlockingBody produce) {
    return [&pool, produce = std::move(produce)](BodyWriter& writer) {
        return run_blocking_body(pool, produce, writer);
    };
}

}  // namespace wherry::http
