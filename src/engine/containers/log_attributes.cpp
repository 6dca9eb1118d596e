// What a container's options add to each of its lines: labels, variables, a tag.
#include <map>

#include "api/pattern.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "codec/logfile/record.hpp"
#include "engine/containers/log_options.hpp"
#include "engine/containers/log_values.hpp"

namespace wherry::containers {

namespace {

using Attributes = std::map<std::string, std::string, std::less<>>;

/// Those of `all` that the option names, one by one or by its pattern.
Result<> choose(const LogOptions& options, std::string_view name, const Attributes& all,
                Attributes& out) {
    for (const std::string_view one : text::split(log_option(options, name), ',')) {
        if (const auto found = all.find(one); found != all.end()) {
            out.insert_or_assign(found->first, found->second);
        }
    }
    const std::string_view text = log_option(options, text::format("{}-regex", name));
    if (text.empty()) {
        return {};
    }
    const auto pattern = api::Pattern::compile(text);
    if (!pattern) {
        return fail(ErrorKind::internal,
                    "failed to create task for container: failed to initialize logging driver: "
                    "error parsing regexp: `{}`",
                    text);
    }
    for (const auto& [key, value] : all) {
        if (pattern->found_in(key)) {
            out.insert_or_assign(key, value);
        }
    }
    return {};
}

Result<Attributes> chosen_attributes(const Record& record) {
    const LogOptions& options = record.host.log_config.config;
    const Attributes labels(record.config.labels.begin(), record.config.labels.end());
    Attributes variables;
    for (const std::string& entry : record.config.env) {
        if (const auto parts = text::cut(entry, "="); parts) {
            variables.insert_or_assign(std::string(parts->first), std::string(parts->second));
        }
    }
    Attributes chosen;
    CHECK_OK(choose(options, "labels", labels, chosen));
    CHECK_OK(choose(options, "env", variables, chosen));
    return chosen;
}

/// A journal's variable: capitals, digits and underscores, a letter first.
std::string journal_name(std::string_view key) {
    std::string out;
    for (const char c : key) {
        const bool small = c >= 'a' && c <= 'z';
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        out.push_back(small ? static_cast<char>(c - 'a' + 'A') : plain ? c : '_');
    }
    out.erase(0, out.find_first_not_of("_0123456789"));
    return out;
}

/// journald's native protocol: a value with a newline has its length (eight bytes, little-endian)
/// in front.
void put_field(std::string& out, std::string_view name, std::string_view value) {
    if (name.empty()) {
        return;
    }
    if (value.find('\n') == std::string_view::npos) {
        out.append(name).append("=").append(value).append("\n");
        return;
    }
    out.append(name).append("\n");
    for (std::size_t i = 0; i < 8; ++i) {
        out.push_back(static_cast<char>(value.size() >> (8 * i)));
    }
    out.append(value).append("\n");
}

}  // namespace

Result<std::string> log_attributes(const Record& record, std::string_view tag) {
    TRY(Attributes chosen, chosen_attributes(record));
    if (!tag.empty()) {
        chosen.insert_or_assign("tag", std::string(tag));
    }
    std::string out;
    for (const auto& [key, value] : chosen) {
        out += out.empty() ? "{\"" : ",\"";
        logfile::append_escaped(out, key);
        out += "\":\"";
        logfile::append_escaped(out, value);
        out += "\"";
    }
    return out.empty() ? out : out + "}";
}

Result<std::string> journal_fields(const Record& record, std::string_view tag) {
    TRY(const Attributes chosen, chosen_attributes(record));
    std::string out;
    put_field(out, "CONTAINER_ID", short_id(record.id));
    put_field(out, "CONTAINER_ID_FULL", record.id);
    put_field(out, "CONTAINER_NAME", record.name);
    put_field(out, "CONTAINER_TAG", tag);
    put_field(out, "IMAGE_NAME", record.config.image);
    put_field(out, "SYSLOG_IDENTIFIER", tag);
    for (const auto& [key, value] : chosen) {
        put_field(out, journal_name(key), value);
    }
    return out;
}

}  // namespace wherry::containers
