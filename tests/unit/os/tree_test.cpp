#include "os/tree.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "os/entry.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::os {
namespace {

TEST(Tree, removal_does_not_follow_links) {
    const test::TempDir dir;
    ASSERT_TRUE(make_dirs(dir / "kept"));
    ASSERT_TRUE(write_file(dir / "kept/file", "x"));
    ASSERT_TRUE(make_dirs(dir / "gone/sub"));
    ASSERT_EQ(::symlink((dir / "kept").c_str(), (dir / "gone/sub/link").c_str()), 0);
    ASSERT_TRUE(remove_tree(dir / "gone"));
    EXPECT_FALSE(exists(dir / "gone"));
    EXPECT_TRUE(exists(dir / "kept/file"));
    ASSERT_EQ(::symlink((dir / "kept").c_str(), (dir / "link").c_str()), 0);
    ASSERT_TRUE(remove_tree(dir / "link"));
    EXPECT_TRUE(exists(dir / "kept/file"));
}

TEST(Tree, removes_folders_deeper_than_any_path) {
    const test::TempDir dir;
    ASSERT_TRUE(make_dirs(dir / "deep"));
    UniqueFd here(::open((dir / "deep").c_str(), O_PATH | O_CLOEXEC));
    for (int depth = 0; depth < 3000; ++depth) {
        ASSERT_TRUE(make_dir(here.get(), "some-folder", 0755));
        auto next = open_at(here.get(), "some-folder", O_PATH | O_DIRECTORY);
        ASSERT_TRUE(next);
        here = std::move(*next);
    }
    ASSERT_TRUE(remove_tree(dir / "deep"));
    EXPECT_FALSE(exists(dir / "deep"));
}

TEST(Tree, absence_is_no_error) {
    const test::TempDir dir;
    EXPECT_TRUE(remove_tree(dir / "none"));
    auto moved = move_to_trash(dir / "none", dir.path());
    ASSERT_TRUE(moved);
    EXPECT_EQ(*moved, "");
}

TEST(Tree, trash_takes_a_folder_at_once) {
    const test::TempDir dir;
    ASSERT_TRUE(make_dirs(dir / "trash"));
    ASSERT_TRUE(make_dirs(dir / "layer/diff"));
    auto name = move_to_trash(dir / "layer", dir / "trash");
    ASSERT_TRUE(name);
    EXPECT_FALSE(exists(dir / "layer"));
    EXPECT_TRUE(exists(dir / ("trash/" + *name + "/diff")));
}

TEST(Tree, list_dir_leaves_dots_out) {
    const test::TempDir dir;
    ASSERT_TRUE(write_file(dir / "b", ""));
    ASSERT_TRUE(write_file(dir / ".a", ""));
    auto names = list_dir(dir.path());
    ASSERT_TRUE(names);
    std::sort(names->begin(), names->end());
    EXPECT_EQ(*names, (std::vector<std::string>{".a", "b"}));
    EXPECT_FALSE(list_dir(dir / "none"));
}

}  // namespace
}  // namespace wherry::os
