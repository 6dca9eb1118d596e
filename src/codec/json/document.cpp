// Everything that names Boost.JSON, compiled once.
#include <boost/json/src.hpp>
//
#include "base/text.hpp"
#include "codec/json/escape.hpp"
#include "codec/json/reader.hpp"
#include "codec/json/value.hpp"

namespace wherry::json {

namespace bj = boost::json;

namespace {

constexpr std::size_t depth_limit = 64;

const bj::value& node(Node raw) {
    return *static_cast<const bj::value*>(raw);
}

/// What the text is to a person who reads an error.
std::string_view kind_name(const bj::value& value) {
    switch (value.kind()) {
        case bj::kind::null:
            return "null";
        case bj::kind::bool_:
            return "bool";
        case bj::kind::string:
            return "string";
        case bj::kind::array:
            return "array";
        case bj::kind::object:
            return "object";
        default:
            return "number";
    }
}

Error parse_error(const bj::error_code& code) {
    if (code == bj::error::incomplete) {
        return {ErrorKind::invalid, "unexpected EOF"};
    }
    if (code == bj::error::extra_data) {
        return {ErrorKind::invalid, "unexpected content after JSON"};
    }
    return {ErrorKind::invalid, code.message()};
}

std::string to_text(bj::string_view text) {
    return valid_utf8({text.data(), text.size()});
}

Value to_value(const bj::value& value) {
    switch (value.kind()) {
        case bj::kind::null:
            return {};
        case bj::kind::bool_:
            return value.get_bool();
        case bj::kind::int64:
            return value.get_int64();
        case bj::kind::uint64:
            return value.get_uint64();
        case bj::kind::double_:
            return value.get_double();
        case bj::kind::string:
            return to_text(value.get_string());
        case bj::kind::array: {
            Array out;
            out.reserve(value.get_array().size());
            for (const auto& item : value.get_array()) {
                out.push_back(to_value(item));
            }
            return out;
        }
        case bj::kind::object: {
            Object out;
            out.reserve(value.get_object().size());
            for (const auto& [name, item] : value.get_object()) {
                out.emplace_back(to_text(name), to_value(item));
            }
            return out;
        }
    }
    return {};
}

}  // namespace

struct Document::Impl {
    bj::monotonic_resource memory;
    bj::value root = bj::value(bj::storage_ptr(&memory));
};

Result<Document> Document::parse(std::string_view text) {
    auto impl = std::make_shared<Impl>();
    bj::parse_options options;
    options.max_depth = depth_limit;
    options.allow_invalid_utf8 = true;  // Go replaces it instead of refusing
    bj::error_code code;
    impl->root = bj::parse(bj::string_view(text.data(), text.size()), code, &impl->memory, options);
    if (code) {
        return parse_error(code);
    }
    return Document(std::move(impl));
}

Node Document::root() const noexcept {
    return &impl_->root;
}

Result<Value> Value::parse(std::string_view text) {
    TRY(const auto document, Document::parse(text));
    return to_value(node(document.root()));
}

Node Reader::find(std::string_view name) const {
    const auto& object = node(node_).get_object();
    if (const auto* exact = object.if_contains(bj::string_view(name.data(), name.size()))) {
        return exact;
    }
    Node last = nullptr;
    for (const auto& [key, value] : object) {
        if (text::equal_ignoring_case(std::string_view(key.data(), key.size()), name)) {
            last = &value;
        }
    }
    return last;
}

bool Reader::is_null() const {
    return node(node_).is_null();
}

std::size_t Reader::enter(std::string_view name) {
    const std::size_t length = state_.path.size();
    if (length > 0) {
        state_.path.push_back('.');
    }
    state_.path.append(name);
    return length;
}

void Reader::wrong_type(std::string_view wanted) {
    if (state_.error.empty()) {
        state_.error = text::format("{}: want {}, got {}", state_.path.empty() ? "." : state_.path,
                                    wanted, kind_name(node(node_)));
    }
}

bool Reader::expect_array() {
    if (node(node_).is_array()) {
        return true;
    }
    wrong_type("an array");
    return false;
}

bool Reader::expect_object() {
    if (node(node_).is_object()) {
        return true;
    }
    wrong_type("an object");
    return false;
}

std::size_t Reader::size() const {
    const auto& value = node(node_);
    return value.is_array() ? value.get_array().size() : value.get_object().size();
}

Node Reader::at(std::size_t index) const {
    const auto& value = node(node_);
    if (value.is_array()) {
        return &value.get_array()[index];
    }
    return &(value.get_object().begin() + static_cast<std::ptrdiff_t>(index))->value();
}

std::string Reader::key_at(std::size_t index) const {
    return to_text((node(node_).get_object().begin() + static_cast<std::ptrdiff_t>(index))->key());
}

void Reader::text_or_list(std::string_view name, List<std::string>& member, Empty style) {
    const Node found = find(name);
    if (found != nullptr && node(found).is_string()) {
        std::string one;
        field(name, one, style);
        member = {one};
    } else {
        field(name, member, style);
    }
}

std::optional<std::int64_t> Reader::integer(std::int64_t low, std::uint64_t high) {
    const auto& value = node(node_);
    if (value.is_null()) {
        return std::nullopt;
    }
    if (value.is_int64() && value.get_int64() >= low &&
        (value.get_int64() < 0 || static_cast<std::uint64_t>(value.get_int64()) <= high)) {
        return value.get_int64();
    }
    if (value.is_uint64() && value.get_uint64() <= high) {
        return static_cast<std::int64_t>(value.get_uint64());
    }
    wrong_type(value.is_number() ? "an integer in range" : "a number");
    return std::nullopt;
}

void Reader::value(bool& out) {
    if (const auto* found = node(node_).if_bool()) {
        out = *found;
    } else if (!is_null()) {
        wrong_type("a bool");
    }
}

void Reader::value(std::string& out) {
    if (const auto* found = node(node_).if_string()) {
        out = to_text(*found);
    } else if (!is_null()) {
        wrong_type("a string");
    }
}

void Reader::value(double& out) {
    if (node(node_).is_number()) {
        out = node(node_).to_number<double>();
    } else if (!is_null()) {
        wrong_type("a number");
    }
}

void Reader::value(Value& out) {
    out = to_value(node(node_));
}

void Reader::unknown(Unknown& members) {
    if (!state_.keep_unknown) {
        return;
    }
    for (const auto& [key, value] : node(node_).get_object()) {
        const std::string_view name(key.data(), key.size());
        bool known = false;
        for (const std::string_view one : seen_) {
            known = known || text::equal_ignoring_case(one, name);
        }
        if (!known) {
            members.put(to_text(key), to_value(value).dump());
        }
    }
}

}  // namespace wherry::json
