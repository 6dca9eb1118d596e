#include "engine/containers/top.hpp"

#include <gtest/gtest.h>

#include "engine/containers/stats.hpp"

namespace wherry::containers {
namespace {

os::ProcessFacts shell() {
    os::ProcessFacts process;
    process.pid = 4711;
    process.comm = "sh";
    process.command_line = "sh -c sleep 1000";
    process.state = 'S';
    process.parent = 4700;
    process.session = 4711;
    process.user_ticks = 150;
    process.system_ticks = 50;
    process.start_ticks = 100000;  // a thousand seconds after the start
    process.virtual_kb = 2268;
    process.resident_kb = 1368;
    process.threads = 1;
    process.uid = 4000000;
    return process;
}

TopMachine machine() {
    TopMachine out;
    out.time.boot_time_s = 1'700'000'000;
    out.time.uptime_s = 1020;
    out.memory_kb = 13680;
    out.now = Time(std::chrono::seconds(1'700'001'020));
    return out;
}

std::vector<std::string> row(std::string_view ps_args) {
    auto table = top_table(ps_args, {shell()}, machine());
    EXPECT_TRUE(table) << ps_args;
    return table ? table->processes.at(0) : std::vector<std::string>();
}

std::string titles(std::string_view ps_args) {
    auto table = top_table(ps_args, {}, machine());
    if (!table) {
        return table.error().message();
    }
    std::string out;
    for (const auto& title : table->titles) {
        out += (out.empty() ? "" : " ") + title;
    }
    return out;
}

TEST(Top, columns_follow_the_arguments) {
    EXPECT_EQ(titles(""), "UID PID PPID C STIME TTY TIME CMD");
    EXPECT_EQ(titles("-ef"), "UID PID PPID C STIME TTY TIME CMD");
    EXPECT_EQ(titles("aux"), "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND");
    EXPECT_EQ(titles("-aux"), titles("aux"));
    for (const char* same : {"-o pid,args", "-opid,args", "o pid,args", "-eo pid,args",
                             "-e -o pid -o args", "--format pid,args", "-ax -o pid,args"}) {
        EXPECT_EQ(titles(same), "PID COMMAND") << same;
    }
}

TEST(Top, what_cannot_be_shown_is_refused) {
    EXPECT_EQ(titles("-o args"), "Couldn't find PID field in ps output");
    for (const char* bad : {"-bogus", "-o", "-o pid=", "-o nothing", "-ef &", "-p 1", "-u root"}) {
        const auto table = top_table(bad, {shell()}, machine());
        ASSERT_FALSE(table) << bad;
        EXPECT_EQ(table.error().status(), 500) << bad;
    }
}

TEST(Top, rows_read_as_those_of_ps) {
    const auto full = row("-ef");
    EXPECT_EQ(full.at(0), "4000000");
    EXPECT_EQ(full.at(1), "4711");
    EXPECT_EQ(full.at(3), "10");  // two of twenty seconds
    EXPECT_EQ(full.at(5), "?");
    EXPECT_EQ(full.at(6), "00:00:02");
    EXPECT_EQ(full.at(7), "sh -c sleep 1000");
    const auto by_user = row("aux");
    EXPECT_EQ(by_user.at(2), "10.0");
    EXPECT_EQ(by_user.at(3), "10.0");
    EXPECT_EQ(by_user.at(7), "Ss");
    EXPECT_EQ(by_user.at(9), "0:02");
    EXPECT_EQ(row("-o pid,etime,tty,s"), (std::vector<std::string>{"4711", "00:20", "?", "S"}));
}

TEST(Stats, interfaces_of_a_namespace) {
    const auto found = parse_net_dev(
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes\n"
        "    lo:     100       1    0    0    0     0          0         0      100  1 0 0 0 0 0 "
        "0\n"
        "  eth0: 486 5 1 2 0 0 0 0 84 2 3 4 0 0 0 0\n");
    ASSERT_EQ(found.size(), 1U);
    const auto& eth0 = found.at("eth0");
    EXPECT_EQ(eth0.rx_bytes, 486U);
    EXPECT_EQ(eth0.rx_dropped, 2U);
    EXPECT_EQ(eth0.tx_bytes, 84U);
    EXPECT_EQ(eth0.tx_errors, 3U);
}

}  // namespace
}  // namespace wherry::containers
