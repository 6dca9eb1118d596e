// The tables of the state database and what is done to them; runs on the writer's thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/store/sqlite.hpp"
#include "engine/store/store.hpp"

namespace wherry::store {

class Database {
  public:
    /// Opens the file, makes or migrates the tables; a newer schema than ours is refused.
    [[nodiscard]] static Result<Database> open(const std::string& path);

    /// One transaction for all batches.
    [[nodiscard]] Result<> apply(std::span<Batch* const> batches, Durability durability);
    /// After commits were told: carries a long log into the database.
    void tidy();
    [[nodiscard]] Result<std::vector<Record>> records(std::string_view kind);
    [[nodiscard]] Result<std::vector<Event>> events(Time since, Time until);
    [[nodiscard]] Result<std::uint64_t> last_event();

  private:
    explicit Database(Sqlite sqlite) : sqlite_(std::move(sqlite)) {}
    [[nodiscard]] Result<> prepare();
    [[nodiscard]] Result<> check(const std::string& path);
    [[nodiscard]] Result<> write(const Batch& batch);
    [[nodiscard]] Result<> prune_events();

    Sqlite sqlite_;
    Statement begin_, commit_, rollback_, put_, erase_, put_event_;
    Durability current_ = Durability::synced;
    std::uint64_t events_since_prune_ = 0;
};

}  // namespace wherry::store
