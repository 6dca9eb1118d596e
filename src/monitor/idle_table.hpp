// What is kept by key for as long as it is used: a limited number of values, of which the one that
// was not used for the longest time goes first. Pure: the caller says what time it is.
#pragma once

#include <chrono>
#include <cstddef>
#include <iterator>
#include <list>
#include <map>
#include <optional>
#include <utility>

namespace wherry::monitor {

template <class Key, class Value>
class IdleTable {
  public:
    using Clock = std::chrono::steady_clock;

    IdleTable(std::size_t limit, Clock::duration idle_limit)
        : limit_(limit), idle_limit_(idle_limit) {}

    [[nodiscard]] std::size_t size() const noexcept { return by_key_.size(); }

    /// The value, which counts as used now; null if there is none.
    [[nodiscard]] Value* use(const Key& key, Clock::time_point now) {
        const auto found = by_key_.find(key);
        if (found == by_key_.end()) {
            return nullptr;
        }
        by_age_.splice(by_age_.end(), by_age_, found->second);
        found->second->used = now;
        return &found->second->value;
    }

    /// Of a key that is not in the table. The reference holds until the value is dropped.
    Value& add(const Key& key, Value value, Clock::time_point now) {
        while (size() >= limit_ && drop_oldest()) {
        }
        by_age_.push_back({.key = key, .value = std::move(value), .used = now});
        by_key_.emplace(key, std::prev(by_age_.end()));
        return by_age_.back().value;
    }

    /// Whether there was one.
    bool drop_oldest() {
        if (by_age_.empty()) {
            return false;
        }
        by_key_.erase(by_age_.front().key);
        by_age_.pop_front();
        return true;
    }

    /// Drops what was not used for the idle limit.
    void expire(Clock::time_point now) {
        while (!by_age_.empty() && by_age_.front().used + idle_limit_ <= now) {
            drop_oldest();
        }
    }

    /// When the next one expires, if nothing is used until then.
    [[nodiscard]] std::optional<Clock::time_point> next_expiry() const {
        if (by_age_.empty()) {
            return std::nullopt;
        }
        return by_age_.front().used + idle_limit_;
    }

  private:
    struct Entry {
        Key key;
        Value value;
        Clock::time_point used;
    };

    std::size_t limit_;
    Clock::duration idle_limit_;
    std::list<Entry> by_age_;  // the one unused for the longest time first
    std::map<Key, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace wherry::monitor
