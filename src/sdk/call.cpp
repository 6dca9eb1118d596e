#include "sdk/call.hpp"

#include "base/text.hpp"

namespace wherry::sdk {

void Call::put(std::string_view name, std::string value, std::string_view since) {
    query.emplace_back(name, std::move(value));
    if (!since.empty()) {
        gates.push_back({.name = std::string(name), .since = std::string(since)});
    }
}

void Call::add(std::string_view name, const std::string& value, std::string_view since) {
    if (!value.empty()) {
        put(name, value, since);
    }
}

void Call::add(std::string_view name, std::optional<bool> value, std::string_view since) {
    if (value) {
        put(name, *value ? "1" : "0", since);
    }
}

void Call::add(std::string_view name, std::optional<std::int64_t> value, std::string_view since) {
    if (value) {
        put(name, text::format("{}", *value), since);
    }
}

void Call::add(std::string_view name, const std::vector<std::string>& values,
               std::string_view since) {
    for (const auto& value : values) {
        put(name, value, since);
    }
}

void Call::add(std::string_view name, const Filters& filters, std::string_view since) {
    if (!filters.empty()) {
        put(name, filters.encode(), since);
    }
}

void Call::header(std::string_view name, const std::string& value) {
    if (!value.empty()) {
        headers.set(std::string(name), value);
    }
}

void Call::header(std::string_view name, const std::optional<RegistryAuth>& auth) {
    if (auth) {
        headers.set(std::string(name), auth->encode());
    }
}

void Call::upload(const Upload& source) {
    const std::string* content = source.content();
    if (content == nullptr) {
        stream_body = source;
    } else {
        body = *content;
    }
    const bool empty = content != nullptr && content->empty();
    if (!empty && !headers.has("Content-Type")) {
        headers.set("Content-Type", "application/x-tar");
    }
}

void Call::gate(std::string_view member, bool used, std::string_view since) {
    if (used) {
        gates.push_back(
            {.name = std::string(member), .since = std::string(since), .in_query = false});
    }
}

std::string segment(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '/' || c == ':') {
            out.push_back(c);
        } else {
            out.append(http::percent_encode(std::string_view(&c, 1)));
        }
    }
    return out;
}

}  // namespace wherry::sdk
