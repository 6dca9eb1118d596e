// Networks of an engine of its own, in a network namespace of the test's own.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/networks/catalog.hpp"
#include "net/async/loop.hpp"
#include "os/netlink/link.hpp"
#include "os/program.hpp"
#include "support/own_netns.hpp"
#include "support/plain_socket.hpp"
#include "support/temp_dir.hpp"

namespace wherry::networks {

class NetworksTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!netns_.entered()) {
            GTEST_SKIP() << "needs root: a network namespace";
        }
        auto socket = os::RouteSocket::open();
        ASSERT_TRUE(socket && os::set_link_up(*socket, std::string("lo")));
        open();
    }

    void TearDown() override { close(); }

    /// The daemon ends; what it connected stays.
    void close() {
        if (networks_) {
            async::run(loop_, networks_->close());
        }
        networks_.reset();
        store_.reset();
    }
    void open() {
        close();
        const store::Layout layout(dir_.path() + "/data", dir_.path() + "/run");
        ASSERT_TRUE(layout.create());
        auto store = store::Store::open(layout);
        ASSERT_TRUE(store) << store.error().message();
        store_ = *std::move(store);
        auto networks = Networks::open(*store_, config_, loop_.executor());
        ASSERT_TRUE(networks) << networks.error().message();
        networks_ = *std::move(networks);
    }

    static EndpointRequest request(const std::string& id, std::vector<PortRequest> ports = {}) {
        EndpointRequest out;
        out.container_id = id;
        out.container_name = "name-" + id;
        out.network = "bridge";
        out.hostname = id;
        out.ports = std::move(ports);
        return out;
    }
    Result<Endpoint> connect(EndpointRequest request) {
        return async::run(loop_, networks_->connect(std::move(request)));
    }
    Result<> disconnect(const std::string& id) {
        return async::run(loop_, networks_->disconnect(id));
    }
    /// A listening or bound socket inside an endpoint.
    static os::UniqueFd serve(const Endpoint& endpoint, int port, int type) {
        os::UniqueFd out;
        (void)os::in_netns(endpoint.netns.get(), [&]() -> Result<> {
            out = test::bound_socket("0.0.0.0", port, type);
            return {};
        });
        return out;
    }
    /// A connection made from inside another namespace; empty where it failed.
    static os::UniqueFd dial(int netns, const std::string& address, int port,
                             int type = SOCK_STREAM) {
        os::UniqueFd out;
        (void)os::in_netns(netns, [&]() -> Result<> {
            out = test::connected_socket(address, port, type);
            return {};
        });
        return out;
    }
    [[nodiscard]] std::string table() const {
        auto listed = os::run_program({"nft", "list", "table", "inet", networks_->table()}, "",
                                      std::chrono::seconds(5));
        return listed ? listed->output : listed.error().message();
    }

    test::OwnNetns netns_;
    test::TempDir dir_;
    async::Loop loop_;
    NetworksConfig config_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<Networks> networks_;
};

}  // namespace wherry::networks
