#include "engine/images/registry_client.hpp"

#include <algorithm>

#include "api/reference.hpp"
#include "base/text.hpp"
#include "codec/json/value.hpp"
#include "engine/images/manifest.hpp"
#include "engine/images/registry_tls.hpp"
#include "engine/images/sha256.hpp"

namespace wherry::images {

namespace {

constexpr std::size_t max_manifest_bytes = 8 << 20;
constexpr std::size_t max_error_bytes = 64 << 10;
constexpr std::size_t max_token_bytes = 1 << 20;
constexpr int max_redirects = 10;

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

ErrorKind kind_of(int status, std::string_view code) {
    if (code == "DENIED" || status == 403) {
        return ErrorKind::denied;
    }
    if (status == 401) {
        return ErrorKind::unauthorized;
    }
    if (status == 404) {
        return ErrorKind::not_found;
    }
    // Too many requests, or the registry's own trouble: worth another try.
    return status == 429 || status >= 500 ? ErrorKind::unavailable : ErrorKind::internal;
}

http::ClientOptions client_options() {
    http::ClientOptions options;
    options.timeouts = {.connect = std::chrono::seconds(15),
                        .tls = std::chrono::seconds(15),
                        .first_byte = std::chrono::seconds(60),
                        .idle = std::chrono::seconds(60)};
    return options;
}

std::string form(const std::vector<std::pair<std::string, std::string>>& values) {
    std::string out;
    for (const auto& [name, value] : values) {
        if (!out.empty()) {
            out += '&';
        }
        out += http::percent_encode(name) + "=" + http::percent_encode(value);
    }
    return out;
}

}  // namespace

Task<Result<Error>> registry_error(http::ClientResponse response) {
    CO_TRY(const std::string body, co_await response.body->read_all(max_error_bytes));
    const auto parsed = json::Value::parse(body);
    if (parsed) {
        const json::Value* errors = parsed->find("errors");
        if (errors != nullptr && !errors->as_array().empty()) {
            const json::Value& first = errors->as_array().front();
            std::string code = first.text("code");
            const ErrorKind kind = kind_of(response.status, code);
            std::ranges::replace(code, '_', ' ');
            co_return Error(kind, text::format("{}: {}", text::lower(code), first.text("message")));
        }
        const std::string& details = parsed->text("details");
        if (!details.empty()) {
            co_return Error(kind_of(response.status, ""), details);
        }
    }
    co_return Error(
        kind_of(response.status, ""),
        text::format("received unexpected HTTP status: {} {}", response.status, response.reason));
}

RegistryClient::RegistryClient(async::Executor executor, Target target, Credentials credentials,
                               std::string certs_dir)
    : executor_(std::move(executor)),
      target_(std::move(target)),
      credentials_(std::move(credentials)),
      certs_dir_(std::move(certs_dir)) {
    if (!credentials_.registry_token.empty()) {
        authorization_ = "Bearer " + credentials_.registry_token;
    }
}

Result<http::Client*> RegistryClient::client_of(const Url& url) {
    auto& client = clients_[url.origin()];
    if (!client) {
        http::TcpEndpoint endpoint{.host = url.host, .port = url.port, .tls = nullptr};
        if (url.https) {
            TRY(endpoint.tls,
                make_registry_tls(certs_dir_, url.authority(), target_.endpoint.verify));
        }
        client = std::make_unique<http::Client>(executor_, std::move(endpoint), client_options());
    }
    return client.get();
}

Task<Result<http::ClientResponse>> RegistryClient::send(Url url, http::Headers headers) {
    auto client = client_of(url);
    if (!client) {
        co_return std::move(client).error();
    }
    http::ClientRequest request;
    request.target = url.target;
    request.headers = std::move(headers);
    auto response = co_await (*client)->send(std::move(request));
    if (!response) {
        const std::string what = text::format("Get \"{}\"", url.text());
        co_return std::move(response).error().in(what);
    }
    co_return std::move(*response);
}

Task<Result<http::ClientResponse>> RegistryClient::follow(Url url, http::ClientResponse response,
                                                          http::Headers headers) {
    const std::string home = url.origin();
    for (int hop = 0; is_redirect(response.status); ++hop) {
        if (hop >= max_redirects) {
            co_return fail(ErrorKind::unavailable, "Get \"{}\": stopped after {} redirects",
                           url.text(), max_redirects);
        }
        const bool was_https = url.https;
        auto next = url.resolve(response.headers.get("Location"));
        if (!next) {
            co_return std::move(next).error();
        }
        url = std::move(*next);
        if (was_https && !url.https && target_.endpoint.verify) {
            co_return fail(ErrorKind::unavailable, "Get \"{}\": redirected from https to http",
                           url.text());
        }
        if (url.origin() != home) {
            headers.remove("Authorization");  // never for another host
        }
        response.body.reset();
        auto answer = co_await send(url, headers);
        if (!answer) {
            co_return std::move(answer).error();
        }
        response = std::move(*answer);
    }
    co_return response;
}

Task<Result<http::ClientResponse>> RegistryClient::get(Ask ask) {
    Url url = target_.endpoint.base;
    url.target += ask.path;
    bool asked = false;
    while (true) {
        http::Headers headers = ask.headers;
        headers.set("User-Agent", "wherry");
        if (!authorization_.empty()) {
            headers.set("Authorization", authorization_);
        }
        auto sent = co_await send(url, headers);
        if (!sent) {
            co_return std::move(sent).error();
        }
        if (sent->status == 401 && !asked) {
            asked = true;  // once a request: a token may have expired
            const std::string challenge(sent->headers.get("WWW-Authenticate"));
            auto authorized = co_await authorize(challenge);
            if (!authorized) {
                co_return std::move(authorized).error();
            }
            if (*authorized) {
                continue;
            }
        }
        auto response = co_await follow(url, std::move(*sent), std::move(headers));
        if (!response) {
            co_return std::move(response).error();
        }
        if (response->status >= 300) {
            auto error = co_await registry_error(std::move(*response));
            if (!error) {
                co_return std::move(error).error();
            }
            co_return std::move(*error);
        }
        co_return std::move(*response);
    }
}

Task<Result<bool>> RegistryClient::authorize(std::string challenge_header) {
    for (Challenge& challenge : parse_challenges(challenge_header)) {
        if (challenge.scheme == "bearer" && !challenge.realm.empty()) {
            auto token = co_await fetch_token(std::move(challenge));
            if (!token) {
                co_return std::move(token).error();
            }
            authorization_ = "Bearer " + *token;
            co_return true;
        }
        if (challenge.scheme == "basic" && credentials_.has_login()) {
            const std::string basic = basic_authorization(credentials_);
            const bool fresh = authorization_ != basic;
            authorization_ = basic;
            co_return fresh;
        }
    }
    co_return false;
}

Task<Result<std::string>> RegistryClient::fetch_token(Challenge challenge) {
    auto realm = target_.endpoint.base.resolve(challenge.realm);
    if (!realm) {
        co_return std::move(realm).error();
    }
    if (challenge.scope.empty() && !target_.repository.empty()) {
        challenge.scope = text::format("repository:{}:{}", target_.repository, target_.actions);
    }
    http::ClientRequest request;
    std::vector<std::pair<std::string, std::string>> values = {{"service", challenge.service},
                                                               {"scope", challenge.scope}};
    request.headers.set("User-Agent", "wherry");
    request.target = realm->target;
    if (!credentials_.identity_token.empty()) {
        values.emplace_back("grant_type", "refresh_token");
        values.emplace_back("refresh_token", credentials_.identity_token);
        values.emplace_back("client_id", "wherry");
        request.method = "POST";
        request.headers.set("Content-Type", "application/x-www-form-urlencoded");
        request.body = form(values);
    } else {
        if (credentials_.has_login()) {
            values.emplace_back("account", credentials_.username);
            request.headers.set("Authorization", basic_authorization(credentials_));
        }
        request.target += request.target.find('?') == std::string::npos ? '?' : '&';
        request.target += form(values);
    }
    auto client = client_of(*realm);
    if (!client) {
        co_return std::move(client).error();
    }
    auto response = co_await (*client)->send(std::move(request));
    if (!response) {
        const std::string what = text::format("Get \"{}\"", realm->text());
        co_return std::move(response).error().in(what);
    }
    if (response->status != 200) {
        auto error = co_await registry_error(std::move(*response));
        if (!error) {
            co_return std::move(error).error();
        }
        co_return std::move(*error);
    }
    CO_TRY(const std::string body, co_await response->body->read_all(max_token_bytes));
    const auto parsed = json::Value::parse(body);
    if (!parsed) {
        co_return fail(ErrorKind::unavailable, "Get \"{}\": unreadable token", realm->text());
    }
    std::string token = parsed->text("token");
    if (token.empty()) {
        token = parsed->text("access_token");
    }
    if (token.empty()) {
        co_return fail(ErrorKind::unavailable, "authorization server did not include a token");
    }
    co_return token;
}

Task<Result<>> RegistryClient::ping() {
    Ask ask{.path = "/v2/", .headers = {}};
    auto response = co_await get(std::move(ask));
    if (!response) {
        co_return std::move(response).error();
    }
    co_return Result<>();
}

Task<Result<FetchedManifest>> RegistryClient::manifest(std::string reference) {
    Ask ask;
    ask.path = text::format("/v2/{}/manifests/{}", target_.repository, reference);
    ask.headers.set("Accept", std::string(media::accept));
    auto response = co_await get(std::move(ask));
    if (!response) {
        co_return std::move(response).error();
    }
    FetchedManifest fetched;
    fetched.media_type = response->headers.get("Content-Type");
    fetched.media_type = fetched.media_type.substr(0, fetched.media_type.find(';'));
    CO_TRY(fetched.text, co_await response->body->read_all(max_manifest_bytes));
    fetched.digest = sha256(fetched.text);
    if (api::is_digest(reference) && fetched.digest != reference) {
        co_return fail(ErrorKind::internal, "manifest verification failed for digest {}",
                       reference);
    }
    co_return fetched;
}

Task<Result<http::ClientResponse>> RegistryClient::blob(const std::string& digest,
                                                        std::uint64_t offset) {
    Ask ask;
    ask.path = text::format("/v2/{}/blobs/{}", target_.repository, digest);
    if (offset > 0) {
        ask.headers.set("Range", text::format("bytes={}-", offset));
    }
    return get(std::move(ask));
}

Task<Result<std::vector<std::string>>> RegistryClient::tags() {
    Ask ask;
    ask.path = text::format("/v2/{}/tags/list", target_.repository);
    auto response = co_await get(std::move(ask));
    if (!response) {
        co_return std::move(response).error();
    }
    CO_TRY(const std::string body, co_await response->body->read_all(max_manifest_bytes));
    const auto parsed = json::Value::parse(body);
    std::vector<std::string> tags;
    if (parsed) {
        if (const json::Value* list = parsed->find("tags")) {
            for (const json::Value& tag : list->as_array()) {
                tags.push_back(tag.as_string());
            }
        }
    }
    co_return tags;
}

}  // namespace wherry::images
