#include "engine/volumes/catalog.hpp"

#include <gtest/gtest.h>

#include "engine/volumes/name.hpp"
#include "net/async/loop.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::volumes {
namespace {

class FakeUsers final : public VolumeUsers {
  public:
    [[nodiscard]] std::vector<std::string> users_of(std::string_view volume) const override {
        return volume == used ? std::vector<std::string>{"c1", "c2"} : std::vector<std::string>();
    }
    std::string used;
};

class VolumesTest : public testing::Test {
  public:
    ~VolumesTest() override { close(); }

  protected:
    VolumesTest() { open(); }
    void open() {
        store_ = store::Store::open(layout_).value();
        trash_ = std::make_unique<store::Trash>(layout_, loop_.executor());
        volumes_ = Volumes::open(*store_, *trash_).value();
        volumes_->set_users(&users_);
    }
    void close() {
        volumes_.reset();
        async::run(loop_, trash_->close());
        trash_.reset();
        store_.reset();
    }
    api::Volume make(std::string name) {
        return async::run(loop_, volumes_->get_or_create(std::move(name))).value();
    }

    test::TempDir dir_;
    store::Layout layout_{dir_.path() + "/data", dir_.path() + "/run"};
    async::Loop loop_;
    FakeUsers users_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<store::Trash> trash_;
    std::unique_ptr<Volumes> volumes_;
};

TEST_F(VolumesTest, are_made_once_and_survive_a_restart) {
    const api::Volume made = make("data");
    EXPECT_TRUE(os::exists(made.mountpoint));
    EXPECT_EQ(make("data").created_at, made.created_at);
    close();
    open();
    EXPECT_EQ(volumes_->get("data")->mountpoint, made.mountpoint);
}

TEST_F(VolumesTest, without_a_name_are_anonymous) {
    const api::Volume made = make("");
    EXPECT_EQ(made.name.size(), 64U);
    EXPECT_TRUE(is_anonymous(made));
    EXPECT_FALSE(is_anonymous(make("named")));
}

TEST_F(VolumesTest, in_use_are_not_removed) {
    make("data");
    users_.used = "data";
    const auto refused = async::run(loop_, volumes_->remove("data"));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().status(), 409);
    EXPECT_EQ(refused.error().message(), "remove data: volume is in use - [c1, c2]");
    users_.used.clear();
    EXPECT_TRUE(async::run(loop_, volumes_->remove("data")).ok());
    EXPECT_FALSE(os::exists(layout_.volume("data")));
    EXPECT_EQ(async::run(loop_, volumes_->remove("data")).error().message(),
              "get data: no such volume");
}

TEST_F(VolumesTest, prune_takes_anonymous_ones_unless_told_all) {
    make("named");
    make("");
    const auto first = async::run(loop_, volumes_->prune({}, false));
    EXPECT_EQ(first->volumes_deleted.size(), 1U);
    const auto second = async::run(loop_, volumes_->prune({}, true));
    ASSERT_EQ(second->volumes_deleted.size(), 1U);
    EXPECT_EQ(second->volumes_deleted[0], "named");
}

TEST(VolumeName, is_checked_as_the_reference_does) {
    for (const char* good : {"ab", "a_b.c-d", "0a"}) {
        EXPECT_TRUE(check_name(good).ok()) << good;
    }
    for (const char* bad : {"a", "a/b", "_a", ".a", "a b", "-a", "ü1"}) {
        EXPECT_FALSE(check_name(bad).ok()) << bad;
    }
}

}  // namespace
}  // namespace wherry::volumes
