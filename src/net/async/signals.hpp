// Signals of the process as values on the loop. For programs, never for libraries: it replaces the
// process's handlers.
#pragma once

#include <initializer_list>
#include <memory>

#include "net/async/task.hpp"

namespace wherry::async {

class SignalSet {
  public:
    SignalSet(const Executor& executor, std::initializer_list<int> signals);
    SignalSet(const SignalSet&) = delete;
    SignalSet& operator=(const SignalSet&) = delete;
    ~SignalSet();
    /// The number of the next signal that comes, or came since the last call.
    [[nodiscard]] Task<Result<int>> next();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace wherry::async
