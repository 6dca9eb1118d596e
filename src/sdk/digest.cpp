#include "sdk/digest.hpp"

#include <openssl/sha.h>

#include <array>

#include "base/text.hpp"

namespace wherry::sdk {

std::string sha256_hex(std::string_view content) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
    return text::hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace wherry::sdk
