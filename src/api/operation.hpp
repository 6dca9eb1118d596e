// The API's operations as the catalogue lists them: for the server's route check, the SDK's generic
// calls and the coverage list.
#pragma once

#include <span>
#include <string_view>

namespace wherry::api {

struct QueryParameter {
    std::string_view name;
    std::string_view type;
    std::string_view since;
    std::string_view removed_in;  ///< "" while it is there
};

struct Operation {
    std::string_view method;
    std::string_view path;  ///< "/containers/{id}/json"
    std::string_view id;    ///< "ContainerInspect"
    std::string_view tag;
    std::string_view since;
    std::string_view removed_in;
    std::span<const QueryParameter> query;
    std::string_view body;       ///< the type of the request's body, "" for none
    std::string_view response;   ///< the type of a success, "" for none
    std::string_view streaming;  ///< "none", "chunked-json", "tar", "multiplexed|raw-stream", …
    std::string_view item;       ///< the type of a JSON stream's items, "" for none
    std::string_view request_stream;  ///< what a streamed request body is, "" for none
    bool documented = true;           ///< false: served, but in no version's documents
};

[[nodiscard]] std::span<const Operation> operations();

}  // namespace wherry::api
