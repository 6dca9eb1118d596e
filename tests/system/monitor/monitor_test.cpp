// Real containers through a monitor: needs root, overlay and crun.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "os/netlink/link.hpp"
#include "os/netns.hpp"
#include "os/port.hpp"
#include "os/sealed_copy.hpp"
#include "os/search_path.hpp"
#include "os/tree.hpp"
#include "support/plain_socket.hpp"
#include "system/monitor/fixture.hpp"

namespace wherry::containers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(Monitor, a_container_runs_logs_and_ends) {
    const Recipe recipe{.args = {"/guest", "mixed"}};
    const auto record = run_to_end("c1", recipe);
    EXPECT_EQ(record.status, 0);
    EXPECT_FALSE(record.oom_killed);
    auto log = box_->log("c1");
    std::ranges::sort(log);
    EXPECT_THAT(log, ElementsAre("stderr:err\n", "stdout:out\n", "stdout:rest"));
}

TEST_F(Monitor, fast_payloads_keep_their_status_and_every_line) {
    for (int i = 0; i < 200; ++i) {
        const std::string id = text::format("f{}", i);
        const int status = i % 256;
        const Recipe recipe{.args = i % 2 == 0 ? std::vector<std::string>{"/guest", "lines", "20"}
                                               : std::vector<std::string>{"/guest", "exit",
                                                                          std::to_string(status)}};
        const auto record = run_to_end(id, recipe);
        ASSERT_EQ(record.status, i % 2 == 0 ? 0 : status) << i;
        if (i % 2 == 0) {
            const auto log = box_->log(id);
            ASSERT_EQ(log.size(), 20U) << i;
            ASSERT_EQ(log.back(), "stdout:20\n");
        }
    }
}

TEST_F(Monitor, a_missing_executable_is_told_and_leaves_nothing) {
    const Recipe recipe{.args = {"/nosuch"}};
    auto client = launch("e1", recipe);
    const auto started = start(*client, "e1", recipe);
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(client->start_failure().code, wire::FailureCode::not_found);
    EXPECT_THAT(client->start_failure().text, HasSubstr("/nosuch"));
    expect_end(*client);
    EXPECT_THAT(box_->log("e1"), IsEmpty());
}

TEST_F(Monitor, what_may_not_be_executed_is_told) {
    const Recipe recipe{.args = {"/plain"}};
    auto client = launch("e2", recipe);
    const auto started = start(*client, "e2", recipe);
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(client->start_failure().code, wire::FailureCode::permission);
    expect_end(*client);
}

TEST_F(Monitor, a_bad_overlay_is_told_before_the_runtime_runs) {
    const Recipe recipe{.args = {"/guest", "exit", "0"}};
    auto client = launch("e3", recipe);
    auto request = box_->start_request("e3", recipe);
    request.overlay.lowers = {"nosuch"};
    const auto started = run(client->start(std::move(request), {}));
    ASSERT_FALSE(started.ok());
    EXPECT_EQ(client->start_failure().code, wire::FailureCode::mount);
    expect_end(*client);
}

TEST_F(Monitor, signals_reach_the_payload) {
    const Recipe recipe{.args = {"/guest", "term"}};
    auto client = launch("s1", recipe);
    auto socket = attach(*client, {});
    ASSERT_TRUE(start(*client, "s1", recipe).ok());
    EXPECT_THAT(read_until(socket.get(), "ready"), HasSubstr("ready"));
    ASSERT_TRUE(run(client->signal(SIGTERM)).ok());
    EXPECT_EQ(finish(*client, "s1").status, 3);
}

TEST_F(Monitor, a_signal_after_the_end_is_a_conflict) {
    const Recipe recipe{.args = {"/guest", "exit", "0"}};
    auto client = launch("s3", recipe);
    ASSERT_TRUE(start(*client, "s3", recipe).ok());
    ASSERT_TRUE(run(client->wait_exit()).ok());
    const auto signalled = run(client->signal(SIGTERM));
    ASSERT_FALSE(signalled.ok());
    EXPECT_EQ(signalled.error().kind(), ErrorKind::conflict);
    finish(*client, "s3");
}

