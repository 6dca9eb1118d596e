// SHA-256 while bytes stream by, written as the registry writes digests.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "codec/archive/source.hpp"

namespace wherry::images {

class Sha256 {
  public:
    Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256();
    void update(std::string_view bytes);
    /// "sha256:HEX"; ends the computation.
    [[nodiscard]] std::string finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

[[nodiscard]] std::string sha256(std::string_view bytes);

/// Passes a source's bytes on and digests them.
class DigestSource final : public archive::ByteSource {
  public:
    explicit DigestSource(archive::ByteSource& source) : source_(source) {}
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;
    [[nodiscard]] std::string finish() { return sha_.finish(); }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  private:
    archive::ByteSource& source_;
    Sha256 sha_;
    std::uint64_t size_ = 0;
};

}  // namespace wherry::images
