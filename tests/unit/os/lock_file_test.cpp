#include "os/lock_file.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace {

using namespace std::chrono_literals;
using wherry::os::LockFile;

TEST(LockFile_, is_held_by_one) {
    const wherry::test::TempDir dir;
    auto first = LockFile::try_take(dir / "lock").value();
    ASSERT_TRUE(first.has_value());
    EXPECT_FALSE(LockFile::try_take(dir / "lock").value().has_value());
    EXPECT_EQ(LockFile::take(dir / "lock", 10ms).error().kind(), wherry::ErrorKind::unavailable);
    first.reset();
    EXPECT_TRUE(LockFile::try_take(dir / "lock").value().has_value());
}

TEST(LockFile_, who_waited_for_a_removed_one_gets_a_new_file) {
    const wherry::test::TempDir dir;
    auto first = LockFile::try_take(dir / "lock").value();
    ASSERT_TRUE(first.has_value());
    std::thread waiting([&] {
        const auto second = LockFile::take(dir / "lock", 10s);
        ASSERT_TRUE(second.ok());
        EXPECT_TRUE(wherry::os::exists(dir / "lock"));
        EXPECT_FALSE(LockFile::try_take(dir / "lock").value().has_value());
    });
    first->remove().value();
    first.reset();
    waiting.join();
}

TEST(LockFile_, in_no_folder_is_an_error) {
    EXPECT_EQ(LockFile::try_take("/nonexistent/lock").error().os_error(), ENOENT);
}

}  // namespace
