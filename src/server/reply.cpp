#include "server/reply.hpp"

#include "api/error_body.hpp"
#include "base/text.hpp"

namespace wherry::server {

namespace {

constexpr std::size_t json_body_limit = 16U << 20;

/// The media type without its parameters, in lower case.
std::string media_type(std::string_view header) {
    return text::lower(text::trim(header.substr(0, header.find(';'))));
}

}  // namespace

http::Response json_text(int status, std::string text) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    text.push_back('\n');
    response.body = std::move(text);
    return response;
}

http::Response empty_reply(int status) {
    http::Response response;
    response.status = status;
    return response;
}

http::Response text_reply(int status, std::string text) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::move(text);
    return response;
}

http::Response stream_reply(std::string content_type, http::StreamBody body) {
    http::Response response;
    response.headers.set("Content-Type", std::move(content_type));
    response.body = std::move(body);
    return response;
}

http::Response error_reply(const Error& error) {
    const int status = error.status();
    if (status == 304) {
        return empty_reply(304);
    }
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", "application/json");
    response.body = api::error_body(error.message());
    return response;
}

Error bad_json(const Error& error) {
    return error.message() == json::content_after_document
               ? error
               : fail(ErrorKind::invalid, "invalid JSON: {}", error.message());
}

Task<Result<std::string>> read_json_text(http::Request& request) {
    const std::string_view type = request.headers.get("Content-Type");
    const bool empty = !request.chunked && request.content_length.value_or(0) == 0;
    if (type.empty() && empty) {
        co_return std::string();
    }
    if (type.empty()) {
        co_return Error(ErrorKind::invalid,
                        "malformed Content-Type header (): mime: no media type");
    }
    if (media_type(type) != "application/json") {
        co_return fail(ErrorKind::invalid,
                       "unsupported Content-Type header ({}): must be 'application/json'", type);
    }
    CO_TRY(std::string body, co_await request.body->read_all(json_body_limit));
    co_return body;
}

Result<std::int64_t> query_int(const http::Query& query, std::string_view name,
                               std::int64_t fallback) {
    const std::string_view text = query.get(name);
    if (text.empty()) {
        return fallback;
    }
    if (const auto value = text::parse_int(text)) {
        return *value;
    }
    return fail(ErrorKind::invalid, "invalid value for {}: {} is not an integer", name, text);
}

}  // namespace wherry::server
