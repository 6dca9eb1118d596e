// Sockets and descriptors on the loop.
#include "net/async/socket.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>

#include "base/id.hpp"
#include "base/text.hpp"
#include "net/async/acceptor.hpp"
#include "net/async/loop.hpp"
#include "net/async/sleep.hpp"
#include "net/async/task_group.hpp"
#include "os/file.hpp"

namespace wherry::async {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

class SocketTest : public ::testing::Test {
  public:
    ~SocketTest() override { std::filesystem::remove_all(folder_); }

  protected:
    SocketTest() { EXPECT_TRUE(os::make_dirs(folder_).ok()); }

    std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> pair() {
        auto ends = os::socket_pair();
        auto first = adopt_socket(loop_.executor(), std::move(ends->first));
        auto second = adopt_socket(loop_.executor(), std::move(ends->second));
        return {std::move(first), std::move(second)};
    }
    template <class T>
    Result<T> run_limited(Task<Result<T>> task) {
        return run(loop_, with_deadline(std::move(task), seconds(10)));
    }
    std::string read(Stream& stream) {
        std::string buffer(1000, '\0');
        const auto got = run_limited(stream.read_some(buffer));
        return got.ok() ? buffer.substr(0, *got) : "error " + got.error().message();
    }

    std::string folder_ = testing::TempDir() + "wherry-socket-" + random_hex(6);
    Loop loop_;
};

TEST_F(SocketTest, bytes_go_both_ways_and_each_side_ends_alone) {
    auto [a, b] = pair();
    ASSERT_TRUE(run_limited(a->write("ping")).ok());
    EXPECT_EQ(read(*b), "ping");
    ASSERT_TRUE(run_limited(a->shutdown_write()).ok());
    EXPECT_EQ(read(*b), "");
    ASSERT_TRUE(run_limited(b->write("still")).ok());
    EXPECT_EQ(read(*a), "still");
}

TEST_F(SocketTest, the_end_can_be_read_more_than_once) {
    auto [a, b] = pair();
    b.reset();
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(read(*a), "");
    }
}

Task<Result<std::size_t>> count_bytes(Stream& stream) {
    std::size_t total = 0;
    std::string buffer(10000, '\0');
    while (true) {
        CO_TRY(const std::size_t got, co_await stream.read_some(buffer));
        if (got == 0) {
            co_return total;
        }
        total += got;
    }
}

Task<> write_large(Stream& stream, Result<>& out) {
    const std::string large(3000000, 'x');
    const std::vector<std::string_view> pieces = {"head", large, "", large, "tail"};
    out = co_await stream.write_pieces(pieces);
    const Result<> ended = co_await stream.shutdown_write();
    EXPECT_TRUE(ended.ok());
}

class LargeWrite : public SocketTest {
  protected:
    void expect_large_write_arrives(Stream& from, Stream& to) {
        Result<> written;
        TaskGroup group(loop_.executor());
        group.spawn(write_large(from, written));
        EXPECT_EQ(run_limited(count_bytes(to)).value(), 6000008U);
        run(loop_, group.join());
        EXPECT_TRUE(written.ok());
    }
};

TEST_F(LargeWrite, a_large_write_of_pieces_waits_for_a_slow_reader) {
    auto [a, b] = pair();
    expect_large_write_arrives(*a, *b);
}

Task<> read_into(Stream& stream, std::string& out) {
    std::string buffer(10, '\0');
    const Result<std::size_t> got = co_await stream.read_some(buffer);
    out = got.ok() ? "ok" : std::string(to_string(got.error().kind()));
}

TEST_F(SocketTest, cancel_and_close_end_a_waiting_read) {
    for (const bool by_close : {false, true}) {
        auto ends = pair();
        std::string seen;
        TaskGroup group(loop_.executor());
        auto handle = group.spawn(read_into(*ends.first, seen));
        loop_.poll();
        if (by_close) {
            ends.first->close();
        } else {
            handle.cancel();
        }
        run(loop_, group.join());
        EXPECT_EQ(seen, "cancelled");
    }
}

TEST_F(SocketTest, a_lent_socket_is_a_threads_and_then_the_streams_again) {
    auto [a, b] = pair();
    ASSERT_TRUE(run_limited(a->write("for the thread")).ok());
    {
        const SocketLoan loan(*b);
        const SocketLoan second(*b);
        ASSERT_GE(loan.fd(), 0);
        EXPECT_EQ(second.fd(), loan.fd());
        std::string got(100, '\0');
        std::thread thread([&] {
            const auto size = ::recv(loan.fd(), got.data(), got.size(), 0);
            got.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
        });
        thread.join();
        EXPECT_EQ(got, "for the thread");
        ASSERT_TRUE(run_limited(a->write("left")).ok());
    }
    EXPECT_EQ(read(*b), "left");
    ASSERT_TRUE(run_limited(b->write("back")).ok());
    EXPECT_EQ(read(*a), "back");
}

