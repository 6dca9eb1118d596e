#include "engine/containers/log_options.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/containers/log_values.hpp"

namespace wherry::containers {

namespace {

using Names = std::vector<std::string_view>;

struct Driver {
    std::string_view name;
    Names options;
};

const std::vector<Driver>& drivers() {
    static const std::vector<Driver> all = {
        {"journald", {"labels", "labels-regex", "env", "env-regex", "tag"}},
        {"json-file",
         {"max-size", "max-file", "compress", "labels", "labels-regex", "env", "env-regex", "tag"}},
        {"local", {"max-size", "max-file", "compress"}},
        {"none", {}},
        {"syslog",
         {"env", "env-regex", "labels", "labels-regex", "syslog-address", "syslog-facility",
          "syslog-tls-ca-cert", "syslog-tls-cert", "syslog-tls-key", "syslog-tls-skip-verify",
          "tag", "syslog-format"}},
    };
    return all;
}

/// Every driver has these: the mode, and the copy that drivers have which cannot be read.
constexpr std::array<std::string_view, 6> common = {"mode",           "max-buffer-size",
                                                    "cache-disabled", "cache-max-size",
                                                    "cache-max-file", "cache-compress"};

Error refused(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

Result<> check_mode(const LogOptions& options) {
    const std::string_view mode = log_option(options, "mode");
    if (!mode.empty() && mode != "blocking" && mode != "non-blocking") {
        return refused(text::format("logger: logging mode not supported: {}", mode));
    }
    if (!has_log_option(options, "max-buffer-size")) {
        return {};
    }
    if (mode != "non-blocking") {
        return refused("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
    }
    const std::string_view size = log_option(options, "max-buffer-size");
    if (!log_size(size)) {
        return refused(
            text::format("error parsing option max-buffer-size: invalid size: '{}'", size));
    }
    return {};
}

Result<> check_syslog(const LogOptions& options) {
    TRY(const SyslogAddress address, parse_syslog_address(log_option(options, "syslog-address")));
    if (address.scheme == "tcp+tls") {
        return Error(ErrorKind::unsupported, "syslog over TLS is not built yet");
    }
    CHECK_OK(parse_syslog_facility(log_option(options, "syslog-facility")));
    constexpr std::array<std::string_view, 4> formats = {"", "rfc3164", "rfc5424", "rfc5424micro"};
    if (std::ranges::find(formats, log_option(options, "syslog-format")) == formats.end()) {
        return refused("Invalid syslog format");
    }
    return {};
}

}  // namespace

std::vector<std::string> log_drivers() {
    std::vector<std::string> out;
    for (const Driver& driver : drivers()) {
        out.emplace_back(driver.name);
    }
    return out;
}

Result<> check_log_config(const api::HostConfigLogConfig& config) {
    const auto driver = std::ranges::find(drivers(), config.type, &Driver::name);
    if (driver == drivers().end()) {
        return refused(text::format("error looking up logging plugin {}: plugin \"{}\" not found",
                                    config.type, config.type));
    }
    if (config.type == "none") {
        return {};
    }
    CHECK_OK(check_mode(config.config));
    for (const auto& [name, value] : config.config) {
        const bool known = std::ranges::find(driver->options, name) != driver->options.end() ||
                           std::ranges::find(common, name) != common.end();
        if (!known) {
            // The reference words one driver's refusal otherwise.
            return refused(text::format(config.type == "local"
                                            ? "unknown log opt '{}' for log driver {}"
                                            : "unknown log opt '{}' for {} log driver",
                                        name, config.type));
        }
    }
    return config.type == "syslog" ? check_syslog(config.config) : Result<>();
}

}  // namespace wherry::containers
