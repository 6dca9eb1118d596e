// The single codecs behind compression.hpp; nothing outside this folder includes it.
#pragma once

#include <memory>

#include "codec/archive/source.hpp"

namespace wherry::archive::detail {

[[nodiscard]] Result<std::unique_ptr<ByteSource>> gunzip(ByteSource& source);
[[nodiscard]] Result<std::unique_ptr<ByteSource>> unzstd(ByteSource& source);
[[nodiscard]] Result<std::unique_ptr<ByteSource>> decompress_by_libarchive(ByteSource& source);

}  // namespace wherry::archive::detail
