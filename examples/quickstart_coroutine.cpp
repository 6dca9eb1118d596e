// The same as coroutines: in one call, and in steps. Options have names: see
// docs/guide/cookbook.md.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <iostream>
#include <wherry/async.hpp>

namespace {

using wherry::AsyncClient;
using wherry::Result;
using wherry::Task;

Task<Result<>> pull(AsyncClient client) {
    auto steps = co_await client.image_pull("alpine");
    if (!steps) {
        co_return steps.error();
    }
    while (true) {
        const auto step = co_await steps->async_next();
        if (!step) {
            co_return step.error();
        }
        if (!step->has_value()) {
            co_return Result<>();
        }
        std::clog << (*step)->id << ' ' << (*step)->status << '\n';
    }
}

Task<> hello() {
    const auto client = AsyncClient::from_env();
    const auto pulled = co_await pull(client);
    pulled.value();
    const auto done = co_await client.run("alpine", wherry::argv("echo", "hello world"));
    std::cout << done.value().out;
}

}  // namespace

int main() {
    boost::asio::io_context loop;
    int code = 0;
    boost::asio::co_spawn(loop, hello(), [&](const std::exception_ptr& problem) {
        try {
            if (problem) {
                std::rethrow_exception(problem);
            }
        } catch (const wherry::BadResult& bad) {
            std::cerr << wherry::describe(bad.error()) << '\n';
            code = 1;
        }
    });
    loop.run();
    return code;
}
