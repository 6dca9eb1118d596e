#include "sdk/failure.hpp"

#include <cerrno>
#include <memory>
#include <utility>
#include <vector>

#include "api/error_body.hpp"
#include "base/text.hpp"

namespace wherry {

const ApiError* api_error(const Error& error) noexcept {
    return dynamic_cast<const ApiError*>(error.detail());
}

std::string describe(const Error& error) {
    std::string out = error.message();
    const ApiError* facts = api_error(error);
    if (facts == nullptr) {
        return out;
    }
    out += text::format("\n  call: {} {}", facts->method, facts->path);
    if (facts->status != 0) {
        out += text::format("\n  status: {}", facts->status);
    }
    out += text::format("\n  daemon: {} (from {})", facts->endpoint, facts->endpoint_source);
    if (!facts->api_version.empty()) {
        out += text::format("\n  API version: {}", facts->api_version);
        if (!facts->server_api_version.empty()) {
            out += text::format(" (the daemon's newest is {})", facts->server_api_version);
        }
    }
    if (!facts->hint.empty()) {
        out += "\n  hint: " + facts->hint;
    }
    return out;
}

}  // namespace wherry

namespace wherry::sdk {

namespace {

ErrorKind kind_of(int status) {
    switch (status) {
        case 304:
            return ErrorKind::not_modified;
        case 401:
            return ErrorKind::unauthorized;
        case 403:
            return ErrorKind::denied;
        case 404:
            return ErrorKind::not_found;
        case 409:
            return ErrorKind::conflict;
        case 501:
            return ErrorKind::unsupported;
        case 502:
        case 503:
        case 504:
            return ErrorKind::unavailable;
        default:
            return status >= 500 ? ErrorKind::internal : ErrorKind::invalid;
    }
}

/// The connection could not be made, as far as errno tells.
bool is_connect_failure(int code) {
    switch (code) {
        case ENOENT:
        case ECONNREFUSED:
        case EHOSTUNREACH:
        case ENETUNREACH:
        case ENOTSOCK:
        case EPROTOTYPE:
        case ENOTDIR:
        case ETIMEDOUT:
            return true;
        default:
            return false;
    }
}

Error connect_failure(const Error& error, ApiError& facts) {
    facts.hint = text::format("start the daemon, or choose another one with DOCKER_HOST ({})",
                              error.message());
    return fail(ErrorKind::unavailable,
                "Cannot connect to the Docker daemon at {}. Is the docker daemon running?",
                facts.endpoint)
        .with_os_error(error.os_error());
}

Error permission_failure(const Error& error, ApiError& facts) {
    facts.hint = "become a member of the socket's group (usually docker), or run as root";
    return fail(ErrorKind::denied,
                "permission denied while trying to connect to the Docker daemon socket at {}: {}",
                facts.endpoint, error.message())
        .with_os_error(error.os_error());
}

std::string tls_hint(std::string_view message) {
    if (message.find("HTTP request to an HTTPS server") != std::string_view::npos) {
        return "the daemon speaks TLS: set DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH";
    }
    if (message.find("wrong version number") != std::string_view::npos ||
        message.find("packet length too long") != std::string_view::npos) {
        return "the daemon does not speak TLS there: unset DOCKER_TLS_VERIFY, or use another port";
    }
    if (message.find("certificate") != std::string_view::npos) {
        return "check the certificates in DOCKER_CERT_PATH: ca.pem, cert.pem, key.pem";
    }
    return {};
}

}  // namespace

Error daemon_error(int status, std::string_view body, ApiError facts) {
    std::string message;
    if (auto told = api::error_message(body)) {
        message = std::move(*told);
    } else {
        message = text::trim(body);
    }
    if (message.empty()) {
        message = text::format("request returned {} for API route and version {}", status,
                               "/v" + facts.api_version + facts.path);
    }
    facts.status = status;
    facts.daemon_message = message;
    facts.hint = tls_hint(message);
    return Error(kind_of(status), message, status)
        .with_detail(std::make_shared<const ApiError>(std::move(facts)));
}

Error with_facts(Error error, ApiError facts) {
    if (error.os_error() == EACCES || error.os_error() == EPERM) {
        error = permission_failure(error, facts);
    } else if (is_connect_failure(error.os_error())) {
        error = connect_failure(error, facts);
    } else {
        facts.hint = tls_hint(error.message());
    }
    return std::move(error).with_detail(std::make_shared<const ApiError>(std::move(facts)));
}

bool is_version_refusal(std::string_view message) noexcept {
    return message.starts_with("client version ") &&
           (message.find(" is too new") != std::string_view::npos ||
            message.find(" is too old") != std::string_view::npos);
}

Task<Result<>> send_upload(Upload upload, http::BodyWriter& writer) {
    std::vector<char> buffer(std::size_t{64} * 1024);
    while (true) {
        CO_TRY(const std::size_t count, upload.source()(buffer));
        if (count == 0) {
            co_return Result<>();
        }
        CO_CHECK_OK(co_await writer.write(std::string_view(buffer.data(), count)));
    }
}

}  // namespace wherry::sdk
