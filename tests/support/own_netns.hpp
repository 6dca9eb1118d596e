// A network namespace of the test's own: the calling thread (and threads it starts later) lives in
// it until the end of the scope.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include "os/netns.hpp"
#include "os/unique_fd.hpp"

namespace wherry::test {

class OwnNetns {
  public:
    OwnNetns()
        : before_(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)),
          entered_(before_ && ::unshare(CLONE_NEWNET) == 0) {
        if (entered_) {
            own_.reset(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
        }
    }
    OwnNetns(const OwnNetns&) = delete;
    OwnNetns& operator=(const OwnNetns&) = delete;
    ~OwnNetns() {
        if (entered_ && ::setns(before_.get(), CLONE_NEWNET) != 0) {
            ::abort();
        }
    }
    /// False without the right to make one.
    [[nodiscard]] bool entered() const noexcept { return entered_; }
    [[nodiscard]] int fd() const noexcept { return own_.get(); }

  private:
    os::UniqueFd before_;
    os::UniqueFd own_;
    bool entered_;
};

}  // namespace wherry::test

#define NEEDS_OWN_NETNS(name)                              \
    const wherry::test::OwnNetns name;                     \
    if (!(name).entered()) {                               \
        GTEST_SKIP() << "needs root: a network namespace"; \
    }