TEST_F(Monitor, a_killed_payload_is_128_and_the_signal) {
    const Recipe recipe{.args = {"/guest", "wait", "15"}};
    auto client = launch("s2", recipe);
    ASSERT_TRUE(start(*client, "s2", recipe).ok());
    ASSERT_TRUE(run(client->signal(SIGKILL)).ok());
    EXPECT_EQ(finish(*client, "s2").status, 137);
}

TEST_F(Monitor, stdin_reaches_the_payload_and_ends_with_the_client) {
    const Recipe recipe{.args = {"/guest", "echo"}, .open_stdin = true, .stdin_once = true};
    auto client = launch("i1", recipe);
    wire::AttachRequest request;
    request.standard_input = true;
    request.framed = false;
    request.already_read = "first ";
    auto socket = attach(*client, std::move(request));
    ASSERT_TRUE(os::write_all(socket.get(), "second\n").ok());
    ASSERT_TRUE(start(*client, "i1", recipe).ok());
    EXPECT_EQ(read_until(socket.get(), "second\n"), "first second\n");
    ASSERT_EQ(::shutdown(socket.get(), SHUT_WR), 0);
    EXPECT_EQ(read_to_end(socket.get()), "end of input\n");
    EXPECT_EQ(finish(*client, "i1").status, 7);
    EXPECT_THAT(box_->log("i1"), ElementsAre("stdout:first second\n", "stdout:end of input\n"));
}

