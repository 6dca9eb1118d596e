#include "base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace wherry {
namespace {

// Counts how many of it live.
class Counted {
  public:
    Counted(std::string name, int& living) : name_(std::move(name)), living_(&living) {
        ++*living_;
    }
    Counted(const Counted& other) : name_(other.name_), living_(other.living_) { ++*living_; }
    Counted(Counted&& other) noexcept : name_(std::move(other.name_)), living_(other.living_) {
        ++*living_;
    }
    Counted& operator=(const Counted&) = default;
    Counted& operator=(Counted&&) = default;
    ~Counted() { --*living_; }
    [[nodiscard]] const std::string& name() const { return name_; }

  private:
    std::string name_;
    int* living_;
};

const std::string long_text(100, 'x');  // not within the string itself

TEST(Result, holds_a_value_or_an_error_and_ends_it) {
    int living = 0;
    {
        const Result<Counted> value = Counted(long_text, living);
        EXPECT_TRUE(value.ok());
        EXPECT_EQ(value->name(), long_text);
        EXPECT_EQ(living, 1);
        const Result<Counted> error = Error(ErrorKind::conflict, long_text);
        EXPECT_FALSE(error.ok());
        EXPECT_EQ(error.error().message(), long_text);
    }
    EXPECT_EQ(living, 0);
}

TEST(Result, is_assigned_from_any_state_to_any) {
    int living = 0;
    {
        const Result<Counted> value = Counted("value" + long_text, living);
        const Result<Counted> error = Error(ErrorKind::conflict, "error" + long_text);
        for (const Result<Counted>& before : {value, error}) {
            for (const Result<Counted>& after : {value, error}) {
                Result<Counted> copied = before;
                copied = after;
                Result<Counted> moved = before;
                moved = Result<Counted>(after);
                for (const auto* got : {&copied, &moved}) {
                    ASSERT_EQ(got->ok(), after.ok());
                    EXPECT_EQ(got->ok() ? (*got)->name() : got->error().message(),
                              (after.ok() ? "value" : "error") + long_text);
                }
            }
        }
        EXPECT_EQ(living, 1);
    }
    EXPECT_EQ(living, 0);
}

TEST(Result, assigned_to_itself_stays) {
    int living = 0;
    Result<Counted> value = Counted(long_text, living);
    auto& same = value;
    value = same;
    EXPECT_EQ(value->name(), long_text);
    value = std::move(same);
    EXPECT_EQ(value->name(), long_text);
    EXPECT_EQ(living, 1);
}

TEST(Result, is_copied_only_if_its_value_can_be) {
    static_assert(std::is_copy_constructible_v<Result<std::string>>);
    static_assert(std::is_copy_assignable_v<Result<std::string>>);
    static_assert(!std::is_copy_constructible_v<Result<std::unique_ptr<int>>>);
    static_assert(!std::is_copy_assignable_v<Result<std::unique_ptr<int>>>);
    Result<std::unique_ptr<int>> first = std::make_unique<int>(7);
    const Result<std::unique_ptr<int>> second = std::move(first);
    EXPECT_EQ(**second, 7);
}

TEST(Result, value_throws_what_is_wrong) {
    const Result<std::optional<int>> nothing = std::optional<int>();
    EXPECT_EQ(nothing.value(), std::nullopt);
    Result<int> failed = Error(ErrorKind::not_found, "no such thing");
    try {
        (void)failed.value();
        FAIL() << "it has no value";
    } catch (const BadResult& bad) {
        EXPECT_STREQ(bad.what(), "no such thing");
        EXPECT_EQ(bad.error().kind(), ErrorKind::not_found);
    }
    EXPECT_EQ(std::move(failed).value_or(3), 3);
}

}  // namespace
}  // namespace wherry
