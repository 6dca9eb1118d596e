// Heads of requests and responses from anyone: no crash, and what was read makes sense.
#include <cstdlib>
#include <string_view>

#include "net/http/head.hpp"
#include "net/http/request_target.hpp"

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

/// The end of a head does not depend on how its bytes arrived.
void check_scanner(std::string_view bytes) {
    wherry::http::HeadScanner at_once;
    const auto whole = at_once.find_end(bytes);
    wherry::http::HeadScanner in_pieces;
    for (std::size_t size = 1; size <= bytes.size(); ++size) {
        const auto end = in_pieces.find_end(bytes.substr(0, size));
        if (end) {
            require(whole == end);
            return;
        }
        if (in_pieces.hopeless()) {
            require(!whole);
            return;
        }
    }
    require(!whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_scanner(bytes);
    if (const auto head = wherry::http::parse_request_head(bytes)) {
        require(!head->method.empty() && !head->target.empty());
        wherry::http::Request request;
        request.method = head->method;
        if (wherry::http::set_target(request, head->target)) {
            require(!request.path.empty());
            const auto again = wherry::http::Query::parse(request.query.encode());
            require(again.ok() && again->encode() == request.query.encode());
        }
    } else {
        require(head.error().status() >= 400);
    }
    if (const auto head = wherry::http::parse_response_head(bytes)) {
        require(head->status >= 0 && head->status <= 999);
    }
    return 0;
}
