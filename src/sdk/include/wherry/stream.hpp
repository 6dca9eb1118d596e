// A sequence of things that come over time: progress, output, events, bytes.
#pragma once

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.hpp"
#include "wherry/compiler.hpp"

namespace wherry {

/// Reads one thing after the other, blocking. Dropping it ends the request behind it. One thread at
/// a time reads; `close` may come from any thread and wakes the reader.
template <class T>
class Stream {
  public:
    /// What is behind a stream; the SDK's own, or a test's.
    class Source {
      public:
        Source() = default;
        Source(const Source&) = delete;
        Source& operator=(const Source&) = delete;
        virtual ~Source() = default;
        virtual Result<std::optional<T>> next() = 0;
        virtual void close() noexcept = 0;
    };

    explicit Stream(std::unique_ptr<Source> source) : source_(std::move(source)) {}

    /// The next thing; nothing at the end. An error that the daemon reports within the stream is an
    /// error here.
    [[nodiscard]] Result<std::optional<T>> next() { return source_->next(); }
    /// Reads to the end and drops what comes; tells whether it went well.
    Result<> wait() {
        while (true) {
            auto item = next();
            if (!item) {
                return std::move(item).error();
            }
            if (!item->has_value()) {
                return {};
            }
        }
    }
    void close() noexcept { source_->close(); }

    /// For `for (const auto& item : stream)`. An error throws BadResult, as `value()` does.
    class Iterator {
      public:
        using value_type = T;
        using difference_type = std::ptrdiff_t;

        Iterator() = default;
        explicit Iterator(Stream* stream) : stream_(stream) { ++*this; }
        const T& operator*() const { return *item_; }
        const T* operator->() const { return &*item_; }
        Iterator& operator++() {
            item_ = stream_->next().value();
            return *this;
        }
        void operator++(int) { ++*this; }
        friend bool operator==(const Iterator& at, std::default_sentinel_t /*end*/) {
            return !at.item_.has_value();
        }

      private:
        Stream* stream_ = nullptr;
        std::optional<T> item_;
    };
    [[nodiscard]] Iterator begin() { return Iterator(this); }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  private:
    std::unique_ptr<Source> source_;
};

}  // namespace wherry
