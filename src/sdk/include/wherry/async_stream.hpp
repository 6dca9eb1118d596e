// The coroutine side's words: tasks, streams, and how options are handed to awaited calls.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "net/async/task.hpp"
#include "wherry/compiler.hpp"
#include "wherry/options.hpp"

namespace wherry {

#ifdef WHERRY_AWAIT_NEEDS_NAMES
/// GCC 12 frees temporaries of an awaited expression twice, so options must have a name here:
/// `const PullOptions image{…}; auto steps = co_await api.image_pull(image);`
template <class T>
class Named {
  public:
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): stands for const T&
    Named(const T& value) : value_(&value) {}
    Named(T&& value) = delete;
    Named(const T&& value) = delete;
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions)
    operator const T&() const { return *value_; }

  private:
    const T* value_;
};
template <class T>
using In = Named<T>;
#else
template <class T>
using In = const T&;
#endif

/// Reads one thing after the other: `auto item = co_await stream.async_next();`. Dropping it ends
/// the request behind it. Belongs to the executor that opened it.
template <class T>
class AsyncStream {
  public:
    class Source {
      public:
        Source() = default;
        Source(const Source&) = delete;
        Source& operator=(const Source&) = delete;
        virtual ~Source() = default;
        virtual Task<Result<std::optional<T>>> next() = 0;
        virtual void close() noexcept = 0;
    };

    explicit AsyncStream(std::unique_ptr<Source> source) : source_(std::move(source)) {}

    /// The next thing; nothing at the end.
    [[nodiscard]] Task<Result<std::optional<T>>> async_next() { return source_->next(); }
    /// Reads to the end and drops what comes; tells whether it went well.
    [[nodiscard]] Task<Result<>> async_wait() { return wait_for(source_.get()); }
    /// Whoever waits for the next thing gets an error.
    void close() noexcept { source_->close(); }

  private:
    static Task<Result<>> wait_for(Source* source) {
        while (true) {
            auto item = co_await source->next();
            if (!item) {
                co_return std::move(item).error();
            }
            if (!item->has_value()) {
                co_return Result<>();
            }
        }
    }

    std::unique_ptr<Source> source_;
};

}  // namespace wherry
