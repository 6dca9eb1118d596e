// CRC-32 (the polynomial of gzip): finds damage, proves nothing against malice.
#pragma once

#include <cstdint>
#include <string_view>

namespace wherry::archive {

/// Goes on from `crc`, the checksum of the bytes before; 0 at the start.
[[nodiscard]] std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) noexcept;

}  // namespace wherry::archive
