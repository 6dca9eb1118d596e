// Beast's parser writes straight into our message types.
#include <boost/beast/http/basic_parser.hpp>

#include "base/text.hpp"
#include "net/http/head.hpp"

namespace wherry::http {

namespace beast = boost::beast;

namespace {

using ErrorCode = boost::system::error_code;

std::string copy(beast::string_view text) {
    return {text.data(), text.size()};
}

/// Only heads: bodies are framed by body.hpp, which reads them into the reader's own buffer.
template <bool IsRequest, class Head>
class HeadParser final : public beast::http::basic_parser<IsRequest> {
  public:
    explicit HeadParser(Head& head) : head_(head) {}

  private:
    void on_request_impl(beast::http::verb /*verb*/, beast::string_view method,
                         beast::string_view target, int version, ErrorCode& /*error*/) override {
        if constexpr (IsRequest) {
            head_.method = copy(method);
            head_.target = copy(target);
            head_.http_1_0 = version < 11;
        }
    }
    void on_response_impl(int status, beast::string_view reason, int version,
                          ErrorCode& /*error*/) override {
        if constexpr (!IsRequest) {
            head_.status = status;
            head_.reason = copy(reason);
            head_.http_1_0 = version < 11;
        }
    }
    void on_field_impl(beast::http::field /*field*/, beast::string_view name,
                       beast::string_view value, ErrorCode& /*error*/) override {
        head_.headers.add(copy(name), copy(value));
    }
    void on_header_impl(ErrorCode& /*error*/) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                           ErrorCode& /*error*/) override {}
    std::size_t on_body_impl(beast::string_view body, ErrorCode& /*error*/) override {
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t /*size*/, beast::string_view /*extensions*/,
                              ErrorCode& /*error*/) override {}
    std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, beast::string_view body,
                                   ErrorCode& /*error*/) override {
        return body.size();
    }
    void on_finish_impl(ErrorCode& /*error*/) override {}

    Head& head_;
};

template <bool IsRequest, class Head>
ErrorCode parse(HeadParser<IsRequest, Head>& parser, std::string_view bytes) {
    constexpr std::uint32_t own_limit = 0x7fffffff;  // the reader of the bytes has bounded them
    parser.header_limit(own_limit);
    parser.body_limit(boost::none);
    ErrorCode error;
    parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (!error && !parser.is_header_done()) {
        error = beast::http::error::partial_message;
    }
    return error;
}

template <class Parser>
Framing framing_of(const Parser& parser) {
    if (parser.chunked()) {
        return Framing{Framing::Kind::chunked, 0};
    }
    const auto length = parser.content_length();
    if (length) {
        return Framing{Framing::Kind::length, *length};
    }
    return {};
}

Error refused(int status, std::string_view text) {
    return {ErrorKind::invalid, std::string(text), status};
}

/// "HTTP/9.9" at the end of the first line is a version, only not ours.
bool names_another_version(std::string_view head) {
    const auto line = head.substr(0, head.find('\r'));
    const auto last = line.substr(line.rfind(' ') + 1);
    return last.size() == 8 && last.starts_with("HTTP/") && last[5] >= '0' && last[5] <= '9' &&
           last[5] != '1' && last[6] == '.' && last[7] >= '0' && last[7] <= '9';
}

Error request_error(const ErrorCode& error, std::string_view head) {
    if (error == beast::http::error::bad_version && names_another_version(head)) {
        return refused(505, "unsupported protocol version");
    }
    return refused(400, "");
}

Result<> check_request(const RequestHead& head) {
    int hosts = 0;
    for (const auto& [name, value] : head.headers) {
        hosts += text::equal_ignoring_case(name, "host") ? 1 : 0;
    }
    if (hosts == 0 && !head.http_1_0 && head.method != "CONNECT") {
        return refused(400, "missing required Host header");
    }
    if (hosts > 1) {
        return refused(400, "too many Host headers");
    }
    const auto expect = head.headers.get("Expect");
    if (!expect.empty() && !text::equal_ignoring_case(expect, "100-continue")) {
        return refused(417, "");
    }
    const auto coding = head.headers.get("Transfer-Encoding");
    if (!coding.empty() && !text::equal_ignoring_case(coding, "chunked")) {
        return refused(501, "Unsupported transfer encoding");
    }
    // Two lengths are how requests are smuggled past proxies.
    if (!coding.empty() && head.headers.has("Content-Length")) {
        return refused(400, "");
    }
    return {};
}

}  // namespace

Result<RequestHead> parse_request_head(std::string_view bytes) {
    RequestHead head;
    HeadParser<true, RequestHead> parser(head);
    if (const ErrorCode error = parse(parser, bytes)) {
        return request_error(error, bytes);
    }
    CHECK_OK(check_request(head));
    head.body = framing_of(parser);
    head.keep_alive = parser.keep_alive();
    const auto expect = head.headers.get("Expect");
    head.expect_continue = text::equal_ignoring_case(expect, "100-continue") && !head.http_1_0 &&
                           head.body.kind != Framing::Kind::none;
    return head;
}

Result<ResponseHead> parse_response_head(std::string_view bytes) {
    ResponseHead head;
    HeadParser<false, ResponseHead> parser(head);
    if (const ErrorCode error = parse(parser, bytes)) {
        return fail(ErrorKind::unavailable, "malformed HTTP response: {}", error.message());
    }
    head.body = framing_of(parser);
    if (head.body.kind == Framing::Kind::none) {
        head.body.kind = Framing::Kind::until_close;
    }
    head.keep_alive = head.body.kind != Framing::Kind::until_close && parser.keep_alive();
    return head;
}

}  // namespace wherry::http
