#include "engine/images/registry_url.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <optional>

#include "api/reference.hpp"
#include "base/text.hpp"

namespace wherry::images {

namespace {

constexpr std::string_view hub_host = "registry-1.docker.io";

struct HostPort {
    std::string host;
    std::string port;
};

HostPort split_authority(std::string_view authority) {
    const auto colon = authority.rfind(':');
    const auto bracket = authority.rfind(']');
    HostPort out;
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        out.port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
    }
    if (authority.starts_with('[') && authority.ends_with(']')) {
        authority = authority.substr(1, authority.size() - 2);
    }
    out.host = authority;
    return out;
}

struct Address {
    int family = AF_INET;
    std::array<unsigned char, 16> bytes{};
    int bits = 32;
};

std::optional<Address> parse_address(const std::string& text) {
    Address out;
    if (::inet_pton(AF_INET, text.c_str(), out.bytes.data()) == 1) {
        return out;
    }
    out.family = AF_INET6;
    out.bits = 128;
    if (::inet_pton(AF_INET6, text.c_str(), out.bytes.data()) == 1) {
        return out;
    }
    return std::nullopt;
}

bool in_network(const std::string& host, std::string_view network) {
    const auto parts = text::cut(network, "/");
    if (!parts) {
        return false;
    }
    const auto address = parse_address(host);
    const auto base = parse_address(std::string(parts->first));
    const auto bits = text::parse_int<int>(parts->second);
    if (!address || !base || !bits || address->family != base->family || *bits < 0 ||
        *bits > address->bits) {
        return false;
    }
    for (int bit = 0; bit < *bits; ++bit) {
        const auto byte = static_cast<std::size_t>(bit) / 8;
        const unsigned mask = 0x80U >> (static_cast<unsigned>(bit) % 8U);
        if ((address->bytes.at(byte) & mask) != (base->bytes.at(byte) & mask)) {
            return false;
        }
    }
    return true;
}

Url url_of(std::string_view domain, bool https) {
    auto [host, port] = split_authority(domain);
    if (port.empty()) {
        port = https ? "443" : "80";
    }
    return {.https = https, .host = std::move(host), .port = std::move(port), .target = ""};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
    Url url;
    std::string_view rest = text;
    if (text::lower(rest.substr(0, 8)) == "https://") {
        rest.remove_prefix(8);
    } else if (text::lower(rest.substr(0, 7)) == "http://") {
        url.https = false;
        rest.remove_prefix(7);
    } else {
        return fail(ErrorKind::invalid, "unsupported URL \"{}\"", text);
    }
    const auto end = rest.find_first_of("/?#");
    std::string_view authority = rest.substr(0, end);
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        authority.remove_prefix(at + 1);  // credentials in a URL are never used
    }
    auto [host, port] = split_authority(authority);
    if (host.empty()) {
        return fail(ErrorKind::invalid, "no host in the URL \"{}\"", text);
    }
    url.host = std::move(host);
    url.port = port.empty() ? (url.https ? "443" : "80") : std::move(port);
    std::string_view target = end == std::string_view::npos ? "" : rest.substr(end);
    target = target.substr(0, target.find('#'));
    url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
    return url;
}

std::string Url::authority() const {
    std::string out = host.find(':') == std::string::npos ? host : "[" + host + "]";
    if (port != (https ? "443" : "80")) {
        out += ":" + port;
    }
    return out;
}

std::string Url::origin() const {
    return (https ? "https://" : "http://") + authority();
}

Result<Url> Url::resolve(std::string_view location) const {
    if (location.starts_with("//")) {
        return parse((https ? "https:" : "http:") + std::string(location));
    }
    if (location.find("://") != std::string_view::npos) {
        return parse(location);
    }
    Url out = *this;
    if (location.starts_with('/')) {
        out.target = location;
    } else {
        const std::string path = target.substr(0, target.find('?'));
        out.target = path.substr(0, path.rfind('/') + 1) + std::string(location);
    }
    return out;
}

bool is_insecure(std::string_view domain, const RegistryConfig& config) {
    const auto [host, port] = split_authority(domain);
    if (host == "localhost" || in_network(host, "127.0.0.0/8") || in_network(host, "::1/128")) {
        return true;
    }
    for (const std::string& entry : config.insecure_registries) {
        if (entry == domain || entry == host || in_network(host, entry)) {
            return true;
        }
    }
    return false;
}

Result<std::vector<RegistryEndpoint>> endpoints_of(std::string_view domain,
                                                   const RegistryConfig& config) {
    std::vector<RegistryEndpoint> out;
    if (domain == api::default_domain) {
        for (const std::string& mirror : config.mirrors) {
            TRY(Url base, Url::parse(mirror));
            while (base.target.ends_with('/')) {
                base.target.pop_back();
            }
            const bool verify = base.https && !is_insecure(base.authority(), config);
            out.push_back({.base = std::move(base), .verify = verify, .mirror = true});
        }
        out.push_back({.base = url_of(hub_host, true)});
        return out;
    }
    const bool insecure = is_insecure(domain, config);
    out.push_back({.base = url_of(domain, true), .verify = !insecure});
    if (insecure) {
        out.push_back({.base = url_of(domain, false), .verify = false});
    }
    return out;
}

}  // namespace wherry::images
