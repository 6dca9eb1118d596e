#include "sdk/talk.hpp"

#include <algorithm>

#include "net/async/sleep.hpp"

namespace wherry::sdk {

namespace {

Task<Result<>> feed(AsyncSession& session, const std::string& input) {
    if (input.empty()) {
        co_return Result<>();
    }
    // A process that does not read its input to the end is no failure.
    const auto written = co_await session.async_write(input);
    if (written) {
        const auto closed = co_await session.async_close_write();
        static_cast<void>(closed);
    }
    co_return Result<>();
}

void keep(std::string& target, std::string_view text, Talk& said) {
    const std::size_t room = said.output_limit - std::min(said.output_limit, target.size());
    said.truncated = said.truncated || text.size() > room;
    target.append(text.substr(0, room));
}

Task<Result<>> collect(AsyncSession& session, Talk& said) {
    while (true) {
        CO_TRY(const auto piece, co_await session.async_next());
        if (!piece) {
            co_return Result<>();
        }
        if (said.on_output) {
            said.on_output(*piece);
        } else {
            keep(piece->channel == Channel::err ? said.err : said.out, piece->text, said);
        }
    }
}

}  // namespace

/// One after the other, both ends could block.
Task<Result<>> talk(AsyncSession& session, Talk& said) {
    async::detail::Outcome<Result<>> fed;
    async::detail::Outcome<Result<>> collected;
    auto input = async::detail::fill(feed(session, said.input), fed);
    auto output = async::detail::fill(collect(session, said), collected);
    co_await async::both(std::move(input), std::move(output));
    static_cast<void>(fed.take());
    co_return collected.take();
}

}  // namespace wherry::sdk
