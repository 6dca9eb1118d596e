#include "codec/archive/checksum.hpp"

#ifdef WHERRY_ISAL
#include <isa-l/crc.h>
#else
#include <zlib.h>
#endif

namespace wherry::archive {

std::uint32_t crc32(std::uint32_t crc, std::string_view bytes) noexcept {
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
#ifdef WHERRY_ISAL
    return ::crc32_gzip_refl(crc, data, bytes.size());
#else
    return static_cast<std::uint32_t>(::crc32_z(crc, data, bytes.size()));
#endif
}

}  // namespace wherry::archive
