#include "engine/store/store.hpp"

#include <sys/file.h>

#include "engine/store/event_log.hpp"
#include "engine/store/writer.hpp"
#include "net/async/handoff.hpp"
#include "os/entry.hpp"
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

// The lock file also tells how the engine before us ended: "open" is there while one works,
// "closed" after an orderly end. SQLite cannot know by itself that its write-ahead log was taken
// away, and makes a new database of an empty file.
constexpr std::string_view state_open = "open\n";
constexpr std::string_view state_closed = "closed\n";

void note_state(int lock, std::string_view state) {
    // On a full disk an earlier note stays: it is as true as it was.
    if (os::write_at(lock, 0, state)) {
        static_cast<void>(os::set_size(lock, state.size()));
    }
}

Result<> check_files(const Layout& layout) {
    TRY(const std::string note, os::read_file(layout.lock_file()));
    if (note.empty()) {
        return {};
    }
    const std::string database = layout.database();
    const auto size = os::file_size(database);
    const std::string advice =
        text::format("restore it, or remove {} to go on with what there is", layout.lock_file());
    if (!size || *size == 0) {
        return fail(ErrorKind::internal, "state database {}: it is {}: {}", database,
                    size ? "empty" : "missing", advice);
    }
    if (note == state_open && !os::exists(database + "-wal")) {
        return fail(
            ErrorKind::internal,
            "state database {}: its write-ahead log {}-wal is missing, and with it what was "
            "written last: {}",
            database, database, advice);
    }
    return {};
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
          last_event_(parts.last_event) {
        if (os::exists(this->layout().database() + "-wal")) {
            note_state(lock_.get(), state_open);
        }
    }
    SqliteStore(const SqliteStore&) = delete;
    SqliteStore& operator=(const SqliteStore&) = delete;
    ~SqliteStore() override { note_state(lock_.get(), state_closed); }

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
    CHECK_OK(check_files(layout));
    TRY(auto database, Database::open(layout.database()));
    TRY(const auto last_event, database.last_event());
    return std::unique_ptr<Store>(std::make_unique<SqliteStore>(
        SqliteStore::Parts{layout, std::move(lock), std::move(database), last_event}));
}

}  // namespace wherry::store
