// Networks as the rest of the engine sees them. Loop thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/networks/endpoint.hpp"
#include "net/async/task.hpp"

namespace wherry::networks {

struct NetworkName {
    std::string id;
    std::string name;
    std::string driver;  ///< bridge, host, null
};

class EndpointProvider {
  public:
    EndpointProvider() = default;
    EndpointProvider(const EndpointProvider&) = delete;
    EndpointProvider& operator=(const EndpointProvider&) = delete;
    virtual ~EndpointProvider() = default;

    /// By name, id or unique prefix: 404 "network N not found".
    [[nodiscard]] virtual Result<NetworkName> resolve(std::string_view name) const = 0;

    /// Makes the namespace, links it, publishes the ports. For the `null` driver a namespace with
    /// loopback alone, for `host` no namespace at all (`netns` is empty) and the host's files.
    /// Port conflicts read as the reference's ("Bind for 0.0.0.0:80 failed: port is already
    /// allocated"). Nothing is left behind by a failure or a cancellation.
    [[nodiscard]] virtual Task<Result<Endpoint>> connect(EndpointRequest request) = 0;

    /// Takes the ports, links and addresses of a container's endpoint back; harmless twice.
    [[nodiscard]] virtual Task<Result<>> disconnect(std::string container_id) = 0;

    /// A container found running by a new daemon: marks its address and ports as taken and puts
    /// back what is missing of its rules.
    [[nodiscard]] virtual Result<> restore(std::string container_id, EndpointState state) = 0;

    /// The name that a network's inspect shows: after `restore`, and when a container was renamed.
    virtual void set_container_name(std::string_view /*container_id*/, std::string_view /*name*/) {}

    /// What keeps published ports from being reached, as far as the engine can see; a sentence
    /// each, for the answer of a create that publishes.
    [[nodiscard]] virtual std::vector<std::string> warnings() const { return {}; }
};

}  // namespace wherry::networks
