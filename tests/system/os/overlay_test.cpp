// Overlays with many layers: needs root.
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include "os/file.hpp"
#include "os/mount.hpp"
#include "os/overlay.hpp"
#include "os/tree.hpp"
#include "support/temp_dir.hpp"

namespace wherry::os {
namespace {

class OverlayMount : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "needs root";
        }
        ASSERT_TRUE(unshare_mounts().ok());
        ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
        for (const auto* name : {"root", "up", "work"}) {
            ASSERT_TRUE(make_dirs(dir_ / name).ok());
        }
    }
    Overlay with_layers(int count) {
        Overlay overlay{dir_ / "layers", {}, dir_ / "up", dir_ / "work"};
        for (int i = 0; i < count; ++i) {
            const std::string name = text::format("a-layer-with-a-rather-long-name-{}", i);
            EXPECT_TRUE(make_dirs(overlay.base + "/" + name).ok());
            EXPECT_TRUE(write_file(overlay.base + "/" + name + "/same", name).ok());
            EXPECT_TRUE(write_file(text::format("{}/{}/{}", overlay.base, name, i), "").ok());
            overlay.lowers.push_back(name);
        }
        return overlay;
    }

    test::TempDir dir_;
};

TEST_F(OverlayMount, two_hundred_layers_with_the_first_on_top) {
    const auto mounted = mount_overlay(with_layers(200), dir_ / "root");
    ASSERT_TRUE(mounted.ok()) << mounted.error().message();
    EXPECT_EQ(read_file(dir_ / "root/same").value(), "a-layer-with-a-rather-long-name-0");
    EXPECT_TRUE(exists(dir_ / "root/199"));
    ASSERT_TRUE(write_file(dir_ / "root/new", "x").ok());
    EXPECT_TRUE(exists(dir_ / "up/new"));
    EXPECT_TRUE(unmount(dir_ / "root", false).ok());
    EXPECT_FALSE(exists(dir_ / "root/new"));
}

TEST_F(OverlayMount, the_way_of_older_kernels_makes_the_same) {
    const auto overlay = with_layers(60);
    auto made = make_overlay_by_options(overlay);
    ASSERT_TRUE(made.ok()) << made.error().message();
    ASSERT_TRUE(attach_mount(made->get(), dir_ / "root").ok());
    made->reset();  // it would keep the mount busy
    EXPECT_EQ(read_file(dir_ / "root/same").value(), "a-layer-with-a-rather-long-name-0");
    EXPECT_TRUE(exists(dir_ / "root/59"));
    ASSERT_TRUE(write_file(dir_ / "root/new", "x").ok());
    EXPECT_TRUE(exists(dir_ / "up/new"));
    EXPECT_TRUE(unmount(dir_ / "root", false).ok());
    // Only there was it mounted.
    EXPECT_FALSE(exists(overlay.base + "/a-layer-with-a-rather-long-name-0/59"));
}

TEST_F(OverlayMount, an_unsynced_one_follows_another) {
    auto overlay = with_layers(2);
    overlay.unsynced = true;
    for (const auto& make : {make_overlay, make_overlay_by_options}) {
        auto made = make(overlay);
        ASSERT_TRUE(made.ok()) << made.error().message();
        ASSERT_TRUE(attach_mount(made->get(), dir_ / "root").ok());
        made->reset();
        ASSERT_TRUE(write_file(dir_ / "root/new", "x").ok());
        EXPECT_TRUE(unmount(dir_ / "root", false).ok());
        EXPECT_TRUE(exists(dir_ / "up/new"));
        // The kernel's mark, without which it would refuse the next one by itself.
        EXPECT_TRUE(exists(dir_ / "work/work/incompat/volatile"));
        ASSERT_TRUE(remove_tree(dir_ / "work/work/incompat").ok());
    }
    for (int i = 0; i < 2; ++i) {
        EXPECT_TRUE(make_overlay(overlay).ok()) << "the mark was not cleared";
    }
}

TEST_F(OverlayMount, names_of_any_characters_in_the_way_of_older_kernels) {
    Overlay overlay{{}, {}, dir_ / "u,p", dir_ / "w\\o:rk"};
    for (const auto* name : {"a,b", "c:d", "e\\f"}) {
        ASSERT_TRUE(make_dirs(dir_ / name).ok());
        ASSERT_TRUE(write_file(dir_ / name + "/" + name, "").ok());
        overlay.lowers.push_back(dir_ / name);
    }
    ASSERT_TRUE(make_dirs(overlay.upper).ok() && make_dirs(overlay.work).ok());
    const auto made = make_overlay_by_options(overlay);
    ASSERT_TRUE(made.ok()) << made.error().message();
    for (const auto* name : {"a,b", "c:d", "e\\f"}) {
        EXPECT_TRUE(open_at(made->get(), name, O_RDONLY).ok()) << name;
    }
}

TEST_F(OverlayMount, more_layers_than_older_kernels_take_are_refused) {
    const auto made = make_overlay_by_options(with_layers(200));
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().kind(), ErrorKind::unsupported);
}

TEST_F(OverlayMount, a_descriptor_alone_holds_a_root) {
    auto root = make_overlay(with_layers(2));
    ASSERT_TRUE(root.ok()) << root.error().message();
    const auto file = open_at(root->get(), "same", O_RDONLY);
    ASSERT_TRUE(file.ok());
    EXPECT_EQ(read_all(file->get()).value(), "a-layer-with-a-rather-long-name-0");
}

TEST_F(OverlayMount, a_single_layer_without_an_upper_is_read_only) {
    auto overlay = with_layers(1);
    overlay.upper.clear();
    overlay.work.clear();
    ASSERT_TRUE(mount_overlay(overlay, dir_ / "root").ok());
    EXPECT_TRUE(exists(dir_ / "root/0"));
    EXPECT_EQ(write_file(dir_ / "root/new", "x").error().os_error(), EROFS);
    EXPECT_TRUE(unmount(dir_ / "root", false).ok());
}

TEST_F(OverlayMount, a_missing_layer_is_named) {
    auto overlay = with_layers(1);
    overlay.lowers.emplace_back("nosuch");
    const auto mounted = mount_overlay(overlay, dir_ / "root");
    ASSERT_FALSE(mounted.ok());
    EXPECT_EQ(mounted.error().os_error(), ENOENT);
    EXPECT_NE(mounted.error().message().find("nosuch"), std::string::npos);
}

}  // namespace
}  // namespace wherry::os