TEST_F(Monitor, much_typing_passes_through_bounded_buffers) {
    const Recipe recipe{.args = {"/guest", "echo"}, .open_stdin = true, .stdin_once = true};
    auto client = launch("i2", recipe);
    wire::AttachRequest request;
    request.standard_input = true;
    request.framed = false;
    auto socket = attach(*client, std::move(request));
    ASSERT_TRUE(start(*client, "i2", recipe).ok());
    const std::string block(1 << 20, 'x');
    std::string got;
    std::thread writer([&] {
        std::string_view rest = block;
        while (!rest.empty()) {
            pollfd ready{socket.get(), POLLOUT, 0};
            (void)::poll(&ready, 1, 10'000);
            const auto put =
                ::send(socket.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            rest.remove_prefix(put > 0 ? static_cast<std::size_t>(put) : 0);
        }
        ::shutdown(socket.get(), SHUT_WR);
    });
    got = read_to_end(socket.get());
    writer.join();
    EXPECT_EQ(got.size(), block.size() + 13);
    EXPECT_EQ(finish(*client, "i2").status, 7);
}

TEST_F(Monitor, a_terminal_has_a_size_that_changes) {
    const Recipe recipe{.args = {"/guest", "size"}, .terminal = true, .open_stdin = true};
    auto client = launch("t1", recipe);
    wire::AttachRequest request;
    request.standard_input = true;
    request.framed = false;
    auto socket = attach(*client, std::move(request));
    ASSERT_TRUE(start(*client, "t1", recipe).ok());
    EXPECT_EQ(read_until(socket.get(), "\n"), "30 90\r\n");
    ASSERT_TRUE(run(client->resize(50, 132)).ok());
    EXPECT_EQ(read_until(socket.get(), "\n"), "50 132\r\n");
    ASSERT_TRUE(os::write_all(socket.get(), "\n").ok());
    EXPECT_EQ(finish(*client, "t1").status, 0);
}

TEST_F(Monitor, the_detach_keys_end_the_session_and_not_the_container) {
    const Recipe recipe{.args = {"/guest", "size"}, .terminal = true, .open_stdin = true};
    auto client = launch("t2", recipe);
    wire::AttachRequest request;
    request.standard_input = true;
    request.framed = false;
    request.detach_keys = "\x10\x11";
    auto pair = os::socket_pair();
    const auto id = run(client->attach(std::move(pair->second), std::move(request)));
    ASSERT_TRUE(id.ok());
    ASSERT_TRUE(start(*client, "t2", recipe).ok());
    EXPECT_EQ(read_until(pair->first.get(), "\n"), "30 90\r\n");
    ASSERT_TRUE(os::write_all(pair->first.get(), "\x10").ok());
    ASSERT_TRUE(os::write_all(pair->first.get(), "\x11").ok());
    EXPECT_EQ(read_to_end(pair->first.get()), "");
    pair->first.reset();
    const auto reason = run(client->wait_attach_end(*id));
    ASSERT_TRUE(reason.ok());
    EXPECT_EQ(*reason, wire::AttachEndReason::detach_keys);
    ASSERT_TRUE(run(client->signal(SIGKILL)).ok());
    EXPECT_EQ(finish(*client, "t2").status, 137);
}

TEST_F(Monitor, a_container_and_its_sessions_survive_the_daemon) {
    const Recipe recipe{.args = {"/guest", "echo"}, .open_stdin = true, .stdin_once = true};
    auto client = launch("d1", recipe);
    wire::AttachRequest request;
    request.standard_input = true;
    request.framed = false;
    auto socket = attach(*client, std::move(request));
    const auto started = start(*client, "d1", recipe);
    ASSERT_TRUE(started.ok());
    client.reset();
    ASSERT_TRUE(os::write_all(socket.get(), "still here\n").ok());
    EXPECT_EQ(read_until(socket.get(), "\n"), "still here\n");
    auto again = run(MonitorClient::reconnect(box_->control("d1")));
    ASSERT_TRUE(again.ok()) << again.error().message();
    EXPECT_EQ((*again)->hello().phase, wire::Phase::running);
    EXPECT_EQ((*again)->hello().payload_pid, started->pid);
    again->reset();
    ASSERT_EQ(::shutdown(socket.get(), SHUT_WR), 0);
    EXPECT_EQ(read_to_end(socket.get()), "end of input\n");
    again = run(MonitorClient::reconnect(box_->control("d1")));
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(finish(**again, "d1").status, 7);
    EXPECT_EQ(run(MonitorClient::reconnect(box_->control("d1"))).error().kind(),
              ErrorKind::not_found);
}

TEST_F(Monitor, the_runtime_keeps_nothing_whoever_clears_away) {
    for (const bool deletes : {false, true}) {
        const std::string id = deletes ? "rd" : "rm";
        const Recipe recipe{.args = {"/guest", "lines", "1"}, .runtime_deletes = deletes};
        EXPECT_EQ(run_to_end(id, recipe).status, 0);
        const auto left = os::list_dir(box_->start_request(id, recipe).runtime_root);
        ASSERT_TRUE(left.ok()) << left.error().message();
        EXPECT_THAT(*left, IsEmpty());
        ASSERT_TRUE(os::remove_tree(box_->run_folder(id)).ok());
        // At once again, under the same name.
        EXPECT_EQ(run_to_end(id, recipe).status, 0);
    }
}

TEST_F(Monitor, the_runtime_is_started_from_the_program_that_was_passed) {
    const Recipe recipe{.args = {"/guest", "lines", "2"}};
    auto client = launch("rp", recipe);
    auto request = box_->start_request("rp", recipe);
    auto program = os::sealed_copy(os::find_program("crun"));
    ASSERT_TRUE(program.ok()) << program.error().message();
    request.runtime = "/nonexistent/crun";
    request.fds.push_back(wire::FdRole::runtime);
    std::vector<os::UniqueFd> fds;
    fds.push_back(*std::move(program));
    const auto started = run(client->start(std::move(request), std::move(fds)));
    ASSERT_TRUE(started.ok()) << started.error().message();
    EXPECT_EQ(finish(*client, "rp").status, 0);
    EXPECT_THAT(box_->log("rp"), ElementsAre("stdout:1\n", "stdout:2\n"));
}

TEST_F(Monitor, output_in_a_hurry_is_complete_and_in_order) {
    const Recipe recipe{.args = {"/guest", "lines", "200000", "99"}};
    EXPECT_EQ(run_to_end("hurry", recipe).status, 0);
    const auto log = box_->log("hurry");
    ASSERT_EQ(log.size(), 200'000U);
    for (std::size_t i = 0; i < log.size(); i += 997) {
        ASSERT_TRUE(log[i].starts_with("stdout:" + std::to_string(i + 1))) << log[i];
    }
}

TEST_F(Monitor, a_lost_monitor_is_noticed_and_its_cgroup_can_be_killed) {
    const Recipe recipe{.args = {"/guest", "wait", "15"}};
    auto client = launch("k1", recipe);
    ASSERT_TRUE(start(*client, "k1", recipe).ok());
    ASSERT_EQ(::kill(client->pid(), SIGKILL), 0);
    const auto record = run(client->wait_exit());
    ASSERT_FALSE(record.ok());
    EXPECT_EQ(record.error().message(), "monitor lost");
    EXPECT_EQ(os::cgroup_processes(Box::cgroup("k1")).size(), 1U);
    ASSERT_TRUE(os::kill_cgroup(Box::cgroup("k1")).ok());
    for (int i = 0; i < 1000 && !os::remove_cgroup(Box::cgroup("k1")).ok(); ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

TEST_F(Monitor, processes_left_in_the_hosts_namespace_are_killed) {
    const Recipe recipe{.args = {"/guest", "leave", "3"}, .host_pids = true};
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(run_to_end("l1", recipe).status, 5);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(1500));
    EXPECT_THAT(box_->log("l1"), ElementsAre("stdout:left\n"));
}

TEST_F(Monitor, want_of_memory_is_told) {
    const Recipe recipe{.args = {"/guest", "hog", "200"}, .memory_bytes = 32ULL << 20};
    const auto record = run_to_end("m1", recipe);
    EXPECT_EQ(record.status, 137);
    EXPECT_TRUE(record.oom_killed);
}

TEST_F(Monitor, a_slow_client_loses_nothing_and_holds_up_nobody) {
    const Recipe recipe{.args = {"/guest", "lines", "100000", "70"}};
    auto client = launch("b1", recipe);
    wire::AttachRequest request;
    request.framed = false;
    auto socket = attach(*client, std::move(request));
    ASSERT_TRUE(start(*client, "b1", recipe).ok());
    // The payload is done and removed before the client reads anything.
    ASSERT_TRUE(run(client->wait_exit()).ok());
    ASSERT_TRUE(run(client->acknowledge_exit()).ok());
    EXPECT_EQ(box_->log("b1").size(), 100'000U);
    EXPECT_FALSE(run(MonitorClient::reconnect(box_->control("b1"))).ok());
    EXPECT_EQ(read_to_end(socket.get()).size(), 100'000U * 71);
    socket.reset();
    expect_end(*client);
}

TEST_F(Monitor, many_descriptors_are_held_until_the_exit) {
    const Recipe recipe{.args = {"/guest", "wait", "15"}};
    auto client = launch("h1", recipe);
    auto request = box_->start_request("h1", recipe);
    std::vector<os::UniqueFd> fds;
    int pipes[2];
    ASSERT_EQ(::pipe2(pipes, O_CLOEXEC), 0);
    const os::UniqueFd reader(pipes[0]);
    for (int i = 0; i < 600; ++i) {
        fds.emplace_back(::fcntl(pipes[1], F_DUPFD_CLOEXEC, 3));
        request.fds.push_back(wire::FdRole::held);
    }
    ::close(pipes[1]);
    const auto started = run(client->start(std::move(request), std::move(fds)));
    ASSERT_TRUE(started.ok()) << started.error().message();
    pollfd ended{reader.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&ended, 1, 0), 0);
    ASSERT_TRUE(run(client->kill_all()).ok());
    ASSERT_TRUE(run(client->wait_exit()).ok());
    EXPECT_EQ(::poll(&ended, 1, 0), 1);  // free when the exit is known
    EXPECT_EQ(finish(*client, "h1").status, 137);
}

TEST_F(Monitor, a_relay_reaches_into_the_containers_network) {
    // A server inside a network namespace of its own, a listener outside.
    auto listening = os::UniqueFd();
    const auto netns = os::make_netns([&](int) -> Result<> {
        TRY(auto route, os::RouteSocket::open());
        CHECK_OK(os::set_link_up(route, "lo"));
        TRY(const auto addresses, os::resolve("127.0.0.1", "0"));
        TRY(listening, os::listen_tcp(addresses.at(0)));
        return {};
    });
    ASSERT_TRUE(netns.ok()) << netns.error().message();
    const auto outside = os::resolve("127.0.0.1", "0");
    auto listener = os::listen_tcp(outside->at(0));
    ASSERT_TRUE(listener.ok());
    const int port = os::local_port(listener->get());

    const Recipe recipe{.args = {"/guest", "wait", "15"}, .own_network = true};
    auto client = launch("r1", recipe);
    auto request = box_->start_request("r1", recipe);
    request.fds = {wire::FdRole::network_namespace, wire::FdRole::relay};
    request.relays = {{1, wire::RelayProtocol::tcp, "127.0.0.1",
                       static_cast<std::uint16_t>(os::local_port(listening.get()))}};
    std::vector<os::UniqueFd> fds;
    fds.emplace_back(::fcntl(netns->get(), F_DUPFD_CLOEXEC, 3));
    fds.push_back(*std::move(listener));
    const auto started = run(client->start(std::move(request), std::move(fds)));
    ASSERT_TRUE(started.ok()) << started.error().message();

    const auto target = os::resolve("127.0.0.1", std::to_string(port));
    auto outer = os::start_connect_tcp(target->at(0));
    ASSERT_TRUE(outer.ok());
    pollfd arrived{listening.get(), POLLIN, 0};
    ASSERT_EQ(::poll(&arrived, 1, 10'000), 1);
    const os::UniqueFd inner(::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC));
    ASSERT_TRUE(inner);
    ASSERT_TRUE(os::write_all(outer->get(), "to the server").ok());
    EXPECT_EQ(read_until(inner.get(), "server"), "to the server");
    const std::string block(300'000, 'y');
    ASSERT_EQ(::shutdown(outer->get(), SHUT_WR), 0);
    EXPECT_EQ(read_to_end(inner.get()), "");
    std::thread answer([&] {
        EXPECT_TRUE(os::write_all(inner.get(), block).ok());
        ::shutdown(inner.get(), SHUT_WR);
    });
    EXPECT_EQ(read_to_end(outer->get()).size(), block.size());
    answer.join();
    ASSERT_TRUE(run(client->kill_all()).ok());
    EXPECT_EQ(finish(*client, "r1").status, 137);
}

TEST_F(Monitor, a_relay_carries_datagrams_both_ways) {
    os::UniqueFd server;
    const auto inside = os::make_netns([&](int) -> Result<> {
        TRY(auto route, os::RouteSocket::open());
        CHECK_OK(os::set_link_up(route, "lo"));
        server = test::bound_socket("127.0.0.1", 53, SOCK_DGRAM);
        return {};
    });
    ASSERT_TRUE(inside.ok() && server);
    Result<os::UniqueFd> listener = os::UniqueFd();
    os::UniqueFd asking;
    const auto outside = os::make_netns([&](int) -> Result<> {
        TRY(auto route, os::RouteSocket::open());
        CHECK_OK(os::set_link_up(route, "lo"));
        listener = os::bind_port("::1", 5353, os::PortKind::udp);
        asking = test::connected_socket("::1", 5353, SOCK_DGRAM);
        return {};
    });
    ASSERT_TRUE(outside.ok() && listener.ok() && asking);

    const Recipe recipe{.args = {"/guest", "wait", "15"}, .own_network = true};
    auto client = launch("u1", recipe);
    auto request = box_->start_request("u1", recipe);
    request.fds = {wire::FdRole::network_namespace, wire::FdRole::relay};
    request.relays = {{1, wire::RelayProtocol::udp, "127.0.0.1", 53}};
    std::vector<os::UniqueFd> fds;
    fds.emplace_back(::fcntl(inside->get(), F_DUPFD_CLOEXEC, 3));
    fds.push_back(*std::move(listener));
    const auto started = run(client->start(std::move(request), std::move(fds)));
    ASSERT_TRUE(started.ok()) << started.error().message();

    char buffer[16] = {};
    test::SocketName peer;
    peer.length = sizeof peer.storage;
    ASSERT_EQ(::send(asking.get(), "ask", 3, 0), 3);
    ASSERT_EQ(::recvfrom(server.get(), buffer, sizeof buffer, 0, peer.get(), &peer.length), 3);
    ASSERT_EQ(::sendto(server.get(), "tell", 4, 0, peer.get(), peer.length), 4);
    EXPECT_EQ(::recv(asking.get(), buffer, sizeof buffer, 0), 4);
    ASSERT_TRUE(run(client->kill_all()).ok());
    EXPECT_EQ(finish(*client, "u1").status, 137);
}

TEST_F(Monitor, an_unused_monitor_can_be_sent_away) {
    auto client = launch("q1", {.args = {"/guest"}});
    ASSERT_TRUE(run(client->quit()).ok());
    expect_end(*client);
}

}  // namespace
}  // namespace wherry::containers
