// The table stays as it must be, whatever others do to the ruleset; and what others' rules do to
// published ports is known.
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.hpp"
#include "codec/json/value.hpp"
#include "engine/networks/catalog.hpp"
#include "engine/networks/foreign.hpp"
#include "net/async/sleep.hpp"
#include "net/async/socket.hpp"
#include "os/program.hpp"

namespace wherry::networks {

namespace {

using namespace std::chrono_literals;

/// Between two restorations, should somebody flush in a loop.
constexpr auto shortest_pause = 100ms;
constexpr auto retry_pause = 500ms;
/// Rules come in many transactions; looked at when they have settled.
constexpr auto settling = 200ms;
constexpr auto list_limit = 10s;

struct Loaded {
    bool was_there = true;
    std::vector<std::uint32_t> loaders;
};

Result<std::vector<std::string>> list_foreign_drops(const ForeignView& view) {
    TRY(const auto ran, os::run_program({"nft", "-j", "-t", "list", "ruleset"}, "", list_limit));
    if (ran.exit_code != 0) {
        return fail(ErrorKind::internal, "nft list ruleset: {}", text::trim(ran.output));
    }
    TRY(const auto ruleset, json::Value::parse(ran.output));
    return find_foreign_drops(ruleset, view);
}

}  // namespace

Task<Result<bool>> Networks::load_table(bool exact) {
    auto load = [this, exact, elements = all_elements()]() -> Result<Loaded> {
        Loaded out;
        out.was_there = firewall_.exists().value_or(true);
        CHECK_OK(firewall_.load_skeleton(out.loaders));
        CHECK_OK(exact ? firewall_.replace(elements) : firewall_.add(elements));
        return out;
    };
    CO_TRY(const Loaded loaded, co_await async::blocking(rules_, std::move(load)));
    loaders_.insert(loaders_.end(), loaded.loaders.begin(), loaded.loaders.end());
    co_return loaded.was_there;
}

Task<Result<>> Networks::resync() {
    CO_TRY(const auto turn, co_await loading_.lock());
    CO_TRY(const bool was_there, co_await load_table(true));
    static_cast<void>(was_there);
    co_return Result<>();
}

Task<> Networks::begin_watch() {
    if (watch_) {
        co_return;
    }
    auto ask = [this] { return firewall_.port_id(); };
    const Result<std::uint32_t> port = co_await async::blocking(rules_, ask);
    if (!port) {
        log::warn("networks: the ruleset is not watched: {}", port.error().message());
        co_return;
    }
    auto watch = os::NftWatch::open(*port);
    if (!watch) {
        log::warn("networks: the ruleset is not watched: {}", watch.error().message());
        co_return;
    }
    watch_ = *std::move(watch);
    watch_group_.spawn(watch_ruleset());
    watch_group_.spawn(watch_others());
}

Task<> Networks::watch_ruleset() {
    while (true) {
        const Result<> readable = co_await async::wait_readable(watch_->fd());
        if (!readable) {
            co_return;
        }
        auto turn = co_await loading_.lock();
        if (!turn) {
            co_return;
        }
        const auto news = watch_->drain(firewall_.table(), std::exchange(loaders_, {}));
        if (!news) {
            log::error("networks: the ruleset is not watched any more: {}", news.error().message());
            co_return;
        }
        if (news->others_changed || news->overrun) {
            others_changed_.set();
        }
        if (!news->table_damaged && !news->overrun) {
            continue;
        }
        co_await put_table_back(news->table_damaged);
        turn->unlock();
        const Result<> paused = co_await async::sleep(shortest_pause);
        if (!paused) {
            co_return;
        }
    }
}

/// Until it is done, or the engine ends.
Task<> Networks::put_table_back(bool damaged) {
    bool told = false;
    while (true) {
        const Result<bool> was_there = co_await load_table(true);
        if (was_there) {
            if (damaged || !*was_there) {
                co_await report_restored("flushed");
            }
            co_return;
        }
        if (was_there.error().kind() == ErrorKind::cancelled) {
            co_return;
        }
        if (!std::exchange(told, true)) {
            log::error("networks: table inet {} was removed and cannot be put back yet: {}",
                       firewall_.table(), was_there.error().message());
        }
        const Result<> paused = co_await async::sleep(retry_pause);
        if (!paused) {
            co_return;
        }
    }
}

Task<> Networks::report_restored(std::string reason) {
    log::warn("networks: table inet {} was {} and is back, with all published ports",
              firewall_.table(), reason);
    const api::Network& network = default_bridge().record;
    store::Event event;
    event.type = "network";
    event.action = "restore";
    event.actor_id = network.id;
    event.attributes = {{"name", network.name},
                        {"reason", std::move(reason)},
                        {"table", "inet " + firewall_.table()},
                        {"type", network.driver}};
    store::Batch batch;
    batch.event(std::move(event));
    const Result<> stored = co_await store_.commit(std::move(batch), store::Durability::relaxed);
    if (!stored && stored.error().kind() != ErrorKind::cancelled) {
        log::warn("networks: event not stored: {}", stored.error().message());
    }
}

Task<> Networks::watch_others() {
    while (true) {
        co_await look_at_others();
        const Result<> changed = co_await others_changed_.wait();
        if (!changed) {
            co_return;
        }
        const Result<> settled = co_await async::sleep(settling);
        if (!settled) {
            co_return;
        }
        others_changed_.reset();
    }
}

Task<> Networks::look_at_others() {
    ForeignView view{.own_table = firewall_.table()};
    for (const auto& [id, network] : networks_) {
        if (!network.bridge.name.empty()) {
            view.bridges.push_back(network.bridge.name);
        }
    }
    auto look = [view = std::move(view)] { return list_foreign_drops(view); };
    auto found = co_await async::blocking(links_, std::move(look));
    if (!found) {
        if (found.error().kind() != ErrorKind::cancelled) {
            log::warn("networks: rules of others were not looked at: {}", found.error().message());
        }
        co_return;
    }
    for (const std::string& warning : *found) {
        if (std::ranges::find(warnings_, warning) == warnings_.end()) {
            log::warn("networks: {}", warning);
        }
    }
    warnings_ = *std::move(found);
}

}  // namespace wherry::networks
