#include "sdk/endpoint.hpp"

#include <cstdlib>
#include <utility>

#include "base/text.hpp"
#include "os/file.hpp"
#include "sdk/context.hpp"

namespace wherry::sdk {

namespace {

std::string get(const Environment& environment, const std::string& name) {
    return environment(name).value_or("");
}

Result<> read_tcp(Endpoint& endpoint, std::string_view address, std::string_view fallback_port) {
    const auto slash = address.find('/');
    if (slash != std::string_view::npos) {
        endpoint.prefix = address.substr(slash);
        while (endpoint.prefix.ends_with('/')) {
            endpoint.prefix.pop_back();
        }
        address = address.substr(0, slash);
    }
    std::string_view host = address;
    std::string_view port;
    if (address.starts_with('[')) {
        const auto end = address.find(']');
        if (end == std::string_view::npos) {
            return fail(ErrorKind::invalid, "no closing bracket in {}", address);
        }
        host = address.substr(1, end - 1);
        port = address.substr(end + 1);
    } else if (const auto colon = address.rfind(':'); colon != std::string_view::npos) {
        host = address.substr(0, colon);
        port = address.substr(colon);
    }
    if (port.starts_with(':')) {
        port.remove_prefix(1);
    }
    endpoint.host = host.empty() ? "127.0.0.1" : std::string(host);
    endpoint.port = port.empty() ? fallback_port : port;
    const auto number = text::parse_int<int>(endpoint.port);
    if (!number || *number < 1 || *number > 65535) {
        return fail(ErrorKind::invalid, "{} is no port", endpoint.port);
    }
    return {};
}

Result<> read_host(Endpoint& endpoint) {
    const auto parts = text::cut(endpoint.text, "://");
    const std::string_view scheme = parts ? parts->first : "tcp";
    const std::string_view rest = parts ? parts->second : std::string_view(endpoint.text);
    if (scheme == "unix") {
        endpoint.is_unix = true;
        endpoint.path = rest.empty() ? "/var/run/docker.sock" : rest;
        endpoint.tls = false;
        return {};
    }
    if (scheme == "ssh") {
        TRY(endpoint.ssh, parse_ssh(rest));
        endpoint.tls = false;
        return {};
    }
    if (scheme == "https") {
        endpoint.tls = true;
    }
    if (scheme == "tcp" || scheme == "http" || scheme == "https") {
        return read_tcp(endpoint, rest, endpoint.tls ? "2376" : "2375");
    }
    return fail(
        ErrorKind::unsupported,
        "{} is not supported: use unix://PATH, tcp://HOST:PORT, http://, https:// or ssh://",
        scheme.empty() ? "an empty scheme" : scheme);
}

std::string config_folder(const Environment& environment) {
    const std::string folder = get(environment, "DOCKER_CONFIG");
    return folder.empty() ? get(environment, "HOME") + "/.docker" : folder;
}

/// Host, certificates and the rule, before the host's text is read.
Result<> choose(Endpoint& endpoint, const ClientOptions& options, const Environment& environment) {
    const bool verify = !get(environment, "DOCKER_TLS_VERIFY").empty();
    const bool tls = verify || !get(environment, "DOCKER_TLS").empty();
    const std::string given = get(environment, "DOCKER_HOST");
    if (!options.host.empty()) {
        endpoint.text = options.host;
        endpoint.source = "the program";
    } else if (!given.empty()) {
        endpoint.text = given;
        endpoint.source = "DOCKER_HOST";
    } else {
        TRY(auto context,
            find_context(config_folder(environment), get(environment, "DOCKER_CONTEXT")));
        if (context) {
            endpoint.text = context->host;
            endpoint.source = context->source;
            endpoint.certificates = context->certificates;
            endpoint.tls = !context->certificates.empty();
            endpoint.tls_verify = !context->skip_verify;
            return {};
        }
        endpoint.text = default_host;
        endpoint.source = "the default";
    }
    endpoint.certificates = options.certificates;
    if (endpoint.certificates.empty() && tls) {
        endpoint.certificates = get(environment, "DOCKER_CERT_PATH");
        if (endpoint.certificates.empty()) {
            endpoint.certificates = config_folder(environment);
        }
    }
    endpoint.tls = tls || options.tls_verify.has_value() || !options.certificates.empty();
    endpoint.tls_verify = options.tls_verify.value_or(verify || !options.certificates.empty());
    return {};
}

}  // namespace

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): read only; the caller must not setenv meanwhile
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    };
}

Result<Endpoint> resolve_endpoint(const ClientOptions& options, const Environment& environment) {
    Endpoint endpoint;
    CHECK_OK(choose(endpoint, options, environment));
    if (auto read = read_host(endpoint); !read) {
        return std::move(read).error().in(
            text::format("the daemon's address {} (from {})", endpoint.text, endpoint.source));
    }
    return endpoint;
}

Result<http::Endpoint> transport_of(const Endpoint& endpoint) {
    if (endpoint.ssh) {
        return ssh_transport(*endpoint.ssh);
    }
    if (endpoint.is_unix) {
        return http::Endpoint(http::UnixEndpoint{.path = endpoint.path});
    }
    http::TcpEndpoint tcp{.host = endpoint.host, .port = endpoint.port, .tls = nullptr};
    if (endpoint.tls) {
        http::TlsClientOptions tls{.verify = endpoint.tls_verify};
        const auto take = [&](const char* name) {
            const std::string path = endpoint.certificates + "/" + name;
            return !endpoint.certificates.empty() && os::exists(path) ? path : std::string();
        };
        if (auto authority = take("ca.pem"); !authority.empty()) {
            tls.ca_files.push_back(std::move(authority));
        }
        tls.certificate_file = take("cert.pem");
        tls.key_file = take("key.pem");
        TRY(tcp.tls, http::make_tls_client(tls));
    }
    return http::Endpoint(std::move(tcp));
}

}  // namespace wherry::sdk
