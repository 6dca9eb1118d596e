// From an HTTP request to a handler and back: clean paths, versions, the route table, the headers
// that every routed reply has, errors as the API's bodies (behaviour: "version negotiation").
#pragma once

#include "api/version.hpp"
#include "net/http/message.hpp"
#include "server/route.hpp"

namespace wherry::server {

class Dispatcher {
  public:
    /// `engine` outlives the dispatcher and every request.
    explicit Dispatcher(Engine& engine);

    [[nodiscard]] Task<http::Response> handle(http::Request& request);

  private:
    struct Found {
        const Route* route = nullptr;
        std::vector<std::string> params;
    };
    [[nodiscard]] static Found find(std::string_view method, std::string_view path);
    /// What is wrong with the path's version, if anything.
    [[nodiscard]] std::optional<http::Response> refuse(const std::string& version_text,
                                                       const api::ApiVersion& version) const;
    void add_common_headers(http::Response& response, bool passed) const;

    Engine& engine_;
    api::ApiVersion min_version_;
};

}  // namespace wherry::server
