// Compressed streams: gzip (ISA-L, zlib where that is missing), zstd, bzip2 and xz.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"
#include "codec/archive/source.hpp"

namespace wherry::archive {

enum class Compression { none, gzip, zstd, bzip2, xz };

[[nodiscard]] std::string_view to_string(Compression compression) noexcept;
/// By the first bytes of a stream (six are enough).
[[nodiscard]] Compression detect_compression(std::string_view head) noexcept;

/// The decompressed bytes of `source`, which must outlive it. Several members or frames in a row
/// are one stream; a stream cut off or damaged is `invalid`.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> decompress(ByteSource& source,
                                                             Compression compression);
/// The same with the compression found in the stream's head.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> decompress_any(ByteSource& source);

/// Compresses to `sink`, which must outlive it; `finish` writes what is left.
class Compressor : public ByteSink {
  public:
    [[nodiscard]] virtual Result<> finish() = 0;
};
[[nodiscard]] std::unique_ptr<Compressor> compress_gzip(ByteSink& sink);

}  // namespace wherry::archive
