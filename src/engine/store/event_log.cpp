#include "engine/store/event_log.hpp"

#include "engine/store/writer.hpp"
#include "net/async/handoff.hpp"

namespace wherry::store {

Task<Result<std::vector<Event>>> EventLog::history(Time since, Time until) {
    using Found = Result<std::vector<Event>>;
    std::function<void(async::Deliver<Found>)> start = [this, since,
                                                        until](async::Deliver<Found> deliver) {
        writer_.read([since, until, deliver = std::move(deliver)](Database& database) {
            deliver(database.events(since, until));
        });
    };
    co_return co_await async::handoff<Found>(std::move(start));
}

}  // namespace wherry::store
