#include "engine/images/content.hpp"

#include <gtest/gtest.h>

#include "engine/images/ingest.hpp"
#include "engine/images/sha256.hpp"
#include "net/async/loop.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"
#include "support/temp_dir.hpp"

namespace wherry::images {
namespace {

class ContentTest : public testing::Test {
  protected:
    ContentTest() : layout_(dir_ / "data", dir_ / "run") {}
    void SetUp() override { ASSERT_TRUE(layout_.create()); }
    void TearDown() override { async::run(loop_, trash_.close()); }
    std::string put_blob(std::string_view text) {
        auto ingest = Ingest::begin(layout_);
        EXPECT_TRUE(ingest);
        EXPECT_TRUE(ingest->write(text));
        EXPECT_TRUE(ingest->commit(layout_));
        return ingest->digest();
    }

    test::TempDir dir_;
    store::Layout layout_;
    async::Loop loop_;
    store::Trash trash_{layout_, loop_.executor()};
    Content content_{layout_, trash_};
};

TEST_F(ContentTest, a_blob_goes_with_its_last_reference) {
    const std::string digest = put_blob("hello");
    EXPECT_EQ(digest, sha256("hello"));
    BlobRef first = content_.hold_blob({.digest = digest, .size = 5});
    BlobRef second = content_.hold_blob({.digest = digest, .size = 5});
    EXPECT_EQ(first, second);
    first.reset();
    EXPECT_TRUE(os::exists(layout_.blob(digest)));
    second.reset();
    EXPECT_FALSE(os::exists(layout_.blob(digest)));
    EXPECT_EQ(content_.find_blob(digest), nullptr);
}

TEST_F(ContentTest, a_layer_goes_with_its_last_reference_and_that_is_told) {
    std::vector<std::string> gone;
    content_.on_layer_gone([&](const LayerInfo& layer) { gone.push_back(layer.name); });
    ASSERT_TRUE(os::make_dirs(layout_.layer("aa") + "/diff/etc"));
    LayerRef layer = content_.hold_layer({.name = "aa", .chain_id = "sha256:1"});
    EXPECT_EQ(content_.find_layer("sha256:1"), layer);
    layer.reset();
    EXPECT_EQ(gone, std::vector<std::string>{"aa"});
    EXPECT_FALSE(os::exists(layout_.layer("aa")));
    EXPECT_TRUE(async::run(loop_, trash_.emptied()));
    EXPECT_TRUE(os::list_dir(layout_.trash())->empty());
}

TEST_F(ContentTest, a_chain_that_is_unpacked_again_is_another_layer) {
    ASSERT_TRUE(os::make_dirs(layout_.layer("aa")));
    ASSERT_TRUE(os::make_dirs(layout_.layer("bb")));
    LayerRef old = content_.hold_layer({.name = "aa", .chain_id = "sha256:1"});
    const LayerRef fresh = content_.hold_layer({.name = "bb", .chain_id = "sha256:1"});
    old.reset();
    EXPECT_EQ(content_.find_layer("sha256:1"), fresh);
    EXPECT_TRUE(os::exists(layout_.layer("bb")));
}

TEST_F(ContentTest, files_stay_when_the_engine_ends) {
    const std::string digest = put_blob("kept");
    BlobRef blob;
    {
        Content ending(layout_, trash_);
        blob = ending.hold_blob({.digest = digest, .size = 4});
    }
    blob.reset();
    EXPECT_TRUE(os::exists(layout_.blob(digest)));
}

TEST_F(ContentTest, a_start_removes_what_nobody_refers_to) {
    const std::string kept = put_blob("kept");
    const std::string orphan = put_blob("orphan");
    ASSERT_TRUE(os::make_dirs(layout_.layer("cc")));
    ASSERT_TRUE(os::write_file(layout_.ingest() + "/half", "x"));
    ASSERT_TRUE(content_.prepare());
    const BlobRef blob = content_.hold_blob({.digest = kept, .size = 4});
    ASSERT_TRUE(content_.sweep());
    EXPECT_TRUE(os::exists(layout_.blob(kept)));
    EXPECT_FALSE(os::exists(layout_.blob(orphan)));
    EXPECT_FALSE(os::exists(layout_.layer("cc")));
    EXPECT_TRUE(os::list_dir(layout_.ingest())->empty());
}

TEST_F(ContentTest, an_ingest_that_is_dropped_leaves_nothing) {
    {
        auto ingest = Ingest::begin(layout_);
        ASSERT_TRUE(ingest && ingest->write("half"));
    }
    EXPECT_TRUE(os::list_dir(layout_.ingest())->empty());
}

TEST(Content, chain_ids_follow_the_image_specification) {
    EXPECT_EQ(chain_ids({"sha256:a", "sha256:b"}),
              (std::vector<std::string>{"sha256:a", sha256("sha256:a sha256:b")}));
    EXPECT_TRUE(chain_ids({}).empty());
}

}  // namespace
}  // namespace wherry::images
