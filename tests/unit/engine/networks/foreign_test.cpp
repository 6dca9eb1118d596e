#include "engine/networks/foreign.hpp"

#include <gtest/gtest.h>

namespace wherry::networks {

namespace {

std::string chain(std::string_view family, std::string_view hook, std::string_view policy) {
    return text::format(
        R"({"chain":{"family":"{}","table":"t","name":"{}","type":"filter","hook":"{}",)"
        R"("prio":0,"policy":"{}"}})",
        family, hook, hook, policy);
}

std::string rule(std::string_view family, std::string_view in, std::string_view expressions) {
    return text::format(
        R"({"rule":{"family":"{}","table":"t","chain":"{}","handle":1,"expr":[{}]}})", family, in,
        expressions);
}

std::string match(std::string_view left, std::string_view right, std::string_view op = "==") {
    return text::format(R"({"match":{"op":"{}","left":{},"right":{}}})", op, left, right);
}

std::size_t drops(std::initializer_list<std::string> items) {
    std::string text = R"({"nftables":[{"metainfo":{}})";
    for (const std::string& item : items) {
        text += "," + item;
    }
    const auto ruleset = json::Value::parse(text + "]}");
    EXPECT_TRUE(ruleset) << text;
    return find_foreign_drops(*ruleset, {.own_table = "wherry", .bridges = {"docker0"}}).size();
}

constexpr std::string_view oifname = R"({"meta":{"key":"oifname"}})";
constexpr std::string_view iifname = R"({"meta":{"key":"iifname"}})";
constexpr std::string_view state = R"({"ct":{"key":"state"}})";
constexpr std::string_view status = R"({"ct":{"key":"status"}})";
constexpr std::string_view accept = R"({"accept":null})";
constexpr std::string_view drop = R"({"drop":null})";

TEST(ForeignDrops, a_policy_drops_what_no_rule_accepts) {
    EXPECT_EQ(drops({}), 0U);
    EXPECT_EQ(drops({chain("inet", "forward", "accept")}), 0U);
    EXPECT_EQ(drops({chain("inet", "forward", "drop")}), 1U);
    EXPECT_EQ(drops({chain("ip", "forward", "drop")}), 1U);
    EXPECT_EQ(drops({chain("ip6", "forward", "drop")}), 0U)
        << "v6 ports are relayed, not forwarded";
    EXPECT_EQ(drops({chain("ip6", "input", "drop")}), 1U);
    EXPECT_EQ(drops({chain("ip", "input", "drop")}), 0U) << "v4 ports are forwarded";
    EXPECT_EQ(drops({chain("inet", "input", "drop"), chain("inet", "forward", "drop")}), 2U);
}

TEST(ForeignDrops, a_rule_that_lets_our_packet_pass_is_followed) {
    const std::string policy = chain("inet", "forward", "drop");
    const auto with = [&](const std::string& condition) {
        return drops({policy, rule("inet", "forward", condition + "," + std::string(accept))});
    };
    EXPECT_EQ(with(match(oifname, R"("docker0")")), 0U);
    EXPECT_EQ(with(match(oifname, R"("docker*")")), 0U);
    EXPECT_EQ(with(match(oifname, R"({"set":["br0","docker0"]})")), 0U);
    EXPECT_EQ(with(match(oifname, R"("br0")")), 1U);
    EXPECT_EQ(with(match(oifname, R"("br0")", "!=")), 0U);
    EXPECT_EQ(with(match(oifname, R"("@mine")")), 1U) << "what a named set holds is not known";
    EXPECT_EQ(with(match(status, R"("dnat")", "in")), 0U);
    EXPECT_EQ(with(match(state, R"(["established","related"])", "in")), 1U);
    EXPECT_EQ(with(match(iifname, R"("lo")")), 1U);
    EXPECT_EQ(with(match(iifname, R"("docker0")", "!=")), 0U);
    EXPECT_EQ(with(match(R"({"payload":{"protocol":"tcp","field":"dport"}})", "80")), 1U);
    EXPECT_EQ(with(R"({"counter":{"packets":1,"bytes":2}})"), 0U);
    EXPECT_EQ(with(R"({"xt":null})"), 1U) << "an extension's condition is not known";
}

TEST(ForeignDrops, a_drop_rule_counts_where_it_is_reached) {
    const std::string policy = chain("inet", "forward", "accept");
    EXPECT_EQ(drops({policy, rule("inet", "forward", drop)}), 1U);
    EXPECT_EQ(drops({policy, rule("inet", "forward", R"({"reject":{"type":"icmpx"}})")}), 1U);
    EXPECT_EQ(drops({policy, rule("inet", "forward", accept), rule("inet", "forward", drop)}), 0U);
    EXPECT_EQ(drops({policy, rule("inet", "forward",
                                  match(state, R"("invalid")", "in") + "," + std::string(drop))}),
              0U);
    EXPECT_EQ(drops({policy, rule("inet", "forward", R"({"jump":{"target":"deep"}})"),
                     rule("inet", "deep", drop)}),
              1U);
    EXPECT_EQ(drops({policy, rule("inet", "forward", R"({"jump":{"target":"deep"}})"),
                     rule("inet", "deep", R"({"return":null})"), rule("inet", "deep", drop)}),
              0U);
    EXPECT_EQ(drops({policy, rule("inet", "forward", R"({"jump":{"target":"forward"}})"),
                     rule("inet", "forward", drop)}),
              1U)
        << "a loop, which the kernel refuses, is no loop here";
}

TEST(ForeignDrops, our_own_table_is_left_out) {
    const auto ruleset = json::Value::parse(
        R"({"nftables":[{"chain":{"family":"inet","table":"wherry","name":"forward",)"
        R"("type":"filter","hook":"forward","policy":"drop"}}]})");
    EXPECT_EQ(find_foreign_drops(*ruleset, {.own_table = "wherry"}).size(), 0U);
    const auto found = find_foreign_drops(*ruleset, {.own_table = "wherry_1"});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0],
              "chain forward of the nftables table inet wherry drops forwarded connections: "
              "published ports may not be reached from other machines");
}

}  // namespace

}  // namespace wherry::networks
