// Reads structs from parsed JSON by Go's rules: names without regard to case (an exact match
// first, else the last), unknown members ignored, a wrong type is an error. null empties lists,
// maps and optionals and leaves other members as they are.
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.hpp"
#include "codec/json/containers.hpp"
#include "codec/json/style.hpp"
#include "codec/json/unknown.hpp"
#include "codec/json/value.hpp"

namespace wherry::json {

/// A value inside a parsed document; the library's type stays out of headers.
using Node = const void*;

/// Owns the parsed text.
class Document {
  public:
    [[nodiscard]] static Result<Document> parse(std::string_view text);
    [[nodiscard]] Node root() const noexcept;

  private:
    struct Impl;
    explicit Document(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
    std::shared_ptr<Impl> impl_;  // only so that Impl may be incomplete here
};

/// One decoding: its options and the first error.
struct ReadState {
    bool keep_unknown = false;
    std::string path;
    std::string error;
};

class Reader {
  public:
    static constexpr bool reads = true;

    Reader(Node node, ReadState& state) : node_(node), state_(state) {}

    template <class T>
    void field(std::string_view name, T& member, Empty /*style*/ = Empty::write) {
        if (state_.keep_unknown) {
            seen_.push_back(name);
        }
        if (const Node found = find(name)) {
            const std::size_t length = enter(name);
            Reader(found, state_).value(member);
            state_.path.resize(length);
        }
    }
    /// A list of texts for which a single text may stand (`"Cmd": "true"`).
    void text_or_list(std::string_view name, List<std::string>& member, Empty style = Empty::write);
    void unknown(Unknown& members);

    void value(bool& out);
    void value(std::string& out);
    void value(double& out);
    void value(Value& out);
    template <std::integral T>
    void value(T& out) {
        const bool above_zero = std::is_unsigned_v<T>;
        const auto low = above_zero ? 0 : static_cast<std::int64_t>(std::numeric_limits<T>::min());
        const auto high = static_cast<std::uint64_t>(std::numeric_limits<T>::max());
        if (const auto found = integer(low, high)) {
            out = static_cast<T>(*found);
        }
    }
    template <class T>
    void value(std::optional<T>& out) {
        out.reset();
        if (!is_null()) {
            value(out.emplace());
        }
    }
    template <class T>
    void value(std::shared_ptr<T>& out) {
        out.reset();
        if (!is_null()) {
            out = std::make_shared<T>();
            value(*out);
        }
    }
    template <class T>
    void value(std::vector<T>& out) {
        if (is_null() || !expect_array()) {
            return;
        }
        out.clear();
        const std::size_t count = size();
        out.reserve(count);
        for (std::size_t index = 0; index < count; ++index) {
            T item{};
            Reader(at(index), state_).value(item);
            out.push_back(std::move(item));
        }
    }
    template <class T>
    void value(List<T>& out) {
        out.set_null();
        if (!is_null()) {
            value(static_cast<std::vector<T>&>(out));
            out.set_present();
        }
    }
    template <class T, class C>
    void value(std::map<std::string, T, C>& out) {
        if (is_null() || !expect_object()) {
            return;
        }
        const std::size_t count = size();
        for (std::size_t index = 0; index < count; ++index) {
            const std::string name = key_at(index);
            const std::size_t length = enter(name);
            Reader(at(index), state_).value(out[name]);
            state_.path.resize(length);
        }
    }
    template <class T>
    void value(Map<T>& out) {
        out.set_null();
        if (!is_null()) {
            value(static_cast<std::map<std::string, T, std::less<>>&>(out));
            out.set_present();
        }
    }
    template <class T>
        requires std::is_class_v<T>
    void value(T& out) {
        if (!is_null() && expect_object()) {
            fields(*this, out);
        }
    }

  private:
    [[nodiscard]] Node find(std::string_view name) const;
    [[nodiscard]] bool is_null() const;
    [[nodiscard]] bool expect_array();
    [[nodiscard]] bool expect_object();
    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] Node at(std::size_t index) const;
    [[nodiscard]] std::string key_at(std::size_t index) const;
    [[nodiscard]] std::optional<std::int64_t> integer(std::int64_t low, std::uint64_t high);
    std::size_t enter(std::string_view name);
    void wrong_type(std::string_view wanted);

    Node node_;
    ReadState& state_;
    std::vector<std::string_view> seen_;
};

}  // namespace wherry::json
