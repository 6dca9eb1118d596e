#include "monitor/health_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wherry::monitor {
namespace {

using namespace std::chrono_literals;
using testing::SizeIs;
using wire::HealthStatus;

constexpr std::int64_t second = 1'000'000'000;

wire::HealthResult result(int exit_code, std::int64_t start = 0) {
    return {start, start + second, exit_code, "", true};
}

TEST(HealthRule, zeros_are_dockers_defaults) {
    const HealthRule rule({}, 0);
    EXPECT_EQ(rule.next_delay(0), 30s);
    EXPECT_EQ(rule.timeout(), 30s);
    EXPECT_EQ(rule.state().status, HealthStatus::starting);
    HealthRule probed({}, 0);
    probed.take(result(1));
    probed.take(result(1));
    EXPECT_EQ(probed.state().status, HealthStatus::starting);
    probed.take(result(1));
    EXPECT_EQ(probed.state().status, HealthStatus::unhealthy);
}

TEST(HealthRule, one_success_heals_and_failures_must_follow_each_other) {
    wire::HealthPlan plan;
    plan.retries = 2;
    HealthRule rule(plan, 0);
    const std::pair<int, HealthStatus> steps[] = {
        {0, HealthStatus::healthy}, {1, HealthStatus::healthy},   {0, HealthStatus::healthy},
        {1, HealthStatus::healthy}, {2, HealthStatus::unhealthy}, {-1, HealthStatus::unhealthy},
        {0, HealthStatus::healthy},
    };
    for (const auto& [code, status] : steps) {
        rule.take(result(code));
        EXPECT_EQ(rule.state().status, status) << code;
    }
    EXPECT_EQ(rule.state().failing_streak, 0);
}

TEST(HealthRule, failures_of_the_start_period_do_not_count_until_it_was_healthy) {
    wire::HealthPlan plan;
    plan.retries = 1;
    plan.interval = 10 * second;
    plan.start_period = 60 * second;
    plan.start_interval = second;
    HealthRule rule(plan, 100 * second);
    EXPECT_EQ(rule.next_delay(100 * second), 1s);
    rule.take(result(1, 110 * second));
    EXPECT_EQ(rule.state().failing_streak, 0);
    EXPECT_EQ(rule.next_delay(111 * second), 1s);
    EXPECT_EQ(rule.next_delay(160 * second), 10s);
    rule.take(result(0, 120 * second));
    EXPECT_EQ(rule.next_delay(121 * second), 10s);
    rule.take(result(1, 130 * second));
    EXPECT_EQ(rule.state().status, HealthStatus::unhealthy);
    HealthRule late(plan, 100 * second);
    late.take(result(1, 160 * second));
    EXPECT_EQ(late.state().status, HealthStatus::unhealthy);
}

TEST(HealthRule, keeps_the_last_five) {
    HealthRule rule({}, 0);
    for (int i = 0; i < 7; ++i) {
        rule.take(result(i));
    }
    ASSERT_THAT(rule.state().log, SizeIs(5));
    EXPECT_EQ(rule.state().log.front().exit_code, 2);
    EXPECT_EQ(rule.state().log.back().exit_code, 6);
}

TEST(ProbeOutput, is_cut_with_a_mark) {
    ProbeOutput output;
    output.append(std::string(4000, 'a'));
    output.append(std::string(96, 'b'));
    EXPECT_EQ(output.text().size(), 4096U);
    output.append("c");
    EXPECT_EQ(output.text().size(), 4099U);
    EXPECT_TRUE(output.text().ends_with("b..."));
}

TEST(TimeoutText, has_the_references_durations) {
    const std::pair<std::chrono::nanoseconds, std::string> cases[] = {
        {1s, "1s"},       {1500ms, "1.5s"},  {30s, "30s"},      {90s, "1m30s"},
        {100ms, "100ms"}, {1500us, "1.5ms"}, {3600s, "1h0m0s"}, {2min, "2m0s"},
    };
    for (const auto& [duration, text] : cases) {
        EXPECT_EQ(timeout_text(duration, ""), "Health check exceeded timeout (" + text + ")");
    }
    EXPECT_EQ(timeout_text(1s, "so far"), "Health check exceeded timeout (1s): so far");
}

}  // namespace
}  // namespace wherry::monitor
