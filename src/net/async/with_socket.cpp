#include <boost/asio/this_coro.hpp>

#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "net/async/stream.hpp"

namespace wherry::async {

namespace {

/// The peer's bytes to the pair. A peer that only said that it will send no more may go on reading;
/// one that is gone altogether shows itself in the next read.
Task<> inward(Stream& peer, Stream& pair) {
    const Result<> done = co_await pump(peer, pair);
    if (!done) {
        pair.close();
        co_return;
    }
    char more = 0;
    const std::span<char> one(&more, 1);
    const Result<std::size_t> rest = co_await peer.read_some(one);
    if (!rest) {
        pair.close();
    }
}

Task<> outward(Stream& pair, Stream& peer) {
    const Result<> done = co_await pump(pair, peer);
    static_cast<void>(done);
    // Nobody will read what the peer may still say.
    peer.close();
    pair.close();
}

Task<> run(std::function<Task<>(std::unique_ptr<Stream>)>& take, std::unique_ptr<Stream> given) {
    co_await take(std::move(given));
}

}  // namespace

Task<> with_socket(std::unique_ptr<Stream> stream,
                   std::function<Task<>(std::unique_ptr<Stream>)> take) {
    if (stream->can_release()) {
        co_await take(std::move(stream));
        co_return;
    }
    const Executor executor = co_await boost::asio::this_coro::executor;
    auto pair = os::socket_pair();
    if (!pair) {
        co_return;
    }
    auto given = adopt_socket(executor, std::move(pair->first));
    auto kept = adopt_socket(executor, std::move(pair->second));
    co_await both(run(take, std::move(given)),
                  both(inward(*stream, *kept), outward(*kept, *stream)));
}

}  // namespace wherry::async
