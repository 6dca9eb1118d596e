// Uses the blocking client without any of Boost: prints what an unreachable daemon means.
#include <wherry/wherry.hpp>

#ifdef BOOST_ASIO_VERSION
#error "the blocking headers must not include Asio"
#endif

#include <iostream>

int main() {
    const auto client = wherry::Client::connect({.host = "unix:///nonexistent/docker.sock"});
    const auto result = client.run({.image = "alpine", .cmd = {"true"}});
    const auto* facts = wherry::api_error(result.error());
    std::cout << wherry::describe(result.error()) << '\n';
    return facts != nullptr && facts->endpoint == "unix:///nonexistent/docker.sock" ? 0 : 1;
}
