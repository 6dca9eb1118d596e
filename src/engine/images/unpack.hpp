// A compressed layer becomes a folder. Blocks; for pool threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "codec/archive/source.hpp"

namespace wherry::images {

/// Shared by a job on a pool thread and the loop: how far it is, and whether it shall go on.
struct JobState {
    std::atomic<std::uint64_t> done_bytes = 0;  ///< of the compressed stream
    std::atomic<bool> cancelled = false;
};

/// Counts what was read, and answers `cancelled` once the job shall end.
class JobSource final : public archive::ByteSource {
  public:
    JobSource(archive::ByteSource& source, JobState& state) : source_(source), state_(state) {}
    [[nodiscard]] Result<std::size_t> read(std::span<char> buffer) override;

  private:
    archive::ByteSource& source_;
    JobState& state_;
};

struct UnpackedLayer {
    std::string diff_id;     ///< digest of the plain tar
    std::uint64_t size = 0;  ///< bytes as `Size` of the API counts them
};

/// Unpacks `source` (plain or compressed tar) to `folder`/diff, with `folder`/entries beside it.
/// `folder` must not exist; after an error it is the caller's to remove.
[[nodiscard]] Result<UnpackedLayer> unpack_layer(archive::ByteSource& source,
                                                 const std::string& folder);

}  // namespace wherry::images
