#include "engine/networks/address.hpp"

#include "base/id.hpp"
#include "base/text.hpp"

namespace wherry::networks {

namespace {

constexpr int address_bits = 32;

std::uint32_t mask(int prefix) noexcept {
    return prefix == 0 ? 0 : ~std::uint32_t{0} << (address_bits - prefix);
}

}  // namespace

Result<Ipv4> Ipv4::parse(std::string_view text) {
    const auto parts = text::split(text, '.');
    Ipv4 out;
    for (const std::string_view part : parts) {
        const auto octet = text::parse_int<std::uint32_t>(part);
        if (parts.size() != 4 || !octet || *octet > 255) {
            return fail(ErrorKind::invalid, "invalid IPv4 address: {}", text);
        }
        out.bits = out.bits << 8 | *octet;
    }
    return out;
}

std::string Ipv4::text() const {
    return text::format("{}.{}.{}.{}", bits >> 24, bits >> 16 & 0xff, bits >> 8 & 0xff,
                        bits & 0xff);
}

std::string Ipv4::bytes() const {
    return {static_cast<char>(bits >> 24), static_cast<char>(bits >> 16),
            static_cast<char>(bits >> 8), static_cast<char>(bits)};
}

Result<Subnet> Subnet::parse(std::string_view text) {
    const auto cut = text::cut(text, "/");
    const auto prefix = cut ? text::parse_int<int>(cut->second) : std::nullopt;
    if (!prefix || *prefix < 0 || *prefix > address_bits) {
        return fail(ErrorKind::invalid, "invalid CIDR address: {}", text);
    }
    TRY(const Ipv4 address, Ipv4::parse(cut->first));
    return Subnet{.base = {address.bits & mask(*prefix)}, .prefix = *prefix};
}

std::string Subnet::text() const {
    return text::format("{}/{}", base.text(), prefix);
}

bool Subnet::contains(Ipv4 address) const noexcept {
    return (address.bits & mask(prefix)) == base.bits;
}

bool Subnet::overlaps(const Subnet& other) const noexcept {
    return prefix <= other.prefix ? contains(other.base) : other.contains(base);
}

Ipv4 Subnet::last() const noexcept {
    return {base.bits | ~mask(prefix)};
}

std::string random_mac() {
    std::string hex = random_hex(6);
    // The second digit of the first octet: bit 1 set (local), bit 0 clear (unicast).
    hex[1] = "26ae"[static_cast<unsigned char>(hex[1]) % 4];
    std::string out;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
        out += (i == 0 ? "" : ":") + hex.substr(i, 2);
    }
    return out;
}

std::string mac_of(Ipv4 address) {
    std::string out = "02:42";
    for (const char byte : address.bytes()) {
        out += ":" + text::hex(std::string_view(&byte, 1));
    }
    return out;
}

}  // namespace wherry::networks
