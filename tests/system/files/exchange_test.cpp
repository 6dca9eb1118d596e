// Somebody exchanges a folder of a container for a link that leads out of it, as fast as he can,
// while files are copied: nothing outside is read, and nothing is written there.
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "files/tree_archive.hpp"
#include "files/tree_writer.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"
#include "support/temp_dir.hpp"

namespace wherry::files {
namespace {

constexpr int rounds = 400;

class Exchange : public ::testing::Test {
  protected:
    Exchange() {
        for (const char* folder :
             {"root", "root/box", "root/box/inner", "outside", "outside/inner"}) {
            EXPECT_EQ(::mkdir((dir_ / folder).c_str(), 0755), 0);
        }
        EXPECT_TRUE(os::write_file(dir_ / "root/box/inner/file", "inside"));
        EXPECT_TRUE(os::write_file(dir_ / "outside/inner/file", "outside"));
        // Both ways out: by name from the machine's root, and upwards.
        const std::string up = "../../../../../../../../../.." + (dir_ / "outside");
        EXPECT_EQ(::symlink((dir_ / "outside").c_str(), (dir_ / "root/absolute").c_str()), 0);
        EXPECT_EQ(::symlink(up.c_str(), (dir_ / "root/upwards").c_str()), 0);
        thread_ = std::thread([this] { exchange(); });
    }
    void TearDown() override {
        stop_ = true;
        thread_.join();
    }

    /// box is a folder, the one link, the other link, and a folder again.
    void exchange() {
        const auto root = os::open(dir_ / "root", O_PATH | O_DIRECTORY);
        while (!stop_) {
            for (const char* other : {"absolute", "absolute", "upwards", "upwards"}) {
                ::renameat2(root->get(), "box", root->get(), other, RENAME_EXCHANGE);
                ++exchanges_;
            }
        }
    }
    os::RootDir root() { return std::move(*os::RootDir::open(dir_ / "root")); }
    [[nodiscard]] std::vector<std::string> outside() const {
        auto names = os::list_dir(dir_ / "outside/inner");
        return names ? *names : std::vector<std::string>{"unreadable"};
    }

    test::TempDir dir_;
    std::atomic<bool> stop_ = false;
    std::atomic<int> exchanges_ = 0;
    std::thread thread_;
};

TEST_F(Exchange, an_archive_shows_nothing_from_outside) {
    const auto root_dir = root();
    int found = 0;
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (int i = 0; i < rounds || found == 0; ++i) {
        ASSERT_LT(std::chrono::steady_clock::now(), give_up) << "it was never there";
        const auto fd = root_dir.open_in("/box/inner", O_PATH, os::LastLink::keep);
        if (!fd) {
            continue;  // a link that leads nowhere below the root
        }
        ++found;
        std::string tar;
        archive::TextSink sink(tar);
        TreeArchive archive(sink);
        ASSERT_TRUE(archive.add(fd->get(), "inner"));
        ASSERT_TRUE(archive.finish());
        EXPECT_EQ(tar.find("outside"), std::string::npos);
    }
    EXPECT_GT(found, 0);
    EXPECT_GT(exchanges_, rounds / 10);
}

TEST_F(Exchange, a_whole_root_is_archived_without_what_its_links_point_to) {
    const auto root_dir = root();
    for (int i = 0; i < rounds / 4; ++i) {
        std::string tar;
        archive::TextSink sink(tar);
        TreeArchive archive(sink);
        ASSERT_TRUE(archive.add(root_dir.fd(), ""));
        ASSERT_TRUE(archive.finish());
        archive::TextSource source(tar);
        auto reader = archive::TarReader::open(source);
        while (true) {
            auto entry = reader->next();
            ASSERT_TRUE(entry);
            if (!*entry) {
                break;
            }
            if ((*entry)->type == archive::EntryType::file) {
                auto text = reader->read_text(100);
                EXPECT_EQ(text ? *text : "unreadable", "inside");
            }
        }
    }
}

TEST_F(Exchange, nothing_is_written_outside) {
    std::string tar;
    archive::TextSink sink(tar);
    archive::TarWriter writer(sink);
    ASSERT_TRUE(writer.add_file({.path = "inner/new", .mode = 0644}, "new"));
    ASSERT_TRUE(
        writer.add({.path = "inner/folder", .type = archive::EntryType::directory, .mode = 0755}));
    ASSERT_TRUE(writer.add_file({.path = "inner/folder/file", .mode = 0644}, "new"));
    ASSERT_TRUE(
        writer.add({.path = "inner/link", .type = archive::EntryType::symlink, .link = "new"}));
    ASSERT_TRUE(writer.finish());
    int written = 0;
    for (int i = 0; i < rounds; ++i) {
        // Below the root with the exchanged folder in the path, and below that folder itself.
        auto place = i % 2 == 0 ? root().open_in("/box", O_PATH | O_DIRECTORY)
                                : root().open_in("/", O_PATH | O_DIRECTORY);
        if (!place) {
            continue;
        }
        TreeWriter tree(os::RootDir(std::move(*place)), {});
        archive::TextSource source(tar);
        auto reader = archive::TarReader::open(source);
        Result<> put;
        while (put.ok()) {
            auto entry = reader->next();
            if (!entry || !*entry) {
                break;
            }
            archive::Entry& one = **entry;
            one.path = *clean_entry_path(i % 2 == 0 ? one.path : "box/" + one.path);
            const auto added = tree.add(one, *reader);
            put = added ? Result<>() : Result<>(added.error());
        }
        written += put.ok() ? 1 : 0;
        ASSERT_EQ(outside(), std::vector<std::string>{"file"});
    }
    EXPECT_GT(written, 0);
    EXPECT_EQ(os::read_file(dir_ / "outside/inner/file").value_or(""), "outside");
}

}  // namespace
}  // namespace wherry::files
