#include "base/text.hpp"
#include "codec/frame/frame.hpp"
#include "codec/json/escape.hpp"
#include "codec/json/value.hpp"
#include "engine/containers/logs.hpp"

namespace wherry::containers {

namespace {

/// As Go's url.QueryEscape.
std::string query_escape(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out.push_back(c);
        } else if (c == ' ') {
            out.push_back('+');
        } else {
            const auto byte = static_cast<unsigned char>(c);
            out.push_back('%');
            out.push_back(digits[byte >> 4]);
            out.push_back(digits[byte & 15]);
        }
    }
    return out;
}

}  // namespace

std::string details_of(std::string_view attributes) {
    const auto value = json::Value::parse(attributes.empty() ? "{}" : attributes);
    if (!value) {
        return " ";
    }
    std::map<std::string, std::string> sorted;
    for (const auto& [name, one] : value->as_object()) {
        sorted[name] = one.as_string();
    }
    std::string out;
    for (const auto& [name, one] : sorted) {
        out +=
            text::format("{}{}={}", out.empty() ? "" : ",", query_escape(name), query_escape(one));
    }
    return out + " ";
}

void LogFormatter::append(std::string& out, const logfile::Record& record) const {
    const bool is_output = record.stream == logfile::Stream::standard_output;
    if (is_output ? !query_.standard_output : !query_.standard_error) {
        return;
    }
    if (query_.form != LogForm::bytes) {
        append_json(out, record);
        return;
    }
    std::string prefix;
    if (query_.timestamps) {
        prefix = rfc3339_nano_fixed(record.time) + " ";
    }
    if (query_.details) {
        prefix += details_of(record.attributes);
    }
    if (framed_) {
        const auto head =
            frame::head(is_output ? frame::Stream::standard_output : frame::Stream::standard_error,
                        prefix.size() + record.log.size());
        out.append(head.data(), head.size());
    }
    out.append(prefix);
    out.append(record.log);
}

/// The time is always told, attributes where details were asked for.
void LogFormatter::append_json(std::string& out, const logfile::Record& record) const {
    out += query_.form == LogForm::json_sequence ? "\x1e{\"Line\":" : "{\"Line\":";
    json::write_string(out, record.log);
    out += record.stream == logfile::Stream::standard_output ? R"(,"Source":"stdout")"
                                                             : R"(,"Source":"stderr")";
    out += R"(,"Timestamp":")" + rfc3339_nano(record.time) + '"';
    if (query_.details && !record.attributes.empty()) {
        if (const auto attributes = json::Value::parse(record.attributes)) {
            out += R"(,"Attrs":)" + attributes->dump();
        }
    }
    out += "}\n";
}

void LogFormatter::append_error(std::string& out, std::string_view text) const {
    out += query_.form == LogForm::json_sequence ? "\x1e{\"Error\":" : "{\"Error\":";
    json::write_string(out, text);
    out += "}\n";
}

void LogFormatter::append_failure(std::string& out, std::string_view text) const {
    if (query_.form != LogForm::bytes) {
        append_error(out, text);
    } else if (framed_) {
        frame::append(out, frame::Stream::system_error, std::string(text) + "\n");
    }
}

void LogFormatter::append_gap(std::string& out) const {
    constexpr std::string_view notice =
        "(lines are missing here: rotation removed them before they were read)\n";
    if (query_.form != LogForm::bytes) {
        append_error(out, notice.substr(0, notice.size() - 1));
        return;
    }
    if (framed_) {
        const auto head = frame::head(frame::Stream::standard_error, notice.size());
        out.append(head.data(), head.size());
    }
    out.append(notice);
}

}  // namespace wherry::containers
