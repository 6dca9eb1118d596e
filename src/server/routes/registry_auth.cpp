#include "server/routes/registry_auth.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"
#include "codec/json/value.hpp"
#include "engine/images/verbs.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/images.hpp"

namespace wherry::server {

Result<images::Credentials> decode_auth_config(std::string_view json) {
    images::Credentials out;
    if (json.empty()) {
        return out;
    }
    auto parsed = json::Value::parse(json);
    if (!parsed) {
        return fail(ErrorKind::invalid, "invalid X-Registry-Auth header: {}",
                    parsed.error().message());
    }
    out.username = parsed->text("username");
    out.password = parsed->text("password");
    out.identity_token = parsed->text("identitytoken");
    out.registry_token = parsed->text("registrytoken");
    out.server_address = parsed->text("serveraddress");
    // "user:password", as a configuration file holds it.
    if (const std::string& both = parsed->text("auth"); out.username.empty() && !both.empty()) {
        const auto decoded = base64_decode(both);
        if (decoded) {
            if (const auto cut = text::cut(*decoded, ":")) {
                out.username = cut->first;
                out.password = cut->second;
            }
        }
    }
    return out;
}

Result<images::Credentials> decode_registry_auth(std::string_view header) {
    auto json = base64_decode(header);
    if (!json) {
        return fail(ErrorKind::invalid, "invalid X-Registry-Auth header: {}",
                    json.error().message());
    }
    return decode_auth_config(*json);
}

Task<Result<http::Response>> system_auth(Call& call) {
    CO_TRY(const std::string body, co_await read_json_text(call.request));
    if (auto parsed = json::Value::parse(body); !parsed) {
        co_return Error(ErrorKind::internal, parsed.error().message());  // as the reference: 500
    }
    CO_TRY(images::Credentials credentials, decode_auth_config(body));
    CO_CHECK_OK(co_await call.engine.images().check_login(std::move(credentials)));
    json::Value out;
    out.set("IdentityToken", "");
    out.set("Status", "Login Succeeded");
    co_return json_text(200, out.dump());
}

}  // namespace wherry::server
