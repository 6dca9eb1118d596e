#include <limits>

#include "engine/store/event_log.hpp"
#include "engine/store/store.hpp"
#include "net/async/sleep.hpp"
#include "server/engine.hpp"
#include "server/event_filter.hpp"
#include "server/reply.hpp"
#include "server/routes/system.hpp"

namespace wherry::server {

namespace {

/// What one listener asked for.
struct Listening {
    store::EventLog& log;
    api::Filters filters;
    api::ApiVersion version;
    std::optional<Time> since;
    std::optional<Time> until;
    bool record_separator = false;
};

Result<std::optional<Time>> query_time(const http::Query& query, std::string_view name) {
    const std::string_view text = query.get(name);
    if (text.empty()) {
        return std::optional<Time>();
    }
    const auto time = parse_unix_time(text);
    if (!time) {
        // The reference answers 500 here, with its number parser's words.
        return Error(ErrorKind::internal,
                     text::format("strconv.ParseInt: parsing \"{}\": invalid syntax", text));
    }
    return time;
}

/// From 1.52 on a client may choose how the objects are parted.
std::string content_type(const Call& call) {
    if (call.version < api::ApiVersion(1, 52)) {
        return "application/json";
    }
    const std::string_view accept = call.request.headers.get("Accept");
    const bool known = accept == "application/x-ndjson" || accept == "application/json-seq";
    return known ? std::string(accept) : "application/jsonl";
}

Task<Result<>> write_text(http::BodyWriter& writer, const Listening& listening,
                          const store::Event& event) {
    std::string line = listening.record_separator ? "\x1e" : "";
    line.append(event_text(event, listening.version)).append("\n");
    co_return co_await writer.write(line);
}

Task<Result<>> write_event(http::BodyWriter& writer, const Listening& listening,
                           const store::Event& event) {
    if (!wanted(event, listening.filters, listening.version)) {
        co_return Result<>();
    }
    co_return co_await write_text(writer, listening, event);
}

/// Told to a listener that read too slowly, whatever it filters: what it missed is found with
/// `since`.
store::Event gap(std::uint64_t missed) {
    store::Event event;
    event.type = "daemon";
    event.action = "events-missed";
    event.attributes["missed"] = std::to_string(missed);
    event.time = now();
    return event;
}

/// The next event, or nothing when `until` has come or the engine ends.
Task<Result<async::Broadcast<store::EventPtr>::Item>> next_event(
    store::EventLog::Subscription& subscription, std::optional<Time> until) {
    if (!until) {
        co_return co_await subscription.next();
    }
    const auto left = *until - now();
    if (left <= left.zero()) {
        co_return async::Broadcast<store::EventPtr>::Item();
    }
    auto item = co_await async::with_deadline(subscription.next(), left);
    if (!item && item.error().kind() == ErrorKind::unavailable) {
        co_return async::Broadcast<store::EventPtr>::Item();
    }
    co_return item;
}

Task<Result<>> stream_events(std::shared_ptr<Listening> listening, http::BodyWriter& writer) {
    auto subscription = listening->log.subscribe();
    std::uint64_t last = 0;
    if (listening->since || listening->until) {
        const Time first = listening->since.value_or(Time{});
        const Time end = std::min(listening->until.value_or(now()), now());
        CO_TRY(const auto past, co_await listening->log.history(first, end));
        for (const store::Event& event : past) {
            CO_CHECK_OK(co_await write_event(writer, *listening, event));
            last = event.number;
        }
    }
    while (true) {
        CO_TRY(const auto item, co_await next_event(subscription, listening->until));
        if (!item.value) {
            co_return Result<>();
        }
        if (item.missed > 0) {
            const store::Event notice = gap(item.missed);
            CO_CHECK_OK(co_await write_text(writer, *listening, notice));
        }
        const store::EventPtr event = *item.value;
        if (event->number > last && (!listening->since || event->time >= *listening->since)) {
            CO_CHECK_OK(co_await write_event(writer, *listening, *event));
        }
    }
}

}  // namespace

Task<Result<http::Response>> system_events(Call& call) {
    CO_TRY(const auto since, query_time(call.query(), "since"));
    CO_TRY(const auto until, query_time(call.query(), "until"));
    if (since && until && *since > *until) {
        co_return fail(ErrorKind::invalid, "`since` time ({}) cannot be after `until` time ({})",
                       call.query().get("since"), call.query().get("until"));
    }
    CO_TRY(auto filters, api::Filters::parse(call.query().get("filters")));
    const std::string type = content_type(call);
    auto listening = std::make_shared<Listening>(Listening{call.engine.store().events(),
                                                           std::move(filters), call.version, since,
                                                           until, type == "application/json-seq"});
    http::StreamBody body = [listening = std::move(listening)](http::BodyWriter& writer) {
        return stream_events(listening, writer);
    };
    co_return stream_reply(type, std::move(body));
}

}  // namespace wherry::server
