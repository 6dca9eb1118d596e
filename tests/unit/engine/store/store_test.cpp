#include "engine/store/store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "engine/store/event_log.hpp"
#include "net/async/loop.hpp"
#include "net/async/task_group.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"

namespace wherry::store {
namespace {

class StoreTest : public testing::Test {
  protected:
    void open() {
        auto opened = Store::open(layout_);
        ASSERT_TRUE(opened.ok()) << opened.error().message();
        store_ = *std::move(opened);
    }
    Result<> commit(Batch batch, Durability durability = Durability::synced) {
        return async::run(loop_, store_->commit(std::move(batch), durability));
    }
    std::vector<std::string> values(std::string_view kind) {
        std::vector<std::string> out;
        const auto records = store_->load(kind);
        for (const auto& record : records.value()) {
            out.push_back(record.key + "=" + record.value);
        }
        return out;
    }

    test::TempDir dir_;
    Layout layout_{dir_.path() + "/data", dir_.path() + "/run"};
    async::Loop loop_;
    std::unique_ptr<Store> store_;
};

using Values = std::vector<std::string>;

TEST_F(StoreTest, records_survive_a_restart) {
    open();
    Batch batch;
    batch.put("container", "a", "1");
    batch.put("container", "b", "2");
    batch.put("image", "a", "3");
    ASSERT_TRUE(commit(std::move(batch)).ok());
    Batch second;
    second.put("container", "a", "4");
    second.erase("container", "b");
    ASSERT_TRUE(commit(std::move(second), Durability::relaxed).ok());
    store_.reset();
    open();
    EXPECT_EQ(values("container"), Values{"a=4"});
    EXPECT_EQ(values("image"), Values{"a=3"});
}

TEST_F(StoreTest, the_log_keeps_its_blocks_and_does_not_grow_without_end) {
    open();
    const std::string log = layout_.database() + "-wal";
    struct stat info{};
    ASSERT_EQ(::stat(log.c_str(), &info), 0);
    const off_t begun = info.st_size;
    EXPECT_GE(begun, 4 << 20);
    const std::string value(16'000, 'v');
    for (int i = 0; i < 600; ++i) {  // some 3000 pages, three times what the log may hold
        Batch batch;
        batch.put("container", std::to_string(i % 10), std::to_string(i) + value);
        ASSERT_TRUE(commit(std::move(batch), Durability::relaxed).ok());
    }
    ASSERT_EQ(::stat(log.c_str(), &info), 0);
    EXPECT_EQ(info.st_size, begun);
    store_.reset();
    ASSERT_EQ(::stat(log.c_str(), &info), 0);
    EXPECT_EQ(info.st_size, begun);
    open();
    const auto found = values("container");
    ASSERT_EQ(found.size(), 10U);
    EXPECT_TRUE(found[0].starts_with("0=590v")) << found[0].substr(0, 20);
}

TEST_F(StoreTest, a_second_engine_on_the_folder_is_refused) {
    open();
    const auto second = Store::open(layout_);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind(), ErrorKind::conflict);
    EXPECT_EQ(second.error().message(), "another engine uses " + layout_.data_root());
}

TEST_F(StoreTest, a_corrupt_database_is_a_clear_error) {
    ASSERT_TRUE(layout_.create().ok());
    ASSERT_TRUE(os::write_file(layout_.database(), std::string(8192, 'x')).ok());
    const auto opened = Store::open(layout_);
    ASSERT_FALSE(opened.ok());
    EXPECT_TRUE(opened.error().message().starts_with("state database " + layout_.database()))
        << opened.error().message();
}

TEST_F(StoreTest, a_newer_schema_is_refused) {
    open();
    store_.reset();
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(layout_.database().c_str(), &raw), SQLITE_OK);
    sqlite3_exec(raw, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(raw);
    const auto opened = Store::open(layout_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().kind(), ErrorKind::unsupported);
}

Event event(std::string action) {
    Event made;
    made.type = "container";
    made.action = std::move(action);
    made.actor_id = "id";
    made.attributes = {{"name", "web"}};
    return made;
}

TEST_F(StoreTest, events_are_numbered_over_restarts_and_found_by_time) {
    open();
    const Time before = now();
    for (const char* action : {"create", "start"}) {
        Batch batch;
        batch.event(event(action));
        ASSERT_TRUE(commit(std::move(batch)).ok());
    }
    store_.reset();
    open();
    Batch batch;
    batch.event(event("die"));
    ASSERT_TRUE(commit(std::move(batch)).ok());
    const auto found = async::run(loop_, store_->events().history(before, now()));
    ASSERT_TRUE(found.ok());
    ASSERT_EQ(found->size(), 3U);
    EXPECT_EQ((*found)[2].action, "die");
    EXPECT_EQ((*found)[2].number, 3U);
    EXPECT_EQ((*found)[0].attributes.at("name"), "web");
    EXPECT_TRUE(async::run(loop_, store_->events().history(now(), now()))->empty());
}

TEST_F(StoreTest, listeners_hear_events_after_the_commit_in_order) {
    open();
    auto listener = store_->events().subscribe();
    for (const char* action : {"create", "start", "die"}) {
        Batch batch;
        batch.event(event(action));
        ASSERT_TRUE(commit(std::move(batch), Durability::relaxed).ok());
    }
    for (const char* action : {"create", "start", "die"}) {
        const auto item = async::run(loop_, listener.next());
        ASSERT_TRUE(item.ok());
        EXPECT_EQ((*item->value)->action, action);
    }
}

Task<> commit_one(Store& store, int number, int& done) {
    Batch batch;
    batch.put("n", std::to_string(number), "x");
    const Result<> written = co_await store.commit(std::move(batch), Durability::synced);
    done += written.ok() ? 1 : 0;
}

TEST_F(StoreTest, commits_that_wait_together_are_all_written) {
    open();
    int done = 0;
    async::TaskGroup group(loop_.executor());
    for (int number = 0; number < 500; ++number) {
        group.spawn(commit_one(*store_, number, done));
    }
    async::run(loop_, group.join());
    EXPECT_EQ(done, 500);
    EXPECT_EQ(values("n").size(), 500U);
}

}  // namespace
}  // namespace wherry::store
