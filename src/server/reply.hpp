// The replies that handlers give, and how they read requests.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "codec/json/json.hpp"
#include "net/http/message.hpp"
#include "server/route.hpp"

namespace wherry::server {

/// JSON with a final LF and `Content-Type: application/json`.
[[nodiscard]] http::Response json_text(int status, std::string text);
template <class T>
[[nodiscard]] http::Response json_reply(int status, const T& value) {
    return json_text(status, json::encode(value));
}
/// 204, or another status without a body.
[[nodiscard]] http::Response empty_reply(int status);
[[nodiscard]] http::Response text_reply(int status, std::string text);
/// A streamed body with this content type.
[[nodiscard]] http::Response stream_reply(std::string content_type, http::StreamBody body);
/// The API's error body. `cancelled` closes the connection.
[[nodiscard]] http::Response error_reply(const Error& error);

/// The JSON body as text, checked for its Content-Type and limit (16 MiB); "" where there is none.
[[nodiscard]] Task<Result<std::string>> read_json_text(http::Request& request);

/// 400 "invalid JSON: …"; "unexpected content after JSON" goes without the prefix.
[[nodiscard]] Error bad_json(const Error& error);

/// Decodes the body; an absent one leaves a default T.
template <class T>
[[nodiscard]] Task<Result<T>> read_json(http::Request& request) {
    CO_TRY(const std::string body, co_await read_json_text(request));
    if (body.empty()) {
        co_return T{};
    }
    auto value = json::decode<T>(body);
    if (!value) {
        co_return bad_json(value.error());
    }
    co_return std::move(*value);
}

/// An integer of the query; `fallback` where it is missing, 400 where it is none.
[[nodiscard]] Result<std::int64_t> query_int(const http::Query& query, std::string_view name,
                                             std::int64_t fallback);

}  // namespace wherry::server
