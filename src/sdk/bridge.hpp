// The private loop of a blocking client: a thread that runs what callers of any thread ask for.
#pragma once

#include <functional>
#include <latch>
#include <memory>
#include <thread>
#include <utility>

#include "net/async/event.hpp"
#include "net/async/loop.hpp"
#include "net/async/task_group.hpp"

namespace wherry::sdk {

class Bridge {
  public:
    Bridge();
    Bridge(const Bridge&) = delete;
    Bridge& operator=(const Bridge&) = delete;
    /// Cancels what still runs, and waits for it.
    ~Bridge();

    /// Runs the task on the loop and waits for its value. Not from the loop itself.
    template <class T>
    T run(Task<T> task) {
        async::detail::Outcome<T> outcome;
        std::latch done(1);
        spawn(async::detail::fill(std::move(task), outcome), done);
        done.wait();
        return outcome.take();
    }
    /// Runs the function on the loop and waits for it: to end what belongs to the loop.
    void run_on_loop(const std::function<void()>& function);

  private:
    void spawn(Task<> task, std::latch& done);
    void serve();

    async::Loop loop_;
    std::unique_ptr<async::TaskGroup> group_;
    async::Event stopping_;
    std::latch ready_{1};
    std::thread thread_;
};

}  // namespace wherry::sdk
