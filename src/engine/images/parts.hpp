// What the verbs on images work with; built once by `Images`. Loop thread only.
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "engine/images/catalog.hpp"
#include "engine/images/content.hpp"
#include "engine/images/registry_url.hpp"
#include "engine/images/unpack.hpp"
#include "engine/store/store.hpp"
#include "engine/store/trash.hpp"
#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/async/mutex.hpp"
#include "net/async/pool.hpp"
#include "net/async/sleep.hpp"
#include "net/async/task_group.hpp"
#include "net/async/wait_queue.hpp"

namespace wherry::images {

/// So many at a time; the others wait in order.
class Slots {
  public:
    class [[nodiscard]] Guard {
      public:
        explicit Guard(Slots* slots) noexcept : slots_(slots) {}
        Guard(Guard&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
        Guard& operator=(Guard&&) = delete;
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard() {
            if (slots_ != nullptr) {
                ++slots_->free_;
                slots_->queue_.notify_one();
            }
        }

      private:
        Slots* slots_;
    };
    explicit Slots(std::size_t count) : free_(count) {}
    [[nodiscard]] bool none_free() const noexcept { return free_ == 0; }
    [[nodiscard]] Task<Result<Guard>> take();

  private:
    std::size_t free_;
    async::WaitQueue queue_;
};

struct Parts {
    Parts(store::Store& records, store::Trash& bin, async::Loop& on)
        : loop(on),
          store(records),
          pool("images", 4),
          bodies("image-bodies", 8),
          trash(bin),
          content(records.layout(), trash),
          catalog(records, content),
          background(on.executor()) {}
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;
    Parts(Parts&&) = delete;
    Parts& operator=(Parts&&) = delete;
    ~Parts() { content.let_go(); }

    RegistryConfig registries;
    bool discard_blobs = false;
    async::Loop& loop;
    store::Store& store;
    async::Pool pool;    ///< digests, decompression, unpacking
    async::Pool bodies;  ///< jobs that wait for a client's body: slow clients starve no pull
    store::Trash& trash;
    Content content;
    Catalog catalog;
    Slots downloads{3};
    async::KeyMutex blob_locks;   ///< a blob is downloaded once, whoever wants it
    async::KeyMutex layer_locks;  ///< and unpacked once
    const ImageUsers* users = nullptr;
    bool pruning = false;
    async::TaskGroup background;
};

namespace detail {

/// Tells the job to end when the task that waits for it is cancelled.
Task<> watch_job(async::Event& done, std::shared_ptr<JobState> state);

template <class F, class R>
Task<> run_job_to(async::Pool& pool, F function, std::optional<R>& result, async::Event& done) {
    auto value = co_await async::blocking(pool, std::move(function));
    result.emplace(std::move(value));
    done.set();
}

}  // namespace detail

/// `function` on a thread of the pool; a cancellation reaches it through `state`.
template <class F>
[[nodiscard]] auto run_job(async::Pool& pool, std::shared_ptr<JobState> state, F function)
    -> Task<decltype(function())> {
    std::optional<decltype(function())> result;
    async::Event done;
    co_await async::both(detail::run_job_to(pool, std::move(function), result, done),
                         detail::watch_job(done, std::move(state)));
    co_return std::move(*result);
}

/// Makes all files of the engine's data folder durable.
[[nodiscard]] Task<Result<>> sync_data(Parts& parts);

}  // namespace wherry::images
