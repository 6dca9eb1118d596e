#include "api/error_body.hpp"

#include "codec/json/escape.hpp"
#include "codec/json/value.hpp"

namespace wherry::api {

std::string error_body(std::string_view message) {
    std::string out = "{\"message\":";
    json::write_string(out, message);
    out.append("}\n");
    return out;
}

std::optional<std::string> error_message(std::string_view body) {
    const auto value = json::Value::parse(body);
    if (!value.ok() || value->find("message") == nullptr) {
        return std::nullopt;
    }
    return value->text("message");
}

}  // namespace wherry::api
