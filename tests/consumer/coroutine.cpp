// Uses the coroutine client on the program's own loop.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <iostream>
#include <wherry/async.hpp>

namespace {

wherry::Task<> ask(int& code) {
    const wherry::ClientOptions options{.host = "unix:///nonexistent/docker.sock"};
    const auto client = wherry::AsyncClient::connect(options);
    const auto answer = co_await client.version();
    code = !answer.ok() && answer.error().kind() == wherry::ErrorKind::unavailable ? 0 : 1;
    std::cout << wherry::describe(answer.error()) << '\n';
}

}  // namespace

int main() {
    boost::asio::io_context loop;
    int code = 2;
    const auto done = boost::asio::co_spawn(loop, ask(code), boost::asio::use_future);
    loop.run();
    return code;
}
