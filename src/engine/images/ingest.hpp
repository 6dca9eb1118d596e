// A blob that is still arriving: a file in the ingest folder, digested as it grows. It becomes a
// blob of the content store by `commit`; anything else removes it. Blocks; for pool threads, one
// call at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engine/images/sha256.hpp"
#include "engine/store/layout.hpp"
#include "os/unique_fd.hpp"

namespace wherry::images {

class Ingest {
  public:
    [[nodiscard]] static Result<Ingest> begin(const store::Layout& layout);
    Ingest(Ingest&& other) noexcept;
    Ingest& operator=(Ingest&& other) noexcept;
    Ingest(const Ingest&) = delete;
    Ingest& operator=(const Ingest&) = delete;
    ~Ingest();

    [[nodiscard]] Result<> write(std::string_view bytes);
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
    /// Forgets what came so far.
    [[nodiscard]] Result<> restart();
    /// Ends the digest: "sha256:HEX". Writing is over.
    [[nodiscard]] const std::string& digest();
    /// The file, to be read while it has no place in the store yet.
    [[nodiscard]] Result<os::UniqueFd> open() const;
    /// Puts the file where the store keeps the blob of its digest. Not durable before a syncfs.
    [[nodiscard]] Result<> commit(const store::Layout& layout);

  private:
    Ingest(std::string path, os::UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

    std::string path_;  ///< "" once it was committed or moved from
    os::UniqueFd fd_;
    Sha256 sha_;
    std::string digest_;
    std::uint64_t size_ = 0;
};

}  // namespace wherry::images
