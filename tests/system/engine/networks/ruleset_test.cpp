// What others do to the ruleset while we run, and while we do not.
#include <chrono>

#include "engine/store/event_log.hpp"
#include "system/engine/networks/fixture.hpp"

namespace wherry::networks {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

class RulesetTest : public NetworksTest {
  protected:
    static void nft(const std::string& text) {
        const auto ran = os::run_program({"nft", "-f", "-"}, text, 5s);
        ASSERT_TRUE(ran) << ran.error().message();
        ASSERT_EQ(ran->exit_code, 0) << ran->output;
    }
    /// Runs the loop until the condition holds; how long that took, or the limit.
    template <class F>
    Clock::duration until(F condition, Clock::duration limit = 5s) {
        const auto start = Clock::now();
        while (!condition() && Clock::now() - start < limit) {
            loop_.run_one(10ms);
        }
        return Clock::now() - start;
    }
    std::vector<store::Event> restorations() {
        auto all = async::run(loop_, store_->events().history(Time{}, now()));
        std::erase_if(*all, [](const store::Event& event) { return event.action != "restore"; });
        return *all;
    }
    [[nodiscard]] bool has(std::string_view text) const {
        return table().find(text) != std::string::npos;
    }

    static PortRequest web_port() {
        return {.container_port = 80, .host_port_first = 8080, .host_port_last = 8080};
    }
};

TEST_F(RulesetTest, a_flushed_table_is_back_within_a_second) {
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    const auto web = connect(request("web", {web_port()}));
    ASSERT_TRUE(web) << web.error().message();
    const auto server = serve(*web, 80, SOCK_STREAM);
    const std::string before = table();
    std::size_t times = 0;
    for (const char* damage :
         {"flush ruleset {}", "delete table inet {}", "flush chain inet {} publish",
          "flush map inet {} ports_any4", "delete element inet {} bridges { docker0 }"}) {
        const std::string all = "flush ruleset {}";
        nft(damage == all ? "flush ruleset" : text::format(damage, networks_->table()));
        ASSERT_NE(table(), before) << damage;
        EXPECT_LT(until([&] { return table() == before; }), 1s) << damage << "\n" << table();
        EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM)) << damage;
        ++times;  // told before the next one, which would else share its event
        until([&] { return restorations().size() == times; });
    }
    const auto told = restorations();
    ASSERT_EQ(told.size(), 5U);
    EXPECT_EQ(told[0].type, "network");
    EXPECT_EQ(told[0].attributes.at("reason"), "flushed");
    EXPECT_EQ(told[0].attributes.at("table"), "inet " + networks_->table());
    EXPECT_TRUE(disconnect("web"));
}

TEST_F(RulesetTest, our_own_changes_and_those_of_others_to_their_tables_restore_nothing) {
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    ASSERT_TRUE(async::run(loop_, networks_->resync()));
    ASSERT_TRUE(connect(request("web", {web_port()})));
    nft("add table inet other\nadd chain inet other x\nadd rule inet other x drop\n"
        "flush table inet other\ndelete table inet other\n");
    ASSERT_TRUE(disconnect("web"));
    until([] { return false; }, 300ms);
    EXPECT_EQ(restorations().size(), 0U);
}

TEST_F(RulesetTest, a_start_right_after_a_flush_succeeds) {
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    nft("flush ruleset");
    const auto web = connect(request("web", {web_port()}));
    ASSERT_TRUE(web) << web.error().message();
    const auto server = serve(*web, 80, SOCK_STREAM);
    EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM)) << table();
    EXPECT_TRUE(disconnect("web"));
}

TEST_F(RulesetTest, a_flush_without_a_daemon_is_mended_by_the_next_one) {
    const auto web = connect(request("web", {web_port()}));
    ASSERT_TRUE(web) << web.error().message();
    const auto server = serve(*web, 80, SOCK_STREAM);
    close();
    nft("flush ruleset");
    open();
    ASSERT_TRUE(networks_->restore("web", web->state));
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    EXPECT_TRUE(test::connected_socket("127.0.0.1", 8080, SOCK_STREAM)) << table();
    const auto told = restorations();
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].attributes.at("reason"), "missing");
    EXPECT_TRUE(disconnect("web"));
}

TEST_F(RulesetTest, more_news_than_the_socket_holds_is_a_reason_to_look_at_everything) {
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    const auto web = connect(request("web", {web_port()}));
    ASSERT_TRUE(web) << web.error().message();
    // The loop does not run meanwhile, so nobody reads; the last thing is what is missed.
    std::string many = "add table inet other\nadd set inet other s { type ipv4_addr; }\n";
    for (int i = 0; i < 40000; ++i) {
        many += text::format("add element inet other s { 10.{}.{}.{} }\n", i >> 16, i >> 8 & 255,
                             i & 255);
    }
    nft(many);
    nft("delete table inet other");
    nft("flush ruleset");
    EXPECT_LT(until([&] { return has("8080"); }), 1s) << table();
    EXPECT_TRUE(disconnect("web"));
}

TEST_F(RulesetTest, rules_of_others_that_drop_published_traffic_are_told) {
    // As ufw's policy does.
    nft("add table ip filter\n"
        "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }\n");
    ASSERT_TRUE(async::run(loop_, networks_->start()));
    until([&] { return networks_->warnings().size() == 1; });
    ASSERT_EQ(networks_->warnings().size(), 1U);
    EXPECT_EQ(
        networks_->warnings()[0],
        "chain FORWARD of the nftables table ip filter drops forwarded connections: published "
        "ports may not be reached from other machines");
    // As firewalld's chain does, which lets dnat pass.
    nft("flush ruleset\n"
        "add table inet firewalld\n"
        "add chain inet firewalld forward { type filter hook forward priority 10; policy accept; "
        "}\n"
        "add rule inet firewalld forward ct state established,related accept\n"
        "add rule inet firewalld forward ct status dnat accept\n"
        "add rule inet firewalld forward reject with icmpx type admin-prohibited\n");
    EXPECT_LT(until([&] { return networks_->warnings().empty(); }), 2s);
    nft("flush chain inet firewalld forward\n"
        "add rule inet firewalld forward reject with icmpx type admin-prohibited\n");
    EXPECT_LT(until([&] { return networks_->warnings().size() == 1; }), 2s);
    nft("delete table inet firewalld");
    EXPECT_LT(until([&] { return networks_->warnings().empty(); }), 2s);
}

}  // namespace

}  // namespace wherry::networks
