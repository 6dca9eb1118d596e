#include "engine/networks/hosts_file.hpp"

#include "base/text.hpp"

namespace wherry::networks {

namespace {

constexpr std::string_view fixed_lines =
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n"
    "fe00::\tip6-localnet\n"
    "ff00::\tip6-mcastprefix\n"
    "ff02::1\tip6-allnodes\n"
    "ff02::2\tip6-allrouters\n";

Result<std::string> extra_line(std::string_view entry, const std::string& gateway) {
    const auto sign = entry.find_first_of(":=");
    if (sign == std::string_view::npos || sign == 0) {
        return fail(ErrorKind::invalid, "bad format for add-host: \"{}\"", entry);
    }
    std::string_view address = entry.substr(sign + 1);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    if (address == "host-gateway") {
        if (gateway.empty()) {
            return Error(ErrorKind::internal, "unable to derive the IP value for host-gateway");
        }
        address = gateway;
    }
    return text::format("{}\t{}\n", address, entry.substr(0, sign));
}

/// "web.example.org web", from a name with or without its domain.
std::string own_names(const HostsFile& file) {
    if (!file.domainname.empty()) {
        return text::format("{}.{} {}", file.hostname, file.domainname, file.hostname);
    }
    const auto dot = file.hostname.find('.');
    if (dot == std::string::npos) {
        return file.hostname;
    }
    return text::format("{} {}", file.hostname, file.hostname.substr(0, dot));
}

}  // namespace

Result<std::string> hosts_text(const HostsFile& file) {
    std::string out(fixed_lines);
    for (const std::string& entry : file.extra_hosts) {
        TRY(const std::string line, extra_line(entry, file.gateway));
        out += line;
    }
    if (!file.address.empty()) {
        out += text::format("{}\t{}\n", file.address, own_names(file));
    }
    return out;
}

}  // namespace wherry::networks
