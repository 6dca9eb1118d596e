#include "engine/store/event_json.hpp"

#include "codec/json/json.hpp"

namespace wherry::store {

namespace {

/// The stored form; numbers and times are columns of their own, the time is here for readers.
struct StoredEvent {
    std::string type;
    std::string action;
    std::string actor;
    std::map<std::string, std::string, std::less<>> attributes;
    std::int64_t time_ns = 0;
};

template <class Io>
static void fields(Io& io, StoredEvent& s) {
    io.field("type", s.type);
    io.field("action", s.action);
    io.field("actor", s.actor, json::Empty::omit);
    io.field("attributes", s.attributes, json::Empty::omit);
    io.field("time", s.time_ns);
}

}  // namespace

std::string event_to_json(const Event& event) {
    StoredEvent stored;
    stored.type = event.type;
    stored.action = event.action;
    stored.actor = event.actor_id;
    stored.attributes = event.attributes;
    stored.time_ns = event.time.time_since_epoch().count();
    return json::encode(stored);
}

Result<Event> event_from_json(std::string_view text) {
    TRY(auto stored, json::decode<StoredEvent>(text));
    Event event;
    event.type = std::move(stored.type);
    event.action = std::move(stored.action);
    event.actor_id = std::move(stored.actor);
    event.attributes = std::move(stored.attributes);
    event.time = Time(std::chrono::nanoseconds(stored.time_ns));
    return event;
}

}  // namespace wherry::store
