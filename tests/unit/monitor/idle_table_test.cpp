#include "monitor/idle_table.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace wherry::monitor {
namespace {

using std::chrono::seconds;
using Table = IdleTable<char, std::shared_ptr<int>>;

Table::Clock::time_point at(int second) {
    return Table::Clock::time_point(seconds(second));
}

/// Three values, added at the seconds 0, 1 and 2, of which the test sees whether they live.
class IdleTableTest : public ::testing::Test {
  protected:
    IdleTableTest() {
        for (int i = 0; i < 3; ++i) {
            add(static_cast<char>('a' + i), i);
        }
    }
    void add(char key, int second) {
        auto value = std::make_shared<int>(second);
        seen_.emplace_back(key, value);
        EXPECT_EQ(table_.add(key, std::move(value), at(second)).use_count(), 1);
    }
    [[nodiscard]] std::string living() const {
        std::string out;
        for (const auto& [key, value] : seen_) {
            out += value.expired() ? std::string() : std::string(1, key);
        }
        return out;
    }

    Table table_{3, seconds(10)};
    std::vector<std::pair<char, std::weak_ptr<int>>> seen_;
};

TEST_F(IdleTableTest, finds_what_was_added) {
    ASSERT_NE(table_.use('b', at(3)), nullptr);
    EXPECT_EQ(**table_.use('b', at(3)), 1);
    EXPECT_EQ(table_.use('x', at(3)), nullptr);
    EXPECT_EQ(table_.size(), 3U);
}

TEST_F(IdleTableTest, the_one_unused_for_the_longest_time_makes_room) {
    add('d', 3);
    EXPECT_EQ(living(), "bcd");
    ASSERT_NE(table_.use('b', at(4)), nullptr);
    add('e', 5);
    EXPECT_EQ(living(), "bde");
    EXPECT_EQ(table_.use('c', at(6)), nullptr);
    EXPECT_EQ(table_.size(), 3U);
}

TEST_F(IdleTableTest, what_is_idle_for_the_limit_goes_and_not_before) {
    EXPECT_EQ(table_.next_expiry(), at(10));
    table_.expire(at(9));
    EXPECT_EQ(living(), "abc");
    table_.expire(at(11));
    EXPECT_EQ(living(), "c");
    EXPECT_EQ(table_.next_expiry(), at(12));
    table_.expire(at(12));
    EXPECT_EQ(living(), "");
    EXPECT_EQ(table_.next_expiry(), std::nullopt);
}

TEST_F(IdleTableTest, use_puts_the_end_off) {
    ASSERT_NE(table_.use('a', at(9)), nullptr);
    EXPECT_EQ(table_.next_expiry(), at(11)) << "of b";
    table_.expire(at(18));
    EXPECT_EQ(living(), "a");
    table_.expire(at(19));
    EXPECT_EQ(living(), "");
}

TEST_F(IdleTableTest, the_oldest_can_be_dropped_until_there_is_none) {
    for (const char* left : {"bc", "c", ""}) {
        EXPECT_TRUE(table_.drop_oldest());
        EXPECT_EQ(living(), left);
    }
    EXPECT_FALSE(table_.drop_oldest());
    add('f', 20);
    EXPECT_EQ(living(), "f");
}

}  // namespace
}  // namespace wherry::monitor
