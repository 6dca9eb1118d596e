// Leaving nothing behind: what an engine has made for its networks goes again.
#include "base/log.hpp"
#include "engine/networks/catalog.hpp"
#include "os/netlink/link.hpp"

namespace wherry::networks {

namespace {

/// False if there is no bridge of that name, or if it is somebody else's.
Result<bool> remove_own_bridge(const std::string& name, const std::string& alias) {
    TRY(auto socket, os::RouteSocket::open());
    TRY(const auto link, os::find_link(socket, name));
    if (!link || link->kind != "bridge" || link->alias != alias) {
        return false;
    }
    CHECK_OK(os::delete_link(socket, name));
    return true;
}

}  // namespace

Task<Result<>> Networks::withdraw() {
    if (in_use()) {
        co_return Result<>();
    }
    bool made = prepared_;
    prepared_ = false;
    const std::string alias = "wherry:" + instance_;
    for (auto& [id, network] : networks_) {
        if (network.bridge.name.empty()) {
            continue;
        }
        auto remove = [name = network.bridge.name, alias] {
            return remove_own_bridge(name, alias);
        };
        CO_TRY(const bool removed, co_await async::blocking(links_, std::move(remove)));
        network.bridge.index = 0;
        made = made || removed;
    }
    // Without a bridge there was no table either.
    if (made) {
        auto drop = [this] { return firewall_.drop(); };
        CO_CHECK_OK(co_await async::blocking(rules_, std::move(drop)));
    }
    co_return Result<>();
}

}  // namespace wherry::networks
