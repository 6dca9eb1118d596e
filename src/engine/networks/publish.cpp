#include "engine/networks/publish.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "base/scope_guard.hpp"
#include "base/text.hpp"
#include "os/port.hpp"

namespace wherry::networks {

namespace {

constexpr int in_use_status = 500;

bool is_v6(std::string_view address) {
    return address.find(':') != std::string_view::npos;
}

std::string with_port(const std::string& address, std::uint16_t port) {
    return is_v6(address) ? text::format("[{}]:{}", address, port)
                          : text::format("{}:{}", address, port);
}

os::PortKind kind_of(Protocol protocol, bool relayed) {
    switch (protocol) {
        case Protocol::udp:
            return relayed ? os::PortKind::udp : os::PortKind::udp_held;
        case Protocol::sctp:
            return os::PortKind::sctp;
        case Protocol::tcp:
            break;
    }
    return relayed ? os::PortKind::tcp_listening : os::PortKind::tcp_held;
}

/// One host port at all addresses of a request.
class Attempt {
  public:
    Attempt(PortRegistry& registry, const PortRequest& request, const std::string& target)
        : registry_(registry), request_(request), target_(target) {}
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() {
        for (const PublishedPort& port : got_.ports) {
            registry_.release(port);
        }
    }

    [[nodiscard]] Result<> bind(std::uint16_t port) {
        if (!request_.host_ip.empty()) {
            return bind_at(request_.host_ip, port);
        }
        CHECK_OK(bind_at("0.0.0.0", port));
        if (request_.protocol == Protocol::sctp) {
            return {};  // nothing relays SCTP
        }
        Result<> v6 = bind_at("::", port);
        const int code = v6 ? 0 : v6.error().os_error();
        // A host without IPv6 publishes on v4 alone.
        if (code == EAFNOSUPPORT || code == EADDRNOTAVAIL) {
            return {};
        }
        return v6;
    }
    void move_into(Publication& out) {
        for (auto& port : got_.ports) {
            out.ports.push_back(std::move(port));
        }
        for (auto& fd : got_.reserved) {
            out.reserved.push_back(std::move(fd));
        }
        for (auto& relay : got_.relays) {
            out.relays.push_back(std::move(relay));
        }
        got_ = {};
    }

  private:
    [[nodiscard]] Result<> bind_at(const std::string& address, std::uint16_t port) {
        if (!registry_.free(request_.protocol, address, port)) {
            return Error(ErrorKind::internal,
                         text::format("Bind for {} failed: port is already allocated",
                                      with_port(address, port)),
                         in_use_status)
                .with_os_error(EADDRINUSE);
        }
        const bool relayed = is_v6(address);
        auto bound = os::bind_port(address, port, kind_of(request_.protocol, relayed));
        if (!bound) {
            const int code = bound.error().os_error();
            return Error(ErrorKind::internal,
                         text::format("failed to bind host port for {}:{}:{}/{}: {}",
                                      with_port(address, port), target_, request_.container_port,
                                      protocol_name(request_.protocol), os::port_failure(code)))
                .with_os_error(code);
        }
        const PublishedPort published{.protocol = request_.protocol,
                                      .container_port = request_.container_port,
                                      .host_ip = address,
                                      .host_port = port};
        registry_.take(published);
        got_.ports.push_back(published);
        if (relayed) {
            Relay relay;
            relay.listener = *std::move(bound);
            relay.protocol = request_.protocol;
            relay.target_address = target_;
            relay.target_port = request_.container_port;
            got_.relays.push_back(std::move(relay));
        } else if (*bound) {
            got_.reserved.push_back(*std::move(bound));
        }
        return {};
    }

    PortRegistry& registry_;
    const PortRequest& request_;
    const std::string& target_;
    Publication got_;
};

Result<> publish_one(PortRegistry& registry, const PortRequest& request, const std::string& target,
                     Publication& out) {
    Result<> last;
    for (const std::uint16_t port : registry.candidates(request)) {
        Attempt attempt(registry, request, target);
        last = attempt.bind(port);
        if (last) {
            attempt.move_into(out);
            if (request.host_port_first == 0) {
                registry.used_ephemeral(request.protocol, port);
            }
            return {};
        }
        if (last.error().os_error() != EADDRINUSE) {
            break;
        }
    }
    return last;
}

}  // namespace

Result<Publication> publish(PortRegistry& registry, const std::vector<PortRequest>& requests,
                            const std::string& target) {
    Publication out;
    auto undo = on_failure([&]() noexcept {
        for (const PublishedPort& port : out.ports) {
            registry.release(port);
        }
    });
    for (const PortRequest& request : requests) {
        CHECK_OK(publish_one(registry, request, target, out));
    }
    undo.commit();
    return out;
}

}  // namespace wherry::networks
