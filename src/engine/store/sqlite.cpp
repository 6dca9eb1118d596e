#include "engine/store/sqlite.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "base/text.hpp"

namespace wherry::store {

namespace {

/// A statement's first line, shortened.
std::string_view brief(std::string_view sql) {
    constexpr std::size_t most = 60;
    sql = text::trim(sql);
    return sql.substr(0, std::min(sql.find('\n'), most));
}

Error failure(sqlite3* database, std::string_view what) {
    const int code = sqlite3_errcode(database);
    const char* text = sqlite3_errmsg(database);
    const char* file = sqlite3_db_filename(database, "main");
    // A full disk and a read-only folder are the machine's state: another attempt may succeed.
    const ErrorKind kind = code == SQLITE_FULL || code == SQLITE_READONLY || code == SQLITE_IOERR
                               ? ErrorKind::unavailable
                               : ErrorKind::internal;
    return fail(kind, "state database {}: {}: {}", std::string_view(file == nullptr ? "" : file),
                brief(what), std::string_view(text));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::string_view text) {
    sqlite3_bind_text(statement_.get(), parameter, text.data(), static_cast<int>(text.size()),
                      SQLITE_TRANSIENT);  // NOLINT(performance-no-int-to-ptr): SQLite's own macro
}

void Statement::bind(int parameter, std::int64_t number) {
    sqlite3_bind_int64(statement_.get(), parameter, number);
}

Result<bool> Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        sqlite3_reset(statement_.get());
        return false;
    }
    Error error = failure(sqlite3_db_handle(statement_.get()), sqlite3_sql(statement_.get()));
    sqlite3_reset(statement_.get());
    return error;
}

std::string_view Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

void Sqlite::Close::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

Result<Sqlite> Sqlite::open(const std::string& path) {
    sqlite3* raw = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &raw,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Sqlite database;
    database.database_.reset(raw);
    if (code != SQLITE_OK) {
        return failure(raw, "open");
    }
    return database;
}

Result<> Sqlite::execute(const char* sql) {
    if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
        return failure(database_.get(), sql);
    }
    return {};
}

void Sqlite::keep_log() {
    int on = 1;
    (void)sqlite3_file_control(database_.get(), nullptr, SQLITE_FCNTL_PERSIST_WAL, &on);
    const auto count = [](void* pages, sqlite3* /*database*/, const char* /*name*/, int now) {
        *static_cast<int*>(pages) = now;
        return SQLITE_OK;
    };
    // Takes the place of SQLite's own hook, which would checkpoint inside a commit.
    (void)sqlite3_wal_hook(database_.get(), count, log_pages_.get());
}

Result<> Sqlite::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(database_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                               nullptr, nullptr);
    if (code != SQLITE_OK) {
        return failure(database_.get(), "checkpoint");
    }
    *log_pages_ = 0;
    return {};
}

void Sqlite::checkpoint_on_close(bool wanted) noexcept {
    (void)sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, wanted ? 0 : 1,
                            nullptr);
}

Result<Statement> Sqlite::prepare(std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK) {
        return failure(database_.get(), sql);
    }
    Statement statement;
    statement.statement_.reset(raw);
    return statement;
}

}  // namespace wherry::store
