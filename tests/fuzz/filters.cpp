// Filters, and the patterns and globs in them: no text may be slow or read beyond its end.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "api/filters.hpp"
#include "api/pattern.hpp"
#include "api/until.hpp"

using namespace wherry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto filters = api::Filters::parse(text)) {
        const auto again = api::Filters::parse(filters->encode());
        if (!again) {
            std::abort();
        }
    }
    // The first half is a pattern, the rest what it is searched in.
    const auto pattern = text.substr(0, size / 2);
    const auto subject = text.substr(size / 2);
    if (const auto compiled = api::Pattern::compile(pattern)) {
        static_cast<void>(compiled->found_in(subject));
    }
    static_cast<void>(api::glob_match(pattern, subject));
    static_cast<void>(api::parse_until(text, Time{}));
    return 0;
}
