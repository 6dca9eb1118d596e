#include "net/http/response_head.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "net/http/status.hpp"

namespace wherry::http {

namespace {

void append_status(std::string& out, const Response& response, bool http_1_0) {
    out.append(http_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    out.append(std::to_string(response.status)).append(" ");
    if (!response.reason.empty()) {
        out.append(response.reason);
    } else if (const auto known = status_text(response.status); !known.empty()) {
        out.append(known);
    } else {
        out.append("status code ").append(std::to_string(response.status));
    }
    out.append("\r\n");
}

void append_clean(std::string& out, std::string_view value) {
    const auto begin = static_cast<std::ptrdiff_t>(out.size());
    out.append(value);
    const auto is_line_end = [](char c) { return c == '\r' || c == '\n'; };
    std::replace_if(out.begin() + begin, out.end(), is_line_end, ' ');
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    append_clean(out, name);
    out.append(": ");
    append_clean(out, value);
    out.append("\r\n");
}

/// Fields that say how the message is framed are the server's.
bool is_framing(std::string_view name) {
    constexpr std::array<std::string_view, 3> names = {"Connection", "Content-Length",
                                                       "Transfer-Encoding"};
    return std::ranges::any_of(
        names, [&](std::string_view own) { return text::equal_ignoring_case(own, name); });
}

}  // namespace

std::string_view DateCache::get() {
    const std::time_t now = std::time(nullptr);
    if (now != made_) {
        constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed",
                                                          "Thu", "Fri", "Sat"};
        constexpr std::array<std::string_view, 12> months = {
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        std::tm utc{};
        ::gmtime_r(&now, &utc);
        const auto two = [](int value) {
            const std::string digits = std::to_string(value);
            return digits.size() < 2 ? "0" + digits : digits;
        };
        text_ =
            text::format("{}, {} {} {} {}:{}:{} GMT", days[static_cast<std::size_t>(utc.tm_wday)],
                         two(utc.tm_mday), months[static_cast<std::size_t>(utc.tm_mon)],
                         utc.tm_year + 1900, two(utc.tm_hour), two(utc.tm_min), two(utc.tm_sec));
        made_ = now;
    }
    return text_;
}

std::string response_head(const Response& response, const ResponsePlan& plan,
                          std::string_view date) {
    constexpr std::size_t usual_size = 512;
    std::string out;
    out.reserve(usual_size);
    append_status(out, response, plan.http_1_0);
    for (const auto& [name, value] : response.headers) {
        if (!is_framing(name)) {
            append_field(out, name, value);
        }
    }
    if (!response.headers.has("Date")) {
        append_field(out, "Date", date);
    }
    if (plan.length) {
        append_field(out, "Content-Length", std::to_string(*plan.length));
    }
    if (!plan.keep_alive) {
        append_field(out, "Connection", "close");
    } else if (plan.http_1_0) {
        append_field(out, "Connection", "keep-alive");
    }
    if (plan.chunked) {
        append_field(out, "Transfer-Encoding", "chunked");
    }
    out.append("\r\n");
    return out;
}

std::string upgrade_head(const Response& response, bool http_1_0) {
    std::string out;
    append_status(out, response, http_1_0);
    for (const auto& [name, value] : response.headers) {
        append_field(out, name, value);
    }
    out.append("\r\n");
    return out;
}

std::string refusal(const Error& error) {
    std::string line = std::to_string(error.status());
    line.append(" ").append(status_text(error.status()));
    constexpr std::string_view headers =
        "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n";
    if (error.status() == 501) {
        return text::format("HTTP/1.1 {}{}{}", line, headers, error.message());
    }
    if (!error.message().empty()) {
        line.append(": ").append(error.message());
    }
    return text::format("HTTP/1.1 {}{}{}", line, headers, line);
}

}  // namespace wherry::http
