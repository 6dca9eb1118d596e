#include "net/http/request_head.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::http {

namespace {

bool is_visible(char c) noexcept {
    return c > ' ' && c != 0x7f;
}

bool is_field_text(char c) noexcept {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
}

bool is_token(std::string_view text) noexcept {
    constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{}";
    return !text.empty() && std::ranges::all_of(text, [&](char c) {
        return is_visible(c) && separators.find(c) == std::string_view::npos;
    });
}

bool is_framing(std::string_view name) {
    return text::equal_ignoring_case(name, "Content-Length") ||
           text::equal_ignoring_case(name, "Transfer-Encoding");
}

void append_framing(std::string& out, const ClientRequest& request) {
    const auto* const body = std::get_if<std::string>(&request.body);
    if (body == nullptr) {
        if (request.content_length) {
            out.append(text::format("Content-Length: {}\r\n", *request.content_length));
        } else {
            out.append("Transfer-Encoding: chunked\r\n");
        }
        return;
    }
    // Without a body, only methods that usually have one say so.
    const auto& method = request.method;
    if (!body->empty() || method == "POST" || method == "PUT" || method == "PATCH") {
        out.append(text::format("Content-Length: {}\r\n", body->size()));
    }
}

}  // namespace

Result<std::string> request_head(const ClientRequest& request, std::string_view host) {
    if (!is_token(request.method)) {
        return fail(ErrorKind::invalid, "bad HTTP method \"{}\"", request.method);
    }
    if (request.target.empty() || !std::ranges::all_of(request.target, is_visible)) {
        return fail(ErrorKind::invalid, "bad request target \"{}\"", request.target);
    }
    std::string out = text::format("{} {} HTTP/1.1\r\n", request.method, request.target);
    if (!request.headers.has("Host")) {
        out.append("Host: ").append(host).append("\r\n");
    }
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !std::ranges::all_of(value, is_field_text)) {
            return fail(ErrorKind::invalid, "bad header field \"{}\"", name);
        }
        if (!is_framing(name)) {
            out.append(name).append(": ").append(value).append("\r\n");
        }
    }
    append_framing(out, request);
    out.append("\r\n");
    return out;
}

bool is_safe_to_repeat(std::string_view method) noexcept {
    return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE";
}

}  // namespace wherry::http
