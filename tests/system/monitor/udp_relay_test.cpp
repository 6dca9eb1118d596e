// UDP relays between two network namespaces: needs root.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <cstring>
#include <filesystem>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

#include "monitor/event_loop.hpp"
#include "monitor/relay.hpp"
#include "os/netlink/link.hpp"
#include "os/netlink/route.hpp"
#include "os/netns.hpp"
#include "os/port.hpp"
#include "support/own_netns.hpp"
#include "support/plain_socket.hpp"

namespace wherry::monitor {
namespace {

constexpr int outer_port = 5353;
constexpr std::uint16_t inner_port = 53;
constexpr std::size_t datagram_limit = 65536;

class UdpRelays : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!outside_.entered()) {
            GTEST_SKIP() << "needs root: a network namespace";
        }
        ASSERT_TRUE(set_up_loopback().ok());
        ASSERT_TRUE(second_address_works());
        auto inside = os::make_netns([](int) { return set_up_loopback(); });
        ASSERT_TRUE(inside.ok()) << inside.error().message();
        inside_ = *std::move(inside);
        auto listener = os::bind_port("::", outer_port, os::PortKind::udp);
        ASSERT_TRUE(listener.ok()) << listener.error().message();
        listener_ = *std::move(listener);
        ASSERT_TRUE(loop_.open().ok());
        relay_ = make_relay(loop_, listener_.get(),
                            {0, wire::RelayProtocol::udp, "127.0.0.1", inner_port}, inside_.get());
        stop_.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        loop_.watch(stop_.get(), EPOLLIN, [this](std::uint32_t) { loop_.stop(); });
        thread_ = std::thread([this] { loop_.run(); });
    }
    void TearDown() override {
        if (thread_.joinable()) {
            EXPECT_EQ(::eventfd_write(stop_.get(), 1), 0);
            thread_.join();
        }
        relay_.reset();
        EXPECT_FALSE(loop_.watches(listener_.get()));
    }
    static std::size_t open_descriptors() {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                          std::filesystem::directory_iterator()));
    }
    static std::size_t descriptors_between(int first, int end) {
        std::size_t count = 0;
        for (int fd = first; fd < end; ++fd) {
            count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
        }
        return count;
    }
    static Result<> set_up_loopback() {
        TRY(auto route, os::RouteSocket::open());
        CHECK_OK(os::set_link_up(route, "lo"));
        TRY(const auto loopback, os::find_link(route, "lo"));
        return os::add_address(route, loopback->index, "fd00::5/128");
    }
    /// The kernel lets a new v6 address receive a moment after it was added.
    static bool second_address_works() {
        const auto to = test::bound_socket("fd00::5", outer_port, SOCK_DGRAM);
        for (int i = 0; to && i < 100; ++i) {
            send(client("fd00::5"), "?");  // a socket keeps the route it has found
            pollfd arrived{to.get(), POLLIN, 0};
            if (::poll(&arrived, 1, 20) == 1) {
                return true;
            }
        }
        return false;
    }
    os::UniqueFd serve() {
        os::UniqueFd server;
        EXPECT_TRUE(os::in_netns(inside_.get(), [&]() -> Result<> {
                        server = test::bound_socket("127.0.0.1", inner_port, SOCK_DGRAM);
                        return {};
                    }).ok());
        EXPECT_TRUE(server);
        return server;
    }
    /// From ::1; an answer from another address than the one asked would not reach it.
    static os::UniqueFd client(const std::string& asked, int own_port = 0) {
        test::SocketName there = test::socket_name(asked, outer_port);
        os::UniqueFd fd = test::bound_socket("::1", own_port, SOCK_DGRAM);
        EXPECT_EQ(::connect(fd.get(), there.get(), there.length), 0) << asked;
        return fd;
    }
    /// "nothing" after two seconds without.
    static std::string read(const os::UniqueFd& fd, test::SocketName* peer = nullptr) {
        std::string got(datagram_limit, '\0');
        test::SocketName from;
        from.length = sizeof from.storage;
        const auto size = ::recvfrom(fd.get(), got.data(), got.size(), 0, from.get(), &from.length);
        if (size < 0) {
            return "nothing";
        }
        if (peer != nullptr) {
            *peer = from;
        }
        got.resize(static_cast<std::size_t>(size));
        return got;
    }
    static void send(const os::UniqueFd& fd, const std::string& text) {
        EXPECT_EQ(::send(fd.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    }
    static void answer(const os::UniqueFd& fd, test::SocketName to, const std::string& text) {
        EXPECT_EQ(::sendto(fd.get(), text.data(), text.size(), 0, to.get(), to.length),
                  static_cast<ssize_t>(text.size()));
    }

    static void hear_others(const os::UniqueFd& server, int count) {
        for (int i = 0; i < count; ++i) {
            const std::string text = std::to_string(i);
            // Open until it was heard: it takes the number of a descriptor that was closed before.
            const auto asking = client("::1", 10'000 + i);
            send(asking, text);
            ASSERT_EQ(read(server), text);
        }
    }

    test::OwnNetns outside_;
    os::UniqueFd inside_;
    os::UniqueFd listener_;
    EventLoop loop_;
    std::unique_ptr<Relay> relay_;
    os::UniqueFd stop_;
    std::thread thread_;
};

TEST_F(UdpRelays, every_client_gets_its_own_answers_from_where_it_asked) {
    const auto server = serve();
    const auto a = client("::1");
    const auto b = client("fd00::5");
    test::SocketName peer_a;
    test::SocketName peer_b;
    send(a, "a asks");
    EXPECT_EQ(read(server, &peer_a), "a asks");
    send(b, "b asks");
    EXPECT_EQ(read(server, &peer_b), "b asks");
    answer(server, peer_b, "for b");
    answer(server, peer_a, "for a");
    answer(server, peer_a, "more for a");
    EXPECT_EQ(read(a), "for a");
    EXPECT_EQ(read(a), "more for a");
    EXPECT_EQ(read(b), "for b");

    test::SocketName again;
    send(a, "a once more");
    EXPECT_EQ(read(server, &again), "a once more");
    EXPECT_EQ(std::memcmp(&again.storage, &peer_a.storage, sizeof(sockaddr_in)), 0)
        << "the same session";
}

TEST_F(UdpRelays, sizes_are_kept) {
    const auto server = serve();
    const auto asking = client("::1");
    test::SocketName peer;
    for (const std::size_t size : {0, 1, 1500, 65'507}) {
        const std::string text(size, 'x');
        send(asking, text);
        EXPECT_EQ(read(server, &peer), text);
        answer(server, peer, text);
        EXPECT_EQ(read(asking), text);
    }
}

TEST_F(UdpRelays, a_server_that_comes_late_is_found_by_the_same_client) {
    const auto asking = client("::1");
    for (int i = 0; i < 3; ++i) {
        send(asking, "too early");
    }
    // The relay takes them one after the other: once another client was heard, all were refused.
    const auto server = serve();
    const auto other = client("::1");
    send(other, "other");
    std::string heard;
    while (heard != "other" && heard != "nothing") {
        heard = read(server);
    }
    EXPECT_EQ(heard, "other");
    send(asking, "now");
    EXPECT_EQ(read(server), "now");
}

TEST_F(UdpRelays, more_clients_than_sessions_are_all_heard) {
    const auto server = serve();
    const auto first = client("::1");
    send(first, "first");
    ASSERT_EQ(read(server), "first");
    hear_others(server, 1100);
    // Its session has made room, and a new one is made.
    test::SocketName peer;
    send(first, "still here");
    EXPECT_EQ(read(server, &peer), "still here");
    answer(server, peer, "yes");
    EXPECT_EQ(read(first), "yes");
    EXPECT_LT(open_descriptors(), 1100U);
}

TEST_F(UdpRelays, sessions_leave_descriptors_to_the_rest_of_the_program) {
    const auto server = serve();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit few{.rlim_cur = 200, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    // What this program was started with may have any number.
    const std::size_t others = descriptors_between(200 - 64, 200);
    hear_others(server, 500);
    EXPECT_EQ(descriptors_between(200 - 64, 200), others);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

}  // namespace
}  // namespace wherry::monitor
