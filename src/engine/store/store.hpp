// The engine's memory on disk: SQLite (WAL) behind one writer thread with group commit. Records are
// JSON texts under (kind, key); events are written in the same commit as their cause. Reads come
// from the owners' memory: `load` is for their start. Everything here is called on the loop thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/store/event.hpp"
#include "engine/store/layout.hpp"
#include "net/async/task.hpp"

namespace wherry::store {

/// What the answer to a request promises (docs/design/guarantees.md).
enum class Durability {
    relaxed,  ///< survives the engine's death; a power cut may undo it
    synced,   ///< survives a power cut: on disk before the commit returns
};

struct Record {
    std::string key;
    std::string value;  ///< JSON, with a schema version of its owner's
};

/// Changes that happen together or not at all.
struct Batch {
    struct Change {
        std::string kind;
        std::string key;
        std::string value;
        bool erase = false;
    };
    std::vector<Change> changes;
    std::vector<Event> events;

    void put(std::string kind, std::string key, std::string value);
    void erase(std::string kind, std::string key);
    void event(Event event);
};

class EventLog;

class Store {
  public:
    /// Opens or makes the database; takes the folder's lock (`conflict` when another engine has
    /// it). Commits return on the loop of the task that asked.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const Layout& layout);
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;
    /// Writes what is queued, then closes.
    virtual ~Store() = default;

    /// All records of a kind, by key. Blocks: only while the engine starts.
    [[nodiscard]] virtual Result<std::vector<Record>> load(std::string_view kind) = 0;

    /// Writes the batch; returns when it is as durable as asked. Commits take effect in the order
    /// of the calls. Owners change their memory after it, `events()` publishes by itself.
    [[nodiscard]] virtual Task<Result<>> commit(Batch batch, Durability durability) = 0;

    [[nodiscard]] virtual EventLog& events() noexcept = 0;
    [[nodiscard]] const Layout& layout() const noexcept { return layout_; }

  protected:
    explicit Store(Layout layout) : layout_(std::move(layout)) {}

  private:
    Layout layout_;
};

}  // namespace wherry::store
