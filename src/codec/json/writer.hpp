// Writes structs as JSON text. A struct's `fields(io, s)` calls `io.field(name, member, style)`.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/json/containers.hpp"
#include "codec/json/escape.hpp"
#include "codec/json/style.hpp"
#include "codec/json/unknown.hpp"
#include "codec/json/value.hpp"

namespace wherry::json {

class Writer {
  public:
    static constexpr bool reads = false;

    explicit Writer(std::string& out) : out_(out) {}

    template <class T>
    void field(std::string_view name, const T& member, Empty style = Empty::write) {
        if (style == Empty::omit && is_empty(member)) {
            return;
        }
        key(name);
        if (style == Empty::null && is_null(member)) {
            out_.append("null");
            return;
        }
        value(member);
    }
    void text_or_list(std::string_view name, const List<std::string>& member,
                      Empty style = Empty::write) {
        field(name, member, style);
    }
    /// The members that the struct does not know.
    void unknown(const Unknown& members);

    void value(bool value) { out_.append(value ? "true" : "false"); }
    void value(std::integral auto value) {
        if (std::in_range<std::int64_t>(value)) {
            number(static_cast<std::int64_t>(value));
        } else {
            out_.append(std::to_string(value));
        }
    }
    void value(double value) { write_double(out_, value); }
    void value(const std::string& value) { write_string(out_, value); }
    void value(const Value& value);

    template <class T>
    void value(const std::optional<T>& member) {
        if (member) {
            value(*member);
        } else {
            out_.append("null");
        }
    }
    template <class T>
    void value(const std::shared_ptr<T>& member) {
        if (member) {
            value(*member);
        } else {
            out_.append("null");
        }
    }
    template <class T>
    void value(const std::vector<T>& list) {
        out_.push_back('[');
        for (std::size_t index = 0; index < list.size(); ++index) {
            if (index > 0) {
                out_.push_back(',');
            }
            item(static_cast<const T&>(list[index]));
        }
        out_.push_back(']');
    }
    template <class T>
    void value(const List<T>& list) {
        value(static_cast<const std::vector<T>&>(list));
    }
    template <class T, class C>
    void value(const std::map<std::string, T, C>& map) {
        out_.push_back('{');
        bool first = true;
        for (const auto& [name, member] : map) {
            if (!first) {
                out_.push_back(',');
            }
            first = false;
            write_string(out_, name);
            out_.push_back(':');
            item(member);
        }
        out_.push_back('}');
    }
    template <class T>
    void value(const Map<T>& map) {
        value(static_cast<const std::map<std::string, T, std::less<>>&>(map));
    }
    /// A struct, by its `fields`.
    template <class T>
        requires std::is_class_v<T>
    void value(const T& object) {
        out_.push_back('{');
        // One list of members serves both directions; writing changes nothing.
        fields(*this, const_cast<T&>(object));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
        out_.push_back('}');
    }

  private:
    /// What a list or map holds: a null list in it is null.
    template <class T>
    void item(const T& member) {
        if constexpr (requires { T().set_present(); }) {
            if (member.is_null()) {
                out_.append("null");
                return;
            }
        }
        value(member);
    }
    void key(std::string_view name);
    void number(std::int64_t value);

    template <class T>
        requires std::is_arithmetic_v<T>
    static bool is_empty(T value) {
        return value == T{};
    }
    static bool is_empty(const std::string& value) { return value.empty(); }
    static bool is_empty(const Value& value) { return value.is_null(); }
    template <class T>
    static bool is_empty(const std::optional<T>& value) {
        return !value.has_value();
    }
    template <class T>
    static bool is_empty(const std::shared_ptr<T>& value) {
        return value == nullptr;
    }
    template <class T>
    static bool is_empty(const std::vector<T>& value) {
        return value.empty();
    }
    template <class T, class C>
    static bool is_empty(const std::map<std::string, T, C>& value) {
        return value.empty();
    }
    template <class T>
    static bool is_empty(const List<T>& value) {
        return value.empty();
    }
    template <class T>
    static bool is_empty(const Map<T>& value) {
        return value.empty();
    }
    /// A struct is never empty, as in Go.
    template <class T>
        requires std::is_class_v<T>
    static bool is_empty(const T& /*value*/) {
        return false;
    }

    template <class T>
    static bool is_null(const List<T>& value) {
        return value.is_null();
    }
    template <class T>
    static bool is_null(const Map<T>& value) {
        return value.is_null();
    }
    template <class T>
    static bool is_null(const T& value) {
        return is_empty(value);
    }

    std::string& out_;
};

}  // namespace wherry::json
