#include "wherry/async.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "unit/sdk/scripted_server.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using test::answer;
using test::Request;
using test::ScriptedServer;
using test::with_ping;

std::string one_event(const Request& request) {
    return request.call().find("/events") == std::string::npos
               ? answer(200, R"({"Version":"1"})")
               : answer(200, R"({"Type":"container","Action":"start"})");
}

Task<std::string> ask(ClientOptions options) {
    const auto client = AsyncClient::connect(options);
    const auto version = co_await client.version();
    auto events = co_await client.events();
    const auto event = co_await events.value().async_next();
    const auto end = co_await events.value().async_next();
    co_return version.value().version + " " + event.value()->action +
        (end.value() ? " more" : " end");
}

TEST(AsyncClient_, works_on_a_loop_of_the_program_without_a_cancellation_slot) {
    const ScriptedServer server(with_ping(one_event));
    boost::asio::io_context loop;
    auto done = boost::asio::co_spawn(loop, ask({.host = server.host()}), boost::asio::use_future);
    loop.run();
    EXPECT_EQ(done.get(), "1 start end");
}

Task<ErrorKind> wait_for_ever(ClientOptions options) {
    co_await boost::asio::this_coro::throw_if_cancelled(false);
    const auto client = AsyncClient::connect(options);
    const auto exit = co_await client.container_wait("x");
    co_return exit.error().kind();
}

TEST(AsyncClient_, is_cancelled_with_its_coroutine) {
    boost::asio::io_context loop;
    boost::asio::cancellation_signal cancel;
    const ScriptedServer server([&](const Request& request) -> std::string {
        if (request.call().ends_with("/wait")) {
            boost::asio::post(loop, [&] { cancel.emit(boost::asio::cancellation_type::terminal); });
            char byte = 0;
            while (::recv(request.socket, &byte, 1, 0) > 0) {  // until the client gives up
            }
            return "";
        }
        return test::pong("1.44");
    });
    std::optional<ErrorKind> kind;
    auto finished = boost::asio::bind_cancellation_slot(
        cancel.slot(),
        [&](const std::exception_ptr& /*problem*/, ErrorKind ended_as) { kind = ended_as; });
    boost::asio::co_spawn(loop, wait_for_ever({.host = server.host()}), std::move(finished));
    loop.run();
    EXPECT_EQ(kind, ErrorKind::cancelled);
}

}  // namespace
