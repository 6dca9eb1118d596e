#include "os/root_dir.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::os {
namespace {

enum class Way { kernel, steps };

// Every look-up is tried with openat2 and with its replacement for older kernels.
class RootDirTest : public testing::TestWithParam<Way> {
  protected:
    void SetUp() override {
        ASSERT_TRUE(write_file(dir_ / "secret", "outside"));
        ASSERT_TRUE(make_dirs(dir_ / "root/a/b"));
        ASSERT_TRUE(write_file(dir_ / "root/secret", "inside"));
        ASSERT_TRUE(write_file(dir_ / "root/a/b/file", "deep"));
        link("/secret", "root/absolute");
        link("../../../../secret", "root/a/climbing");
        link("/a/b", "root/to_b");
        link("loop", "root/loop");
        link("/proc/self/fd", "root/magic");
    }
    void link(const std::string& target, const std::string& name) {
        ASSERT_EQ(::symlink(target.c_str(), (dir_ / name).c_str()), 0);
    }
    Result<UniqueFd> open_in(const std::string& path, int flags = O_RDONLY,
                             LastLink last = LastLink::follow) {
        TRY(const RootDir root, RootDir::open(dir_ / "root"));
        return GetParam() == Way::kernel ? root.open_in(path, flags, last, 0644)
                                         : root.open_by_steps(path, flags, last, 0644);
    }
    std::string content(const std::string& path) {
        auto fd = open_in(path);
        if (!fd) {
            return fd.error().message();
        }
        return read_all(fd->get()).value_or("unreadable");
    }

    test::TempDir dir_;
};

TEST_P(RootDirTest, takes_absolute_links_and_climbing_paths_as_below_the_root) {
    EXPECT_EQ(content("/secret"), "inside");
    EXPECT_EQ(content("absolute"), "inside");
    EXPECT_EQ(content("a/climbing"), "inside");
    EXPECT_EQ(content("../../../secret"), "inside");
    EXPECT_EQ(content("to_b/file"), "deep");
    EXPECT_EQ(content("a/b/../../secret"), "inside");
}

TEST_P(RootDirTest, reports_what_is_missing_or_in_the_way) {
    EXPECT_EQ(open_in("none").error().os_error(), ENOENT);
    EXPECT_EQ(open_in("secret/x").error().os_error(), ENOTDIR);
    EXPECT_EQ(open_in("loop").error().os_error(), ELOOP);
    EXPECT_EQ(open_in("absolute", O_RDONLY, LastLink::keep).error().os_error(), ELOOP);
    EXPECT_FALSE(open_in("magic/0"));
}

TEST_P(RootDirTest, opens_the_root_itself) {
    EXPECT_TRUE(open_in("", O_RDONLY | O_DIRECTORY));
    EXPECT_TRUE(open_in("/", O_RDONLY | O_DIRECTORY));
    EXPECT_TRUE(open_in("..", O_RDONLY | O_DIRECTORY));
}

TEST_P(RootDirTest, creates_below_the_root_only) {
    link("/made", "root/makes");
    ASSERT_TRUE(open_in("makes", O_WRONLY | O_CREAT));
    EXPECT_TRUE(exists(dir_ / "root/made"));
    EXPECT_FALSE(exists(dir_ / "made"));
}

INSTANTIATE_TEST_SUITE_P(Ways, RootDirTest, testing::Values(Way::kernel, Way::steps),
                         [](const auto& way) {
                             return way.param == Way::kernel ? "kernel" : "steps";
                         });

TEST(RootDir, open_parent_gives_folder_and_last_name) {
    const test::TempDir dir;
    ASSERT_TRUE(make_dirs(dir / "a/b"));
    auto root = RootDir::open(dir.path());
    ASSERT_TRUE(root);
    for (const std::string path : {"/a/b/new", "a/b/new/", "./a/./b//new"}) {
        auto place = root->open_parent(path);
        ASSERT_TRUE(place) << path;
        EXPECT_EQ(place->name, "new");
    }
    EXPECT_EQ(root->open_parent("/")->name, "");
    EXPECT_FALSE(root->open_parent("a/.."));
    EXPECT_FALSE(root->open_parent("none/new"));
}

}  // namespace
}  // namespace wherry::os
