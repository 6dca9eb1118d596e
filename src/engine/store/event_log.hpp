// Who hears of events: those who listen now, and those who ask for the past. Loop thread only.
#pragma once

#include <memory>
#include <vector>

#include "engine/store/event.hpp"
#include "net/async/broadcast.hpp"
#include "net/async/task.hpp"

namespace wherry::store {

class Writer;

using EventPtr = std::shared_ptr<const Event>;  // shared by the listeners that have not read it yet

class EventLog {
  public:
    using Subscription = async::Broadcast<EventPtr>::Subscription;

    explicit EventLog(Writer& writer) : writer_(writer) {}

    /// Everything from now on; a listener that falls behind is told how many it missed.
    [[nodiscard]] Subscription subscribe() { return live_.subscribe(queue_limit); }
    [[nodiscard]] std::size_t listeners() const noexcept { return live_.subscribers(); }
    /// What was committed in that time, oldest first; also from before a restart.
    [[nodiscard]] Task<Result<std::vector<Event>>> history(Time since, Time until);

    /// For the store: called after the commit.
    void publish(Event event) { live_.publish(std::make_shared<const Event>(std::move(event))); }
    /// Ends all subscriptions.
    void close() { live_.close(); }

  private:
    static constexpr std::size_t queue_limit = 4096;

    Writer& writer_;
    async::Broadcast<EventPtr> live_;
};

}  // namespace wherry::store
