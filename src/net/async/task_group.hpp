// The owner of running tasks: nothing runs but in a group, and a group ends before its owner.
#pragma once

#include <cstddef>
#include <memory>

#include "net/async/task.hpp"

namespace wherry::async {

/// Names one task of a group, to cancel it alone. Outlives the task and the group harmlessly.
class TaskHandle {
  public:
    TaskHandle() = default;
    void cancel() noexcept;
    [[nodiscard]] bool running() const noexcept { return !member_.expired(); }

  private:
    friend class TaskGroup;
    struct Member;
    std::weak_ptr<Member> member_;
};

class TaskGroup {
  public:
    explicit TaskGroup(Executor executor);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    /// All tasks must have ended (`join`): anything else is a bug.
    ~TaskGroup();

    /// Starts the task at the loop's next turn. An exception that leaves it is logged. In a
    /// cancelled group the task is dropped without a start.
    TaskHandle spawn(Task<> task);
    /// Starts the task in this call, which returns at its first wait: for what is ready to go on.
    /// `handle` is set before the task begins. On the loop's thread.
    void spawn_now(Task<> task, TaskHandle& handle);
    /// Cancels every task, now and for good.
    void cancel() noexcept;
    /// Waits until no task is left. If the one who waits is cancelled, so is the group; it still
    /// waits to the end.
    [[nodiscard]] Task<> join();
    /// Cancels every task and lets them end without a join. Only for tasks that own all they touch.
    void abandon() noexcept;
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] const Executor& executor() const noexcept;

  private:
    struct State;
    static Task<> run(std::shared_ptr<State> state, std::shared_ptr<TaskHandle::Member> member,
                      Task<> task, bool at_next_turn);
    void start(Task<> task, TaskHandle& handle, bool at_next_turn);

    std::shared_ptr<State> state_;  // shared with the tasks, which leave it as they end
};

}  // namespace wherry::async
