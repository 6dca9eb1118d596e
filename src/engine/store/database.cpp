#include "engine/store/database.hpp"

#include "base/fault.hpp"
#include "base/scope_guard.hpp"
#include "engine/store/event_json.hpp"
#include "os/file.hpp"

namespace wherry::store {

namespace {

constexpr std::int64_t schema_version = 1;
/// Events kept at least: the newest ones, and those of the last day (docs/design/guarantees.md).
constexpr std::int64_t events_kept = 10'000;
constexpr auto events_age = std::chrono::hours(24);
/// The log is carried over at this length, and its blocks are there before it is.
constexpr int most_log_pages = 1000;
constexpr std::uint64_t log_bytes = std::uint64_t{5} * 1024 * 1024;

constexpr const char* tables = R"sql(
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA cache_size = -512;
    CREATE TABLE IF NOT EXISTS records (
        kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
        PRIMARY KEY (kind, key)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS events (
        number INTEGER PRIMARY KEY, time INTEGER NOT NULL, value TEXT NOT NULL);
    CREATE INDEX IF NOT EXISTS events_time ON events (time);
)sql";

std::int64_t count(Time time) {
    return time.time_since_epoch().count();
}

}  // namespace

Result<Database> Database::open(const std::string& path) {
    TRY(auto sqlite, Sqlite::open(path));
    Database database(std::move(sqlite));
    // What is refused is left as it is.
    database.sqlite_.checkpoint_on_close(false);
    CHECK_OK(database.check(path));
    CHECK_OK(database.prepare());
    database.sqlite_.checkpoint_on_close(true);
    // The log's blocks are written once, so that a commit only overwrites: a sync then need not
    // wait for the file system's journal. Zeros at its end are no part of it to SQLite, and without
    // them (a full disk) it works as well.
    static_cast<void>(os::extend_with_zeros(path + "-wal", log_bytes));
    return database;
}

/// Looks at every page once, while nothing was read or written yet: damage is found at the start,
/// never in the middle of a change.
Result<> Database::check(const std::string& path) {
    TRY(auto check, sqlite_.prepare("PRAGMA quick_check(1)"));
    TRY(const bool row, check.step());
    const std::string found = row ? std::string(check.text(0)) : "no answer";
    if (found != "ok") {
        return fail(ErrorKind::internal, "state database {}: it is damaged: {}", path, found);
    }
    return {};
}

Result<> Database::prepare() {
    std::int64_t found = 0;
    {
        TRY(auto version, sqlite_.prepare("PRAGMA user_version"));
        TRY(const bool row, version.step());
        found = row ? version.number(0) : 0;
    }
    if (found > schema_version) {
        return fail(ErrorKind::unsupported,
                    "state database: schema {} was written by a newer version (this one knows {})",
                    found, schema_version);
    }
    CHECK_OK(sqlite_.execute(tables));
    if (found != schema_version) {  // an engine starts on a full disk too
        CHECK_OK(sqlite_.execute("PRAGMA user_version = 1"));
    }
    sqlite_.keep_log();
    TRY(begin_, sqlite_.prepare("BEGIN IMMEDIATE"));
    TRY(commit_, sqlite_.prepare("COMMIT"));
    TRY(rollback_, sqlite_.prepare("ROLLBACK"));
    TRY(put_, sqlite_.prepare("INSERT INTO records VALUES (?, ?, ?)"
                              " ON CONFLICT DO UPDATE SET value = excluded.value"));
    TRY(erase_, sqlite_.prepare("DELETE FROM records WHERE kind = ? AND key = ?"));
    TRY(put_event_, sqlite_.prepare("INSERT INTO events VALUES (?, ?, ?)"));
    return {};
}

Result<> Database::apply(std::span<Batch* const> batches, Durability durability) {
    if (durability != current_) {
        CHECK_OK(sqlite_.execute(durability == Durability::synced ? "PRAGMA synchronous = FULL"
                                                                  : "PRAGMA synchronous = NORMAL"));
        current_ = durability;
    }
    CHECK_OK(begin_.step());
    auto undo = on_failure([&]() noexcept { static_cast<void>(rollback_.step()); });
    for (const Batch* batch : batches) {
        CHECK_OK(write(*batch));
    }
    if (events_since_prune_ >= events_kept / 10) {
        CHECK_OK(prune_events());
    }
    fault_point("store.written");
    CHECK_OK(commit_.step());
    fault_point("store.committed");
    undo.commit();
    return {};
}

void Database::tidy() {
    if (sqlite_.log_pages() >= most_log_pages) {
        // Another attempt comes with the next commits.
        static_cast<void>(sqlite_.checkpoint());
    }
}

Result<> Database::write(const Batch& batch) {
    for (const auto& change : batch.changes) {
        Statement& statement = change.erase ? erase_ : put_;
        statement.bind(1, change.kind);
        statement.bind(2, change.key);
        if (!change.erase) {
            statement.bind(3, change.value);
        }
        CHECK_OK(statement.step());
    }
    for (const auto& event : batch.events) {
        put_event_.bind(1, static_cast<std::int64_t>(event.number));
        put_event_.bind(2, count(event.time));
        put_event_.bind(3, event_to_json(event));
        CHECK_OK(put_event_.step());
        ++events_since_prune_;
    }
    return {};
}

Result<> Database::prune_events() {
    TRY(auto prune, sqlite_.prepare("DELETE FROM events WHERE time < ? AND number <= "
                                    "(SELECT max(number) FROM events) - ?"));
    prune.bind(1, count(now() - events_age));
    prune.bind(2, events_kept);
    CHECK_OK(prune.step());
    events_since_prune_ = 0;
    return {};
}

Result<std::vector<Record>> Database::records(std::string_view kind) {
    TRY(auto select, sqlite_.prepare("SELECT key, value FROM records WHERE kind = ?"));
    select.bind(1, kind);
    std::vector<Record> found;
    while (true) {
        TRY(const bool row, select.step());
        if (!row) {
            return found;
        }
        found.push_back({std::string(select.text(0)), std::string(select.text(1))});
    }
}

Result<std::vector<Event>> Database::events(Time since, Time until) {
    TRY(auto select, sqlite_.prepare("SELECT number, value FROM events"
                                     " WHERE time >= ? AND time <= ? ORDER BY number"));
    select.bind(1, count(since));
    select.bind(2, count(until));
    std::vector<Event> found;
    while (true) {
        TRY(const bool row, select.step());
        if (!row) {
            return found;
        }
        TRY(auto event, event_from_json(select.text(1)));
        event.number = static_cast<std::uint64_t>(select.number(0));
        found.push_back(std::move(event));
    }
}

Result<std::uint64_t> Database::last_event() {
    TRY(auto select, sqlite_.prepare("SELECT coalesce(max(number), 0) FROM events"));
    TRY(const bool row, select.step());
    return row ? static_cast<std::uint64_t>(select.number(0)) : 0;
}

}  // namespace wherry::store
