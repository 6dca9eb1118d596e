#include "codec/json/value.hpp"

#include <algorithm>
#include <utility>

#include "codec/json/escape.hpp"

namespace wherry::json {

void Value::append_to(std::string& out) const {
    if (is_null()) {
        out.append("null");
    } else if (const auto* flag = std::get_if<bool>(&data_)) {
        out.append(*flag ? "true" : "false");
    } else if (const auto* number = std::get_if<std::int64_t>(&data_)) {
        out.append(std::to_string(*number));
    } else if (const auto* large = std::get_if<std::uint64_t>(&data_)) {
        out.append(std::to_string(*large));
    } else if (const auto* real = std::get_if<double>(&data_)) {
        write_double(out, *real);
    } else if (const auto* text = std::get_if<std::string>(&data_)) {
        write_string(out, *text);
    } else if (is_array()) {
        std::string_view before = "[";
        for (const Value& value : as_array()) {
            out.append(std::exchange(before, ","));
            value.append_to(out);
        }
        out.append(before == "[" ? "[]" : "]");
    } else {
        std::string_view before = "{";
        for (const auto& [name, value] : as_object()) {
            out.append(std::exchange(before, ","));
            write_string(out, name);
            out.push_back(':');
            value.append_to(out);
        }
        out.append(before == "{" ? "{}" : "}");
    }
}

std::string Value::dump() const {
    std::string out;
    append_to(out);
    return out;
}

bool Value::as_bool() const noexcept {
    const auto* value = std::get_if<bool>(&data_);
    return value != nullptr && *value;
}

std::int64_t Value::as_int() const noexcept {
    const auto* value = std::get_if<std::int64_t>(&data_);
    return value != nullptr ? *value : 0;
}

std::uint64_t Value::as_uint() const noexcept {
    const auto* large = std::get_if<std::uint64_t>(&data_);
    return large != nullptr ? *large
                            : static_cast<std::uint64_t>(std::max<std::int64_t>(as_int(), 0));
}

double Value::as_double() const noexcept {
    if (const auto* value = std::get_if<double>(&data_)) {
        return *value;
    }
    const auto* large = std::get_if<std::uint64_t>(&data_);
    return large != nullptr ? static_cast<double>(*large) : static_cast<double>(as_int());
}

const std::string& Value::as_string() const noexcept {
    static const std::string none;
    const auto* value = std::get_if<std::string>(&data_);
    return value != nullptr ? *value : none;
}

const Array& Value::as_array() const noexcept {
    static const Array none;
    const auto* value = std::get_if<Array>(&data_);
    return value != nullptr ? *value : none;
}

const Object& Value::as_object() const noexcept {
    static const Object none;
    const auto* value = std::get_if<Object>(&data_);
    return value != nullptr ? *value : none;
}

const Value* Value::find(std::string_view name) const noexcept {
    for (const auto& [key, value] : as_object()) {
        if (key == name) {
            return &value;
        }
    }
    return nullptr;
}

const std::string& Value::text(std::string_view name) const noexcept {
    static const Value null;
    const Value* found = find(name);
    return (found != nullptr ? *found : null).as_string();
}

Value& Value::set(std::string name, Value value) {
    if (!is_object()) {
        data_ = Object();
    }
    auto& members = std::get<Object>(data_);
    for (auto& [key, old] : members) {
        if (key == name) {
            old = std::move(value);
            return *this;
        }
    }
    members.emplace_back(std::move(name), std::move(value));
    return *this;
}

void Value::push_back(Value value) {
    if (!is_array()) {
        data_ = Array();
    }
    std::get<Array>(data_).push_back(std::move(value));
}

void Value::erase(std::string_view name) {
    if (auto* members = std::get_if<Object>(&data_)) {
        std::erase_if(*members, [&](const auto& member) { return member.first == name; });
    }
}

}  // namespace wherry::json
