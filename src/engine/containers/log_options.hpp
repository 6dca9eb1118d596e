// Log drivers and their options: what create refuses, what a start makes of them, and where their
// lines are read. Texts are the reference's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/logfile/rotation.hpp"
#include "codec/wire/start.hpp"
#include "engine/containers/record.hpp"
#include "engine/store/layout.hpp"

namespace wherry::containers {

/// Those that are built, sorted.
[[nodiscard]] std::vector<std::string> log_drivers();

/// A driver that is not built, an option that it does not know, or one whose value makes no sense
/// at once: 400.
[[nodiscard]] Result<> check_log_config(const api::HostConfigLogConfig& config);

/// The values that the reference looks at when it opens the log ("failed to create task for
/// container: failed to initialize logging driver: …"). The host of a syslog address may be a name
/// still (`resolve_log_address`).
[[nodiscard]] Result<wire::LogPlan> plan_log(const Record& record, const store::Layout& layout,
                                             const std::string& host_name);
[[nodiscard]] bool has_host_name(const wire::LogPlan& plan);
/// Blocks.
[[nodiscard]] Result<wire::LogPlan> resolve_log_address(wire::LogPlan plan);

/// Labels, variables and tag that the options name, as a JSON object; "" for none.
[[nodiscard]] Result<std::string> log_attributes(const Record& record, std::string_view tag);
/// The same as variables of a journal entry, "NAME=value\n" each.
[[nodiscard]] Result<std::string> journal_fields(const Record& record, std::string_view tag);

/// Where the lines of a container are read.
struct LogSource {
    std::string path;
    unsigned max_file = 1;
    logfile::Framing framing = logfile::Framing::lines;
    bool compressed = false;  ///< rotated files may be
};
/// 501 "configured logging driver does not support reading".
[[nodiscard]] Result<LogSource> log_source(const Record& record, const store::Layout& layout);

}  // namespace wherry::containers
