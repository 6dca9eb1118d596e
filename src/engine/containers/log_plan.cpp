// From a container's log options to what its monitor is told.
#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "engine/containers/log_options.hpp"
#include "engine/containers/log_tag.hpp"
#include "engine/containers/log_values.hpp"
#include "os/file.hpp"
#include "os/port.hpp"
#include "os/socket.hpp"

namespace wherry::containers {

namespace {

constexpr std::string_view prefix =
    "failed to create task for container: failed to initialize logging driver: ";
constexpr const char* journal_socket = "/run/systemd/journal/socket";
// Of the reference's `local`, and of the copies that syslog and journald have.
constexpr std::uint64_t local_max_size = 20 << 20;
constexpr std::uint32_t local_max_file = 5;

template <class... Args>
Error unusable(std::string_view pattern, const Args&... args) {
    return {ErrorKind::internal, std::string(prefix) + text::format(pattern, args...)};
}

std::string local_path(const Record& record, const store::Layout& layout) {
    return layout.container(record.id) + "/local-logs/container.log";
}

std::string copy_path(const Record& record, const store::Layout& layout) {
    return layout.container(record.id) + "/container-cached.log";
}

/// Size, count and compression, under names with this prefix ("", "cache-"); `local` words its
/// errors with the option's name.
Result<> take_limits(const LogOptions& options, std::string_view start, bool wordy,
                     wire::LogPlan& plan) {
    const auto name = [&](std::string_view rest) { return std::string(start).append(rest); };
    const auto bad = [&](std::string_view option, std::string_view value, std::string_view why) {
        return wordy ? unusable("invalid value for {}: {}: {}", option, value, why)
                     : unusable("{}", why);
    };
    if (has_log_option(options, name("max-size"))) {
        const std::string_view text = log_option(options, name("max-size"));
        const auto size = log_size(text);
        if (!size) {
            return bad("max-size", text, text::format("invalid size: '{}'", text));
        }
        plan.max_size = *size;
    }
    if (has_log_option(options, name("max-file"))) {
        const std::string_view text = log_option(options, name("max-file"));
        const auto count = text::parse_int(text);
        if (!count) {
            return bad("max-file", text,
                       text::format("strconv.Atoi: parsing \"{}\": invalid syntax", text));
        }
        if (*count < 1 && !wordy) {
            return unusable("max-file cannot be less than 1");
        }
        plan.max_file = static_cast<std::uint32_t>(std::max<std::int64_t>(1, *count));
    }
    if (has_log_option(options, name("compress"))) {
        const std::string_view text = log_option(options, name("compress"));
        const auto compress = log_flag(text);
        if (!compress) {
            return unusable("{}strconv.ParseBool: parsing \"{}\": invalid syntax",
                            wordy ? "error reading compress log option: " : "", text);
        }
        plan.compress = *compress;
    }
    return {};
}

Result<> plan_json_file(const LogOptions& options, wire::LogPlan& plan) {
    plan.driver = wire::LogDriver::json_file;
    CHECK_OK(take_limits(options, "", false, plan));
    if (plan.compress && (plan.max_file < 2 || plan.max_size == 0)) {
        return unusable(
            "compress cannot be true when max-file is less than 2 or max-size is not set");
    }
    return {};
}

Result<> plan_local(const LogOptions& options, std::string_view start, wire::LogPlan& plan) {
    plan.max_size = local_max_size;
    plan.max_file = local_max_file;
    plan.compress = true;
    CHECK_OK(take_limits(options, start, true, plan));
    if (plan.compress && plan.max_file < 2) {
        return unusable("compression cannot be enabled when max file count is 1");
    }
    return {};
}

wire::SyslogFormat syslog_format(std::string_view text) {
    return text == "rfc3164"        ? wire::SyslogFormat::rfc3164
           : text == "rfc5424"      ? wire::SyslogFormat::rfc5424
           : text == "rfc5424micro" ? wire::SyslogFormat::rfc5424micro
                                    : wire::SyslogFormat::unix_local;
}

Result<> plan_syslog(const LogOptions& options, wire::LogPlan& plan) {
    plan.driver = wire::LogDriver::syslog;
    TRY(const SyslogAddress address, parse_syslog_address(log_option(options, "syslog-address")));
    TRY(plan.facility, parse_syslog_facility(log_option(options, "syslog-facility")));
    plan.format = syslog_format(log_option(options, "syslog-format"));
    if (!address.path.empty()) {
        plan.address = text::format("{}://{}", address.scheme, address.path);
    } else if (!address.scheme.empty()) {
        const bool v6 = address.host.find(':') != std::string::npos;
        plan.address = text::format(v6 ? "{}://[{}]:{}" : "{}://{}:{}", address.scheme,
                                    address.host, address.port);
    } else {
        for (const char* path : {"/dev/log", "/var/run/syslog", "/var/run/log"}) {
            if (plan.address.empty() && os::exists(path)) {
                plan.address = text::format("unixgram://{}", path);
            }
        }
        if (plan.address.empty()) {
            return unusable("Unix syslog delivery error");
        }
    }
    return {};
}

Result<> plan_journald(const Record& record, wire::LogPlan& plan) {
    plan.driver = wire::LogDriver::journald;
    if (!os::exists(journal_socket)) {
        return unusable("journald is not enabled on this host");
    }
    plan.address = text::format("unixgram://{}", journal_socket);
    TRY(plan.fields, journal_fields(record, plan.tag));
    return {};
}

}  // namespace

Result<wire::LogPlan> plan_log(const Record& record, const store::Layout& layout,
                               const std::string& host_name) {
    const std::string& driver = record.host.log_config.type;
    const LogOptions& options = record.host.log_config.config;
    wire::LogPlan plan;
    plan.path = layout.container_log(record.id);
    if (driver == "none") {
        return plan;
    }
    plan.host_name = host_name;
    plan.non_blocking = log_option(options, "mode") == "non-blocking";
    plan.buffer_size = log_size(log_option(options, "max-buffer-size")).value_or(0);
    const bool remote = driver == "syslog" || driver == "journald";
    std::string_view pattern = log_option(options, "tag");
    pattern = pattern.empty() && remote ? "{{.ID}}" : pattern;
    auto tag = log_tag(pattern, record, {.host_name = host_name, .log_path = plan.path});
    if (!tag) {
        return unusable("{}", tag.error().message());
    }
    plan.tag = *std::move(tag);
    if (remote) {
        CHECK_OK(driver == "syslog" ? plan_syslog(options, plan) : plan_journald(record, plan));
        CHECK_OK(plan_local(options, "cache-", plan));
        const bool copied = !log_flag(log_option(options, "cache-disabled")).value_or(false);
        plan.path = copied ? copy_path(record, layout) : "";
    } else if (driver == "local") {
        plan.driver = wire::LogDriver::local;
        plan.path = local_path(record, layout);
        CHECK_OK(plan_local(options, "", plan));
    } else {
        CHECK_OK(plan_json_file(options, plan));
        TRY(plan.attributes, log_attributes(record, plan.tag));
    }
    return plan;
}

bool has_host_name(const wire::LogPlan& plan) {
    const auto parts = text::cut(plan.address, "://");
    return plan.driver == wire::LogDriver::syslog && parts &&
           (parts->first == "udp" || parts->first == "tcp") && !parts->second.starts_with('[') &&
           !os::is_address(std::string(parts->second.substr(0, parts->second.rfind(':'))));
}

Result<wire::LogPlan> resolve_log_address(wire::LogPlan plan) {
    const auto parts = text::cut(plan.address, "://");
    const std::size_t colon = parts->second.rfind(':');
    const std::string host(parts->second.substr(0, colon));
    const std::string port(parts->second.substr(colon + 1));
    const auto found = os::resolve(host, port);
    if (!found) {
        return unusable("dial {}: lookup {}: {}", parts->first, host, found.error().message());
    }
    const std::string number = os::address_text(found->front());
    const bool v6 = number.find(':') != std::string::npos;
    plan.address = text::format(v6 ? "{}://[{}]:{}" : "{}://{}:{}", parts->first, number, port);
    return plan;
}

Result<LogSource> log_source(const Record& record, const store::Layout& layout) {
    const std::string& driver = record.host.log_config.type;
    const LogOptions& options = record.host.log_config.config;
    const bool remote = driver == "syslog" || driver == "journald";
    const bool copied = !log_flag(log_option(options, "cache-disabled")).value_or(false);
    if (driver == "none" || (remote && !copied)) {
        return Error(ErrorKind::unsupported, "configured logging driver does not support reading");
    }
    LogSource source;
    source.path = layout.container_log(record.id);
    wire::LogPlan limits;
    // Options that no start took have no log either.
    if (driver == "json-file") {
        static_cast<void>(plan_json_file(options, limits).ok());
    } else {
        static_cast<void>(plan_local(options, remote ? "cache-" : "", limits).ok());
        source.framing = logfile::Framing::lengths;
        source.path = remote ? copy_path(record, layout) : local_path(record, layout);
    }
    source.max_file = limits.max_file;
    source.compressed = limits.compress;
    return source;
}

}  // namespace wherry::containers
