// Removal that answers at once: a file or folder is renamed into the trash, and emptied from there
// in the background. What is left at the end is removed after the next start. Loop thread only.
#pragma once

#include <deque>
#include <string>

#include "base/result.hpp"
#include "engine/store/layout.hpp"
#include "net/async/event.hpp"
#include "net/async/pool.hpp"
#include "net/async/task_group.hpp"

namespace wherry::store {

class Trash {
  public:
    /// Of the data root.
    Trash(const Layout& layout, const async::Executor& executor);
    /// `folder` exists, and FOLDER.work belongs to the trash too; what is taken lies on the same
    /// mount.
    Trash(std::string folder, const async::Executor& executor);
    Trash(const Trash&) = delete;
    Trash& operator=(const Trash&) = delete;
    ~Trash() = default;  // after `close`

    /// Takes up what an earlier engine left.
    [[nodiscard]] Result<> recover();
    /// `path` is gone when this returns; absence is no error.
    [[nodiscard]] Result<> take(const std::string& path);
    /// Waits until the trash is empty (or what is left cannot be removed).
    [[nodiscard]] Task<Result<>> emptied();
    /// Ends the background work; what is left waits for the next start.
    [[nodiscard]] Task<> close();

  private:
    void wake();
    [[nodiscard]] Task<> work();

    std::string folder_;
    std::string work_;  // beside it: what is being removed
    async::Pool pool_;
    async::TaskGroup group_;
    std::deque<std::string> names_;
    bool working_ = false;
    async::Notifier idle_;
};

}  // namespace wherry::store
