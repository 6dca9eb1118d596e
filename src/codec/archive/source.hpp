// Bytes that are pulled, and bytes that are pushed. Everything here blocks: it runs on pool
// threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace wherry::archive {

class ByteSource {
  public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;
    /// Fills a part of the buffer; 0 means the end.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

class ByteSink {
  public:
    ByteSink() = default;
    ByteSink(const ByteSink&) = delete;
    ByteSink& operator=(const ByteSink&) = delete;
    virtual ~ByteSink() = default;
    [[nodiscard]] virtual Result<> write(std::string_view bytes) = 0;
    /// `size` bytes of a file from `offset` on; `internal` where it is shorter. Sinks that can do
    /// it without a copy do.
    [[nodiscard]] virtual Result<> write_file(int file, std::uint64_t offset, std::uint64_t size);
};

/// Reads a descriptor that it does not own, from its current position.
class FdSource final : public ByteSource {
  public:
    explicit FdSource(int fd) : fd_(fd) {}
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;

  private:
    int fd_;
};

/// Reads a text that it does not own.
class TextSource final : public ByteSource {
  public:
    explicit TextSource(std::string_view text) : rest_(text) {}
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;

  private:
    std::string_view rest_;
};

/// Appends to a text that it does not own.
class TextSink final : public ByteSink {
  public:
    explicit TextSink(std::string& out) : out_(out) {}
    [[nodiscard]] Result<> write(std::string_view bytes) override {
        out_.append(bytes);
        return {};
    }

  private:
    std::string& out_;
};

/// Reads to the end and drops it.
[[nodiscard]] Result<> drain(ByteSource& source);
/// Copies everything.
[[nodiscard]] Result<> copy(ByteSource& source, ByteSink& sink);

}  // namespace wherry::archive
