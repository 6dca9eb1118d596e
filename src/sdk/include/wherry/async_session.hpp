// A process's input and output at once, for coroutines.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wherry/async_stream.hpp"
#include "wherry/types.hpp"

namespace wherry {

/// Duplex: one task may read while another writes. Dropping it detaches; no task may use it then.
class AsyncSession {
  public:
    class Source {
      public:
        Source() = default;
        Source(const Source&) = delete;
        Source& operator=(const Source&) = delete;
        virtual ~Source() = default;
        virtual Task<Result<std::optional<Output>>> next() = 0;
        virtual Task<Result<>> write(std::string bytes) = 0;
        virtual Task<Result<>> close_write() = 0;
        virtual void close() noexcept = 0;
        [[nodiscard]] virtual bool is_tty() const noexcept = 0;
    };

    explicit AsyncSession(std::unique_ptr<Source> source) : source_(std::move(source)) {}

    /// The next piece of output; nothing at the end.
    [[nodiscard]] Task<Result<std::optional<Output>>> async_next() { return source_->next(); }
    [[nodiscard]] Task<Result<>> async_write(std::string bytes) {
        return source_->write(std::move(bytes));
    }
    /// The process sees the end of its input; its output still comes.
    [[nodiscard]] Task<Result<>> async_close_write() { return source_->close_write(); }
    void close() noexcept { source_->close(); }
    /// Whether the process has a terminal: its output is all `Channel::out`.
    [[nodiscard]] bool is_tty() const noexcept { return source_->is_tty(); }

  private:
    std::unique_ptr<Source> source_;
};

}  // namespace wherry
