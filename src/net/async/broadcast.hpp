// One publisher, many subscribers, each with a bounded queue: a slow one loses values, is told how
// many, and holds up nobody. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "net/async/cancel.hpp"
#include "net/async/wait_queue.hpp"

namespace wherry::async {

template <class T>
class Broadcast {
    struct Queue {
        explicit Queue(std::size_t size) : limit(size) {}
        std::size_t limit;
        std::deque<T> items;
        std::uint64_t missed = 0;
        bool closed = false;
        WaitQueue readable;
    };

  public:
    struct Item {
        /// Nothing once the broadcast was closed and all was read.
        std::optional<T> value;
        /// How many values were lost before this one.
        std::uint64_t missed = 0;
    };

    class Subscription {
      public:
        explicit Subscription(std::shared_ptr<Queue> queue) : queue_(std::move(queue)) {}
        [[nodiscard]] Task<Result<Item>> next() {
            const auto queue = queue_;
            while (queue->items.empty() && !queue->closed) {
                const bool notified = co_await queue->readable.wait();
                if (!notified) {
                    co_return cancelled_error();
                }
            }
            Item item;
            item.missed = std::exchange(queue->missed, 0);
            if (!queue->items.empty()) {
                item.value.emplace(std::move(queue->items.front()));
                queue->items.pop_front();
            }
            co_return item;
        }
        [[nodiscard]] std::size_t pending() const noexcept { return queue_->items.size(); }

      private:
        std::shared_ptr<Queue> queue_;  // the broadcast keeps a weak one
    };

    /// Receives what is published from now on; ends with the returned object.
    [[nodiscard]] Subscription subscribe(std::size_t limit) {
        auto queue = std::make_shared<Queue>(limit);
        queue->closed = closed_;
        queues_.push_back(queue);
        return Subscription(std::move(queue));
    }
    /// A full queue loses its oldest value, since what is newest says most.
    void publish(const T& value) {
        for (auto at = queues_.begin(); at != queues_.end();) {
            const auto queue = at->lock();
            if (!queue) {
                at = queues_.erase(at);
                continue;
            }
            if (queue->items.size() >= queue->limit) {
                queue->items.pop_front();
                ++queue->missed;
            }
            queue->items.push_back(value);
            queue->readable.notify_one();
            ++at;
        }
    }
    void close() {
        closed_ = true;
        for (const auto& weak : queues_) {
            if (const auto queue = weak.lock()) {
                queue->closed = true;
                queue->readable.notify_all();
            }
        }
    }
    [[nodiscard]] std::size_t subscribers() const noexcept {
        std::size_t count = 0;
        for (const auto& queue : queues_) {
            count += queue.expired() ? 0 : 1;
        }
        return count;
    }

  private:
    std::list<std::weak_ptr<Queue>> queues_;
    bool closed_ = false;
};

}  // namespace wherry::async
