#include "files/changes.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <set>

#include "os/entry.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::files {
namespace {

/// The three views as plain folders: "merged" is built by hand, as an overlay would show it.
class Changes : public ::testing::Test {
  protected:
    void file(const std::string& path, const std::string& content = "x", Time mtime = {}) {
        ASSERT_TRUE(os::make_dirs((dir_ / path).substr(0, (dir_ / path).rfind('/'))));
        ASSERT_TRUE(os::write_file(dir_ / path, content));
        ASSERT_TRUE(os::set_mtime(AT_FDCWD, dir_ / path, mtime));
    }
    void both(const std::string& path, const std::string& content = "x", Time mtime = {}) {
        file("upper/" + path, content, mtime);
        file("merged/" + path, content, mtime);
    }
    void below(const std::string& path) {
        file("lower/" + path);
        file("merged/" + path);
    }
    std::set<std::string> find() {
        std::vector<os::UniqueFd> held;
        for (const char* name : {"upper", "lower", "merged"}) {
            EXPECT_TRUE(os::make_dirs(dir_ / name));
            held.push_back(*os::open(dir_ / name, O_PATH | O_DIRECTORY));
        }
        const auto found =
            find_changes({.upper = held[0].get(), .lower = held[1].get(), .merged = held[2].get()});
        EXPECT_TRUE(found);
        std::set<std::string> out;
        for (const Change& change : *found) {
            out.insert("CAD"[static_cast<int>(change.kind)] + (" " + change.path));
        }
        return out;
    }

    test::TempDir dir_;
};

TEST_F(Changes, an_empty_layer_changes_nothing) {
    below("etc/passwd");
    EXPECT_EQ(find(), std::set<std::string>());
}

TEST_F(Changes, what_is_new_is_told_with_all_that_is_in_it) {
    below("etc/passwd");
    both("new/deep/file");
    EXPECT_EQ(find(), (std::set<std::string>{"A /new", "A /new/deep", "A /new/deep/file"}));
}

TEST_F(Changes, a_changed_file_changes_the_folders_above_it) {
    below("a/b/file");
    below("a/b/other");
    both("a/b/file", "longer");
    EXPECT_EQ(find(), (std::set<std::string>{"C /a", "C /a/b", "C /a/b/file"}));
}

TEST_F(Changes, a_file_that_was_only_copied_up_is_no_change) {
    below("a/file");
    both("a/file");
    EXPECT_EQ(find(), std::set<std::string>());
    ASSERT_EQ(::chmod((dir_ / "merged/a/file").c_str(), 0700), 0);
    EXPECT_EQ(find(), (std::set<std::string>{"C /a", "C /a/file"}));
}

TEST_F(Changes, what_is_gone_is_told_without_what_was_in_it) {
    file("lower/a/sub/file");
    below("a/kept");
    file("upper/a/sub");  // stands for the whiteout, which the merged view does not show
    EXPECT_EQ(find(), (std::set<std::string>{"C /a", "D /a/sub"}));
}

TEST_F(Changes, a_whiteout_of_nothing_is_no_change) {
    below("a/kept");
    file("upper/a/ghost");
    EXPECT_EQ(find(), std::set<std::string>());
}

TEST_F(Changes, a_folder_in_the_place_of_a_file_and_the_other_way_round) {
    file("lower/one");
    both("one/inside");
    file("lower/two/inside");
    both("two");
    EXPECT_EQ(find(),
              (std::set<std::string>{"C /one", "A /one/inside", "C /two", "D /two/inside"}));
}

}  // namespace
}  // namespace wherry::files
