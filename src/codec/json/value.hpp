// A JSON document as a value, for JSON that has no struct. Objects keep their order.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace wherry::json {

class Value;
using Array = std::vector<Value>;
using Object = std::vector<std::pair<std::string, Value>>;

class Value {
  public:
    Value() = default;
    // NOLINTBEGIN(google-explicit-constructor,hicpp-explicit-conversions): literals are values
    Value(std::nullptr_t) {}
    template <std::same_as<bool> T>
    Value(T value) : data_(value) {}
    template <std::integral T>
        requires(!std::same_as<T, bool> && !std::same_as<T, char>)
    Value(T value) {
        if (std::in_range<std::int64_t>(value)) {
            data_ = static_cast<std::int64_t>(value);
        } else {
            data_ = static_cast<std::uint64_t>(value);
        }
    }
    Value(double value) : data_(value) {}
    Value(std::string value) : data_(std::move(value)) {}
    Value(std::string_view value) : data_(std::string(value)) {}
    Value(const char* value) : data_(std::string(value)) {}
    Value(Array value) : data_(std::move(value)) {}
    Value(Object value) : data_(std::move(value)) {}
    // NOLINTEND(google-explicit-constructor,hicpp-explicit-conversions)

    /// Refuses what is no JSON, or more than one document ("unexpected content after JSON").
    [[nodiscard]] static Result<Value> parse(std::string_view text);
    /// Compact text, as Go writes it without HTML escaping.
    [[nodiscard]] std::string dump() const;

    [[nodiscard]] bool is_null() const noexcept { return data_.index() == 0; }
    [[nodiscard]] bool is_bool() const noexcept { return std::holds_alternative<bool>(data_); }
    /// A whole number that fits 64 bits with a sign.
    [[nodiscard]] bool is_int() const noexcept {
        return std::holds_alternative<std::int64_t>(data_);
    }
    [[nodiscard]] bool is_double() const noexcept { return std::holds_alternative<double>(data_); }
    [[nodiscard]] bool is_string() const noexcept {
        return std::holds_alternative<std::string>(data_);
    }
    [[nodiscard]] bool is_array() const noexcept { return std::holds_alternative<Array>(data_); }
    [[nodiscard]] bool is_object() const noexcept { return std::holds_alternative<Object>(data_); }

    // The value, or an empty one where the type is another.
    [[nodiscard]] bool as_bool() const noexcept;
    [[nodiscard]] std::int64_t as_int() const noexcept;
    [[nodiscard]] std::uint64_t as_uint() const noexcept;  ///< 0 below zero
    [[nodiscard]] double as_double() const noexcept;
    [[nodiscard]] const std::string& as_string() const noexcept;
    [[nodiscard]] const Array& as_array() const noexcept;
    [[nodiscard]] const Object& as_object() const noexcept;

    /// A member of an object; null where there is none.
    [[nodiscard]] const Value* find(std::string_view name) const noexcept;
    /// The member's text, or "".
    [[nodiscard]] const std::string& text(std::string_view name) const noexcept;
    /// Sets a member, making this an object if it is none.
    Value& set(std::string name, Value value);
    void push_back(Value value);
    /// Removes a member of an object; absence is no error.
    void erase(std::string_view name);

    [[nodiscard]] bool operator==(const Value&) const = default;

  private:
    friend class Writer;
    void append_to(std::string& out) const;

    std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, double, std::string, Array,
                 Object>
        data_;
};

}  // namespace wherry::json