TEST_F(LargeWrite, a_write_beside_a_loan_waits_for_a_slow_reader) {
    auto [a, b] = pair();
    const SocketLoan loan(*a);
    expect_large_write_arrives(*a, *b);
}

TEST_F(SocketTest, a_close_during_a_loan_ends_the_threads_wait_and_comes_after_it) {
    auto [a, b] = pair();
    {
        const SocketLoan loan(*a);
        char byte = 0;
        std::thread thread([&] {
            pollfd end{loan.fd(), POLLIN, 0};
            EXPECT_EQ(::poll(&end, 1, 10'000), 1);
            EXPECT_EQ(::recv(loan.fd(), &byte, 1, 0), 0);
        });
        a->close();
        thread.join();
        EXPECT_GE(::fcntl(loan.fd(), F_GETFD), 0);
    }
    EXPECT_EQ(a->native_handle(), -1);
    EXPECT_EQ(read(*b), "");
}

/// Whether an epoll of this process watches the descriptor (proc_pid_fdinfo(5)).
bool is_watched(int fd) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fdinfo")) {
        const std::string info = os::read_file(entry.path()).value_or("");
        for (const auto line : text::split(info, '\n')) {
            const auto words = text::split(line, ' ');
            const auto number = [](std::string_view word) { return text::parse_int<int>(word); };
            if (line.starts_with("tfd:") &&
                std::ranges::any_of(words, [&](auto word) { return number(word) == fd; })) {
                return true;
            }
        }
    }
    return false;
}

TEST_F(SocketTest, the_loop_watches_a_socket_that_it_waits_for_and_none_that_is_lent) {
    auto [a, b] = pair();
    const int fd = a->native_handle();
    std::string buffer(10, '\0');
    const auto wait = [&] {
        const auto limit = std::chrono::milliseconds(5);
        return run(loop_, with_deadline(a->read_some(buffer), limit)).ok();
    };
    EXPECT_FALSE(is_watched(fd));
    EXPECT_FALSE(wait());
    EXPECT_TRUE(is_watched(fd));
    {
        const SocketLoan loan(*a);
        EXPECT_FALSE(is_watched(fd));
    }
    EXPECT_FALSE(is_watched(fd));
    EXPECT_FALSE(wait());
    EXPECT_TRUE(is_watched(fd));
}

TEST_F(SocketTest, a_released_socket_works_outside_the_loop) {
    auto [a, b] = pair();
    auto released = a->release();
    ASSERT_TRUE(released.ok());
    ASSERT_TRUE(os::write_all(released->socket.get(), "raw").ok());
    EXPECT_EQ(read(*b), "raw");
    a.reset();
    ASSERT_TRUE(os::write_all(released->socket.get(), "still").ok());
    EXPECT_EQ(read(*b), "still");
}

TEST_F(SocketTest, writing_to_a_closed_peer_is_an_error_not_a_signal) {
    auto [a, b] = pair();
    b.reset();
    const auto written = run_limited(a->write("x"));
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().os_error(), EPIPE);
}

TEST_F(SocketTest, listens_on_a_path_longer_than_a_socket_address) {
    const std::string deep = folder_ + "/" + std::string(120, 'd');
    ASSERT_TRUE(os::make_dirs(deep).ok());
    const std::string path = deep + "/engine.sock";
    auto listener = os::listen_unix(path, 0660, ::getegid());
    ASSERT_TRUE(listener.ok()) << listener.error().message();
    struct stat info{};
    ASSERT_EQ(::stat(path.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0660U);
    auto client = run_limited(connect_unix(path));
    ASSERT_TRUE(client.ok()) << client.error().message();
    Acceptor acceptor(loop_.executor(), *std::move(listener));
    EXPECT_TRUE(run_limited(acceptor.accept()).ok());
}

Task<> accept_all(Acceptor& acceptor, std::size_t count,
                  std::vector<std::unique_ptr<Stream>>& out) {
    while (out.size() < count) {
        auto socket = co_await acceptor.accept();
        if (!socket) {
            co_return;
        }
        out.push_back(*std::move(socket));
    }
}

TEST_F(SocketTest, many_connections_in_a_row_leave_the_loop_its_turns) {
    constexpr std::size_t count = 100;
    const std::string path = folder_ + "/many";
    Acceptor acceptor(loop_.executor(), os::listen_unix(path, 0600, std::nullopt).value());
    std::vector<os::UniqueFd> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(os::connect_unix(path).value());
    }
    std::vector<std::unique_ptr<Stream>> accepted;
    std::size_t accepted_before_the_other = count;
    TaskGroup group(loop_.executor());
    group.spawn(accept_all(acceptor, count, accepted));
    loop_.post([&] { accepted_before_the_other = accepted.size(); });
    run(loop_, group.join());
    EXPECT_EQ(accepted.size(), count);
    EXPECT_LT(accepted_before_the_other, count);
}

