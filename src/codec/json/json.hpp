// Structs to JSON and back: `encode(value)` and `decode<T>(text)`, by the struct's `fields`.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "codec/json/reader.hpp"
#include "codec/json/writer.hpp"

namespace wherry::json {

template <class T>
void encode_to(std::string& out, const T& value) {
    Writer writer(out);
    writer.value(value);
}

/// Compact text without a line feed. A null list or map is `[]` or `{}` at the root, what a field's
/// style says in a struct, and null inside another list or map.
template <class T>
[[nodiscard]] std::string encode(const T& value) {
    std::string out;
    encode_to(out, value);
    return out;
}

/// The whole message where something follows the document.
inline constexpr std::string_view content_after_document = "unexpected content after JSON";

struct DecodeOptions {
    /// Keep members that the struct does not know, for a round trip (its `unknown` member).
    bool keep_unknown = false;
};

/// The error names the member ("HostConfig.Memory: want a number, got a string").
template <class T>
[[nodiscard]] Result<T> decode(std::string_view text, DecodeOptions options = {}) {
    TRY(const auto document, Document::parse(text));
    ReadState state;
    state.keep_unknown = options.keep_unknown;
    Reader reader(document.root(), state);
    T value{};
    reader.value(value);
    if (!state.error.empty()) {
        return Error(ErrorKind::invalid, state.error);
    }
    return value;
}

}  // namespace wherry::json
