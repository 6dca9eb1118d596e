#include "engine/store/store.hpp"

#include <sys/file.h>

#include "engine/store/event_log.hpp"
#include "engine/store/writer.hpp"
#include "net/async/handoff.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::store {

void Batch::put(std::string kind, std::string key, std::string value) {
    changes.push_back({std::move(kind), std::move(key), std::move(value), false});
}

void Batch::erase(std::string kind, std::string key) {
    changes.push_back({std::move(kind), std::move(key), {}, true});
}

void Batch::event(Event event) {
    events.push_back(std::move(event));
}

namespace {

/// Held as long as the store lives: one engine a folder.
Result<os::UniqueFd> lock_folder(const Layout& layout) {
    TRY(auto fd, os::open(layout.lock_file(), O_RDWR | O_CREAT, 0600));
    if (os::retry([&] { return ::flock(fd.get(), LOCK_EX | LOCK_NB); }) != 0) {
        if (errno == EWOULDBLOCK) {
            return fail(ErrorKind::conflict, "another engine uses {}", layout.data_root());
        }
        return os::last_failure("flock", layout.lock_file());
    }
    return fd;
}

class SqliteStore final : public Store {
  public:
    struct Parts {
        Layout layout;
        os::UniqueFd lock;
        Database database;
        std::uint64_t last_event = 0;
    };
    explicit SqliteStore(Parts parts)
        : Store(std::move(parts.layout)),
          lock_(std::move(parts.lock)),
          writer_(std::move(parts.database)),
          events_(writer_),
          last_event_(parts.last_event) {}

    Result<std::vector<Record>> load(std::string_view kind) override {
        // The writer's thread owns the database, also while the engine starts.
        std::optional<Result<std::vector<Record>>> found;
        std::mutex mutex;
        std::condition_variable done;
        writer_.read([&](Database& database) {
            auto records = database.records(kind);
            const std::lock_guard lock(mutex);
            found.emplace(std::move(records));
            done.notify_one();
        });
        std::unique_lock lock(mutex);
        done.wait(lock, [&] { return found.has_value(); });
        return std::move(*found);
    }

    Task<Result<>> commit(Batch batch, Durability durability) override {
        for (Event& event : batch.events) {
            event.number = ++last_event_;
            if (event.time == Time{}) {
                event.time = now();
            }
        }
        std::vector<Event> events = batch.events;
        std::function<void(async::Deliver<Result<>>)> start =
            [this, &batch, durability](async::Deliver<Result<>> deliver) {
                writer_.commit(std::move(batch), durability, std::move(deliver));
            };
        const Result<> written = co_await async::handoff<Result<>>(std::move(start));
        if (written) {
            for (Event& event : events) {
                events_.publish(std::move(event));
            }
        }
        co_return written;
    }

    EventLog& events() noexcept override { return events_; }

  private:
    os::UniqueFd lock_;
    Writer writer_;
    EventLog events_;
    std::uint64_t last_event_;
};

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Layout& layout) {
    CHECK_OK(layout.create());
    TRY(auto lock, lock_folder(layout));
    TRY(auto database, Database::open(layout.database()));
    TRY(const auto last_event, database.last_event());
    return std::unique_ptr<Store>(std::make_unique<SqliteStore>(
        SqliteStore::Parts{layout, std::move(lock), std::move(database), last_event}));
}

}  // namespace wherry::store
