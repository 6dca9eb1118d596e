#include "engine/images/unpack.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "codec/archive/tar.hpp"
#include "engine/images/layer_writer.hpp"
#include "engine/images/sha256.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::images {
namespace {

using archive::Entry;
using archive::EntryType;

class UnpackTest : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "needs root: owners, devices, trusted attributes";
        }
    }
    void file(const std::string& path, const std::string& content, std::uint32_t mode = 0644) {
        add({.path = path, .mode = mode}, content);
    }
    void folder(const std::string& path, std::uint32_t mode = 0755) {
        add({.path = path, .type = EntryType::directory, .mode = mode});
    }
    void link(const std::string& path, const std::string& target) {
        add({.path = path, .type = EntryType::symlink, .mode = 0777, .link = target});
    }
    void hardlink(const std::string& path, const std::string& target) {
        add({.path = path, .type = EntryType::hardlink, .mode = 0644, .link = target});
    }
    void add(Entry entry, const std::string& content = "") {
        auto added = writer_.add_file(std::move(entry), content);
        ASSERT_TRUE(added) << added.error().message();
    }
    Result<UnpackedLayer> unpack() {
        CHECK_OK(writer_.finish());
        archive::TextSource source(tar_);
        return unpack_layer(source, dir_ / "layer");
    }
    std::string diff(const std::string& name) { return dir_ / ("layer/diff/" + name); }
    std::string content(const std::string& name) {
        return os::read_file(diff(name)).value_or("unreadable");
    }
    struct stat info(const std::string& name) {
        struct stat found{};
        EXPECT_EQ(::lstat(diff(name).c_str(), &found), 0) << name;
        return found;
    }
    bool is_whiteout(const std::string& name) {
        const auto found = info(name);
        return S_ISCHR(found.st_mode) && found.st_rdev == 0;
    }
    bool is_opaque(const std::string& name) {
        auto root = os::open(diff(name), O_PATH);
        auto value = os::find_xattr(root->get(), ".", "trusted.overlay.opaque");
        return value && *value == "y";
    }

    test::TempDir dir_;
    std::string tar_;

  private:
    archive::TextSink sink_{tar_};
    archive::TarWriter writer_{sink_};
};

TEST_F(UnpackTest, writes_owners_modes_times_and_attributes) {
    Entry tool{.path = "bin/tool", .mode = 04755, .uid = 7, .gid = 8};
    tool.mtime = Time(std::chrono::nanoseconds(1600000000000000123));
    tool.xattrs = {{"security.capability",
                    std::string("\x00\x00\x00\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                                "\x00\x00\x00\x00",
                                20)}};
    Entry bin{.path = "bin", .type = EntryType::directory, .mode = 0751};
    bin.mtime = Time(std::chrono::seconds(1500000000));
    add(bin);
    add(tool, "#!");
    add({.path = "dev/null", .type = EntryType::character, .mode = 0666, .major = 1, .minor = 3});
    add({.path = "pipe", .type = EntryType::fifo, .mode = 0622});
    link("sh", "/bin/tool");
    hardlink("bin/again", "bin/tool");
    const auto layer = unpack();
    ASSERT_TRUE(layer) << layer.error().message();
    EXPECT_EQ(layer->diff_id, sha256(tar_));
    EXPECT_EQ(layer->size, 2U + 9U);
    const auto found = info("bin/tool");
    EXPECT_EQ(found.st_mode, S_IFREG | 04755U);
    EXPECT_EQ(found.st_uid, 7U);
    EXPECT_EQ(found.st_gid, 8U);
    EXPECT_EQ(found.st_nlink, 2U);
    EXPECT_EQ(found.st_mtim.tv_sec, 1600000000);
    EXPECT_EQ(found.st_mtim.tv_nsec, 123);
    EXPECT_EQ(info("bin").st_mtim.tv_sec, 1500000000);
    EXPECT_EQ(info("bin").st_mode, S_IFDIR | 0751U);
    EXPECT_EQ(info("dev/null").st_rdev, makedev(1, 3));
    EXPECT_EQ(info("dev/null").st_mode, S_IFCHR | 0666U);
    EXPECT_EQ(info("pipe").st_mode, S_IFIFO | 0622U);
    auto root = os::open(diff("bin"), O_PATH);
    auto capability = os::find_xattr(root->get(), "tool", "security.capability");
    ASSERT_TRUE(capability && *capability);
    EXPECT_EQ(**capability, tool.xattrs[0].second);
}

TEST_F(UnpackTest, whiteouts_become_what_overlayfs_knows) {
    folder("etc");
    file("etc/.wh.passwd", "");
    file("opt/.wh..wh..opq", "");
    file("opt/new", "x");
    file(".wh..wh.plnk/1.2", "bookkeeping");
    const auto layer = unpack();
    ASSERT_TRUE(layer) << layer.error().message();
    EXPECT_TRUE(is_whiteout("etc/passwd"));
    EXPECT_TRUE(is_opaque("opt"));
    EXPECT_EQ(content("opt/new"), "x");
    EXPECT_FALSE(os::exists(diff(".wh..wh.plnk")));
    EXPECT_FALSE(os::exists(diff("opt/.wh..wh..opq")));
}

