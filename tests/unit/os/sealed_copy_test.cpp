#include "os/sealed_copy.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.hpp"
#include "os/process.hpp"

namespace wherry::os {
namespace {

TEST(SealedCopy, is_started_again_and_again_and_cannot_be_changed) {
    const auto copy = sealed_copy("/bin/sh");
    ASSERT_TRUE(copy.ok()) << copy.error().message();
    for (int round = 0; round < 2; ++round) {
        SpawnPlan plan;
        plan.program = text::format("/proc/self/fd/{}", copy->get());
        plan.name = "sh";
        plan.arguments = {"-c", "test \"$0\" = sh && exit 3"};
        const auto pid = spawn(plan);
        ASSERT_TRUE(pid.ok()) << pid.error().message();
        int status = 0;
        ASSERT_EQ(::waitpid(*pid, &status, 0), *pid);
        EXPECT_EQ(WEXITSTATUS(status), 3);
    }
    EXPECT_EQ(::fcntl(copy->get(), F_GET_SEALS),
              F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    EXPECT_LT(::write(copy->get(), "x", 1), 0);
    const std::string again = text::format("/proc/self/fd/{}", copy->get());
    EXPECT_LT(::open(again.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC), 0);
}

TEST(SealedCopy, of_nothing_is_an_error) {
    const auto copy = sealed_copy("/nonexistent/program");
    ASSERT_FALSE(copy.ok());
    EXPECT_EQ(copy.error().os_error(), ENOENT);
}

}  // namespace
}  // namespace wherry::os