TEST_F(SocketTest, a_stream_that_never_waited_is_closed_and_ends_for_the_peer) {
    auto [a, b] = pair();
    ASSERT_TRUE(run_limited(a->write("asks")).ok());
    EXPECT_EQ(read(*b), "asks");
    ASSERT_TRUE(run_limited(b->write("answer")).ok());
    b.reset();
    EXPECT_EQ(read(*a), "answer");
    EXPECT_EQ(read(*a), "");
    EXPECT_EQ(read(*a), "");
    a->close();
    EXPECT_EQ(a->native_handle(), -1);
}

TEST_F(SocketTest, a_stale_socket_is_replaced_and_a_live_one_is_not) {
    const std::string path = folder_ + "/s";
    {
        const auto stale = os::listen_unix(path, 0600, std::nullopt);
    }
    ASSERT_TRUE(os::exists(path));
    const auto live = os::listen_unix(path, 0600, std::nullopt);
    ASSERT_TRUE(live.ok()) << live.error().message();
    const auto second = os::listen_unix(path, 0600, std::nullopt);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().os_error(), EADDRINUSE);
}

TEST_F(SocketTest, a_file_in_the_way_is_left_alone) {
    const std::string path = folder_ + "/file";
    ASSERT_TRUE(os::write_file(path, "precious").ok());
    EXPECT_FALSE(os::listen_unix(path, 0600, std::nullopt).ok());
    EXPECT_EQ(os::read_file(path).value(), "precious");
}

TEST_F(SocketTest, connecting_to_nothing_says_why) {
    const auto missing = run_limited(connect_unix(folder_ + "/none"));
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().os_error(), ENOENT);
    const auto addresses = os::resolve("127.0.0.1", "1").value();
    const auto refused = run_limited(connect_tcp(addresses.at(0), "127.0.0.1:1"));
    ASSERT_FALSE(refused.ok());
    EXPECT_THAT(refused.error().message(), HasSubstr("127.0.0.1:1"));
}

TEST_F(SocketTest, tcp_over_v4_and_v6_loopback) {
    for (const std::string host : {"127.0.0.1", "::1"}) {
        const auto address = os::resolve(host, "0").value().at(0);
        auto listener = os::listen_tcp(address);
        if (!listener.ok() && host == "::1") {
            GTEST_SKIP() << "no IPv6 here: " << listener.error().message();
        }
        ASSERT_TRUE(listener.ok());
        const int port = os::local_port(listener->get());
        ASSERT_GT(port, 0);
        Acceptor acceptor(loop_.executor(), *std::move(listener));
        const auto target = os::resolve(host, std::to_string(port)).value().at(0);
        auto client = run_limited(connect_tcp(target, host));
        ASSERT_TRUE(client.ok()) << client.error().message();
        ASSERT_TRUE(run_limited((*client)->write("hi")).ok());
        auto accepted = run_limited(acceptor.accept());
        ASSERT_TRUE(accepted.ok());
        EXPECT_EQ(read(**accepted), "hi");
    }
}

TEST_F(SocketTest, waits_for_a_descriptor_to_become_readable) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const os::UniqueFd out(ends[0]);
    os::UniqueFd in(ends[1]);
    const auto early =
        run(loop_, with_deadline(wait_readable(out.get()), std::chrono::milliseconds(5)));
    EXPECT_FALSE(early.ok());
    ASSERT_TRUE(os::write_all(in.get(), "x").ok());
    EXPECT_TRUE(run_limited(wait_readable(out.get())).ok());
    in.reset();
    EXPECT_TRUE(run_limited(wait_readable(out.get())).ok());
}

}  // namespace
}  // namespace wherry::async