TEST_F(UnpackTest, a_whiteout_hides_what_is_below_not_what_its_own_layer_has) {
    file("a/file", "mine");
    file(".wh.a", "");  // after the folder
    file(".wh.b", "");  // before the folder
    folder("b");
    file("b/file", "mine");
    file("c", "mine");
    file(".wh.c", "");
    const auto layer = unpack();
    ASSERT_TRUE(layer) << layer.error().message();
    EXPECT_EQ(content("a/file"), "mine");
    EXPECT_TRUE(is_opaque("a"));
    EXPECT_EQ(content("b/file"), "mine");
    EXPECT_TRUE(is_opaque("b"));
    EXPECT_EQ(content("c"), "mine");
}

TEST_F(UnpackTest, a_later_entry_replaces_an_earlier_one) {
    file("x", "first");
    file("x", "second!");
    file("d/inner", "1");
    file("d", "now a file");
    file("e", "file");
    file("e/child", "x");
    const auto layer = unpack();
    EXPECT_FALSE(layer);  // e is a file, and nothing can lie in it
    EXPECT_EQ(content("x"), "second!");
    EXPECT_EQ(content("d"), "now a file");
}

TEST_F(UnpackTest, sizes_count_replaced_files_once) {
    file("x", "first");
    file("x", "second!");
    const auto layer = unpack();
    ASSERT_TRUE(layer);
    EXPECT_EQ(layer->size, 7U);
}

TEST_F(UnpackTest, names_that_climb_are_refused_or_stay_below) {
    file("/../../absolute", "in");
    file("./dotted/./name", "in");
    ASSERT_TRUE(unpack());
    EXPECT_EQ(content("absolute"), "in");
    EXPECT_EQ(content("dotted/name"), "in");
}

TEST_F(UnpackTest, links_lead_nowhere_outside) {
    ASSERT_TRUE(os::write_file(dir_ / "victim", "untouched"));
    link("out", dir_.path());
    link("up", "../..");
    link("etc", "/usr/etc");
    folder("usr/etc");
    file("etc/conf", "inside");
    const auto layer = unpack();
    ASSERT_TRUE(layer) << layer.error().message();
    EXPECT_EQ(content("usr/etc/conf"), "inside");
}

TEST_F(UnpackTest, a_file_through_a_link_out_of_the_layer_is_refused) {
    ASSERT_TRUE(os::write_file(dir_ / "victim", "untouched"));
    link("out", dir_.path());
    file("out/victim", "broken");
    EXPECT_FALSE(unpack());  // the link's target does not exist below the layer
    EXPECT_EQ(os::read_file(dir_ / "victim").value_or(""), "untouched");
}

TEST_F(UnpackTest, a_file_over_a_link_replaces_the_link) {
    ASSERT_TRUE(os::write_file(dir_ / "victim", "untouched"));
    link("out", dir_ / "victim");
    file("out", "mine");
    ASSERT_TRUE(unpack());
    EXPECT_EQ(os::read_file(dir_ / "victim").value_or(""), "untouched");
    EXPECT_TRUE(S_ISREG(info("out").st_mode));
}

TEST_F(UnpackTest, a_hard_link_reaches_nothing_outside) {
    ASSERT_TRUE(os::write_file(dir_ / "victim", "untouched"));
    hardlink("h", "/../../../.." + (dir_ / "victim"));
    EXPECT_FALSE(unpack());
}

TEST_F(UnpackTest, attributes_of_overlayfs_are_not_taken_from_a_layer) {
    Entry entry{.path = "d", .type = EntryType::directory, .mode = 0755};
    entry.xattrs = {{"trusted.overlay.redirect", "/elsewhere"}, {"user.note", "kept"}};
    add(entry);
    ASSERT_TRUE(unpack());
    auto root = os::open(diff(""), O_PATH);
    EXPECT_EQ(*os::find_xattr(root->get(), "d", "trusted.overlay.redirect"), std::nullopt);
    EXPECT_EQ(*os::find_xattr(root->get(), "d", "user.note"), "kept");
}

TEST_F(UnpackTest, keeps_a_manifest_of_what_it_wrote) {
    file("a b", "123456789");
    ASSERT_TRUE(unpack());
    const std::string text = os::read_file(dir_ / "layer/entries").value_or("");
    // cbf43926 is the CRC-32 of "123456789".
    EXPECT_EQ(text, "wherry-entries 1\nf 420 0 0 9 0 3421780262 a%20b\nend 1\n");
}

TEST(Unpack, ends_when_its_job_is_cancelled) {
    const std::string text(1 << 20, 'x');
    archive::TextSource source(text);
    JobState state;
    JobSource job(source, state);
    std::string buffer(1000, '\0');
    ASSERT_TRUE(job.read(buffer));
    EXPECT_EQ(state.done_bytes, 1000U);
    state.cancelled = true;
    EXPECT_EQ(job.read(buffer).error().kind(), ErrorKind::cancelled);
}

TEST(Unpack, clean_entry_path_reads_names_without_links) {
    EXPECT_EQ(files::clean_entry_path("./a//b/").value_or("error"), "a/b");
    EXPECT_EQ(files::clean_entry_path("/").value_or("error"), "");
    EXPECT_EQ(files::clean_entry_path("a/../b").value_or("error"), "b");
    EXPECT_EQ(files::clean_entry_path("/../x").value_or("error"), "x");
    EXPECT_FALSE(files::clean_entry_path("../x"));
    EXPECT_FALSE(files::clean_entry_path("a/../../x"));
}

TEST(Sha256, is_written_as_registries_write_it) {
    EXPECT_EQ(sha256(""),
              "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace
}  // namespace wherry::images
