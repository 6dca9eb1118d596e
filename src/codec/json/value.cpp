#include "codec/json/value.hpp"

#include "codec/json/escape.hpp"

namespace wherry::json {

namespace {

struct Dump {
    std::string& out;

    void operator()(std::nullptr_t) const { out.append("null"); }
    void operator()(bool value) const { out.append(value ? "true" : "false"); }
    void operator()(std::int64_t value) const { out.append(std::to_string(value)); }
    void operator()(double value) const { write_double(out, value); }
    void operator()(const std::string& value) const { write_string(out, value); }
    void operator()(const Array& values) const {
        out.push_back('[');
        for (const Value& value : values) {
            if (&value != &values.front()) {
                out.push_back(',');
            }
            out.append(value.dump());
        }
        out.push_back(']');
    }
    void operator()(const Object& members) const {
        out.push_back('{');
        for (const auto& member : members) {
            if (&member != &members.front()) {
                out.push_back(',');
            }
            write_string(out, member.first);
            out.push_back(':');
            out.append(member.second.dump());
        }
        out.push_back('}');
    }
};

}  // namespace

std::string Value::dump() const {
    std::string out;
    std::visit(Dump{out}, data_);
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

double Value::as_double() const noexcept {
    const auto* value = std::get_if<double>(&data_);
    return value != nullptr ? *value : static_cast<double>(as_int());
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

}  // namespace wherry::json
