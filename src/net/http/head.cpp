#include "net/http/head.hpp"

namespace wherry::http {

namespace {

bool may_begin_a_method(char c) noexcept {
    // RFC 9110 5.6.2: a token; anything else (a TLS hello, say) is no HTTP.
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> HeadScanner::find_end(std::string_view bytes) noexcept {
    if (!bytes.empty() && !may_begin_a_method(bytes[0])) {
        hopeless_ = true;
        return std::nullopt;
    }
    for (auto at = bytes.find('\n', seen_); at != std::string_view::npos;
         at = bytes.find('\n', at + 1)) {
        if (at == 0 || bytes[at - 1] != '\r') {
            hopeless_ = true;
            return std::nullopt;
        }
        if (at >= 3 && bytes[at - 2] == '\n' && bytes[at - 3] == '\r') {
            return at + 1;
        }
    }
    seen_ = bytes.size();
    return std::nullopt;
}

}  // namespace wherry::http
