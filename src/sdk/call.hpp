// One call of an operation as data: what is sent, and which of its parts need which API version.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/generated/container.hpp"
#include "api/generated/exec.hpp"
#include "api/generated/network.hpp"
#include "codec/json/json.hpp"
#include "net/http/message.hpp"
#include "wherry/options.hpp"
#include "wherry/types.hpp"

namespace wherry::sdk {

/// Something that older daemons do not know: a query parameter, or a member of the body.
struct Gated {
    std::string name;
    std::string since;
    bool in_query = true;
};

struct Call {
    Call(std::string_view operation_id, std::string_view http_method, std::string target,
         std::string_view since)
        : operation(operation_id), method(http_method), path(std::move(target)), minimum(since) {}

    /// Absent and empty parameters are not sent; `since` is the API version that knows this one.
    void add(std::string_view name, const std::string& value, std::string_view since = "");
    void add(std::string_view name, std::optional<bool> value, std::string_view since = "");
    void add(std::string_view name, std::optional<std::int64_t> value, std::string_view since = "");
    void add(std::string_view name, const std::vector<std::string>& values,
             std::string_view since = "");
    void add(std::string_view name, const Filters& filters, std::string_view since = "");
    void header(std::string_view name, const std::string& value);
    void header(std::string_view name, const std::optional<RegistryAuth>& auth);
    void upload(const Upload& source);
    void gate(std::string_view member, bool used, std::string_view since);

    std::string operation;
    std::string method;
    std::string path;  ///< percent-encoded, without the version
    std::string minimum;
    bool versioned = true;
    HeaderList query;  ///< parameters in order
    http::Headers headers;
    std::string body;
    std::optional<Upload> stream_body;
    std::vector<Gated> gates;

  private:
    void put(std::string_view name, std::string value, std::string_view since);
};

/// Which members of a body older daemons drop or refuse; most bodies have none.
template <class T>
void add_gates(Call& /*call*/, const T& /*body*/) {}
void add_gates(Call& call, const api::ContainerCreateRequest& body);
void add_gates(Call& call, const api::ContainerUpdateRequest& body);
void add_gates(Call& call, const api::ExecCreateRequest& body);
void add_gates(Call& call, const api::NetworkCreateRequest& body);
void add_gates(Call& call, const api::NetworkConnectRequest& body);

template <class T>
void set_body(Call& call, const T& body) {
    call.body = json::encode(body);
    call.headers.set("Content-Type", "application/json");
    add_gates(call, body);
}

/// A name as a part of a path: slashes and colons of image names stay.
[[nodiscard]] std::string segment(std::string_view name);
template <class... Parts>
[[nodiscard]] std::string join(const Parts&... parts) {
    std::string out;
    (out.append(parts), ...);
    return out;
}

}  // namespace wherry::sdk
