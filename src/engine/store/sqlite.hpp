// The few things that the store asks of SQLite, checked. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace wherry::store {

class Statement {
  public:
    /// Parameters count from 1, columns from 0.
    void bind(int parameter, std::string_view text);
    void bind(int parameter, std::int64_t number);
    /// True while there is a row; resets the statement at the end and on errors.
    [[nodiscard]] Result<bool> step();
    [[nodiscard]] std::string_view text(int column) const;
    [[nodiscard]] std::int64_t number(int column) const;

  private:
    friend class Sqlite;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Sqlite {
  public:
    /// Opens or makes a database file; a corrupt one is an error that names it.
    [[nodiscard]] static Result<Sqlite> open(const std::string& path);
    /// Statements without results, separated by semicolons.
    [[nodiscard]] Result<> execute(const char* sql);
    /// Whether closing carries the write-ahead log into the file and removes it (it does by
    /// default).
    void checkpoint_on_close(bool wanted) noexcept;
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);

    /// The log stays at the end, so that its blocks are there at the next start, and is carried
    /// into the database only by `checkpoint`.
    void keep_log();
    /// What has come into the log since it was begun anew.
    [[nodiscard]] int log_pages() const noexcept { return *log_pages_; }
    [[nodiscard]] Result<> checkpoint();

  private:
    struct Close {
        void operator()(sqlite3* database) const noexcept;
    };
    std::unique_ptr<int> log_pages_ = std::make_unique<int>(0);  // SQLite's hook points at it
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace wherry::store
