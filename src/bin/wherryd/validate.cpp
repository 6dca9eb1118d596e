#include <algorithm>

#include "api/version.hpp"
#include "base/text.hpp"
#include "bin/wherryd/options.hpp"
#include "os/socket.hpp"

namespace wherry::daemon {

namespace {

Result<> check_host(std::string_view host) {
    const auto parts = text::cut(host, "://");
    if (!parts) {
        return fail(ErrorKind::invalid, "invalid bind address ({}): no protocol", host);
    }
    const auto [protocol, address] = *parts;
    if (protocol != "unix" && protocol != "tcp" && protocol != "fd") {
        return fail(ErrorKind::invalid, "invalid bind address ({}): unsupported proto '{}'", host,
                    protocol);
    }
    if (protocol == "tcp") {
        const auto colon = address.rfind(':');
        if (colon == std::string_view::npos ||
            !text::parse_int<std::uint16_t>(address.substr(colon + 1))) {
            return fail(ErrorKind::invalid, "invalid bind address ({}): no port", host);
        }
    }
    return {};
}

Result<> check_min_version(const std::string& version) {
    const auto parsed = api::ApiVersion::parse(version);
    const bool digits = version.find_first_not_of("0123456789.") == std::string::npos;
    if (!digits || version.find('.') == std::string::npos) {
        return fail(ErrorKind::invalid, "invalid minimum API version: {}", version);
    }
    if (parsed < api::lowest_version) {
        return fail(ErrorKind::invalid, "minimum supported API version is {}, but {} was specified",
                    api::lowest_version.text(), version);
    }
    if (parsed > api::newest_version) {
        return fail(ErrorKind::invalid, "maximum supported API version is {}, but {} was specified",
                    api::newest_version.text(), version);
    }
    return {};
}

Result<> check_network(const Options& options) {
    constexpr std::int64_t largest_mtu = 65535;
    if (options.mtu < 0 || options.mtu > largest_mtu) {
        return fail(ErrorKind::invalid, "invalid default MTU: {}", options.mtu);
    }
    if (!options.bridge.empty() && !options.bip.empty()) {
        return Error(ErrorKind::invalid,
                     "you specified -b & --bip, mutually exclusive options. Please specify only "
                     "one");
    }
    if (!os::is_address(options.ip)) {
        return fail(ErrorKind::invalid,
                    "invalid argument \"{}\" for \"--ip\" flag: ip is not "
                    "correctly formatted",
                    options.ip);
    }
    const bool cidr = options.fixed_cidr.empty() || text::cut(options.fixed_cidr, "/");
    if (!cidr) {
        return fail(ErrorKind::invalid, "invalid CIDR address: {}", options.fixed_cidr);
    }
    return {};
}

Result<> check_busy_poll(std::int64_t microseconds) {
    constexpr std::int64_t longest = 10'000;
    if (microseconds < 0 || microseconds > longest) {
        return fail(ErrorKind::invalid, "invalid busy-poll: {} (0 to {} microseconds)",
                    microseconds, longest);
    }
    return {};
}

}  // namespace

Result<std::int64_t> parse_size(std::string_view text) {
    const std::string lower = text::lower(text::trim(text));
    const auto end = lower.find_first_not_of("0123456789");
    const auto number = text::parse_int(std::string_view(lower).substr(0, end));
    std::string_view unit = end == std::string::npos ? "" : std::string_view(lower).substr(end);
    if (unit.ends_with("ib")) {
        unit.remove_suffix(2);
    } else if (unit.ends_with("b")) {
        unit.remove_suffix(1);
    }
    constexpr std::string_view units = "kmgt";
    const auto power = unit.empty() ? std::string_view::npos : units.find(unit);
    if (!number || *number < 0 || unit.size() > 1 ||
        (!unit.empty() && power == std::string_view::npos)) {
        return fail(ErrorKind::invalid, "invalid size: '{}'", text);
    }
    const auto shift = unit.empty() ? 0 : 10 * (power + 1);
    if (*number > (INT64_MAX >> shift)) {
        return fail(ErrorKind::invalid, "invalid size: '{}' is too large", text);
    }
    return *number << shift;
}

Result<std::chrono::milliseconds> parse_grace(std::string_view text) {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto number = text::parse_int<int>(text.substr(0, end));
    const std::string_view unit = text.substr(end);
    const int factor = unit == "ms" ? 1 : unit == "s" ? 1000 : unit == "m" ? 60'000 : 0;
    if (!number || factor == 0 || *number > 1'000'000) {
        return fail(ErrorKind::invalid, "invalid duration: '{}' (such as 3s or 500ms)", text);
    }
    return std::chrono::milliseconds(std::int64_t{*number} * factor);
}

Result<> validate(const Options& options) {
    constexpr std::string_view levels[] = {"debug", "info", "warn", "error", "fatal"};
    if (std::ranges::find(levels, options.log_level) == std::end(levels)) {
        return fail(ErrorKind::invalid, "invalid logging level: {}", options.log_level);
    }
    for (const std::string& host : options.hosts) {
        CHECK_OK(check_host(host));
    }
    CHECK_OK(check_min_version(options.min_api_version));
    CHECK_OK(parse_size(options.default_shm_size));
    CHECK_OK(check_network(options));
    CHECK_OK(parse_grace(options.on_demand_grace));
    CHECK_OK(check_busy_poll(options.busy_poll));
    for (const std::string& label : options.labels) {
        if (!label.contains('=')) {
            return fail(ErrorKind::invalid, "bad attribute format: {}", label);
        }
    }
    for (const std::string& mirror : options.registry_mirrors) {
        if (!mirror.starts_with("http://") && !mirror.starts_with("https://")) {
            return fail(ErrorKind::invalid,
                        "invalid mirror: no scheme specified for \"{}\": must use either "
                        "'https://' or 'http://'",
                        mirror);
        }
    }
    if (options.data_root.empty() || options.data_root[0] != '/' || options.exec_root.empty() ||
        options.exec_root[0] != '/') {
        return Error(ErrorKind::invalid, "data-root and exec-root must be absolute paths");
    }
    return {};
}

}  // namespace wherry::daemon
