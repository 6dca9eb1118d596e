#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "codec/wire/exec.hpp"
#include "codec/wire/launch.hpp"
#include "codec/wire/message.hpp"
#include "os/file.hpp"

namespace wherry::wire {
namespace {

StartRequest full_start() {
    StartRequest start;
    start.container_id = "c0ffee";
    start.runtime = "/usr/bin/crun";
    start.runtime_root = "/run/w/crun";
    start.runtime_arguments = {"--cgroup-manager", "cgroupfs"};
    start.bundle = "/run/w/c/c0ffee";
    start.overlay = {
        "/var/lib/w/layers", {"b/diff", "a/diff"}, "/u", "/w", "/run/w/c/c0ffee/rootfs"};
    start.terminal = true;
    start.console_height = 24;
    start.console_width = 80;
    start.open_stdin = true;
    start.log = {LogDriver::json_file, "/l/x-json.log", 10'000'000, 3, true, true, 1 << 20,
                 R"({"a":"b"})"};
    start.fds = {FdRole::network_namespace, FdRole::held, FdRole::relay};
    start.relays = {{2, RelayProtocol::udp, "172.17.0.2", 53}};
    start.exit_record = "/run/w/c/c0ffee/exit";
    start.pid_file = "/run/w/c/c0ffee/pid";
    start.cgroup = "/docker/c0ffee";
    start.init = true;
    return start;
}

/// Compares with tests/golden/wire/NAME.bin; WHERRY_ACCEPT=1 writes it.
void check_golden(const std::string& name, const std::string& bytes) {
    const std::string path = std::string(WHERRY_GOLDEN) + "/wire/" + name + ".bin";
    if (std::getenv("WHERRY_ACCEPT") != nullptr) {
        ASSERT_TRUE(os::write_file(path, bytes).ok());
        GTEST_SKIP() << "accepted " << path;
    }
    const auto golden = os::read_file(path);
    ASSERT_TRUE(golden.ok()) << path;
    EXPECT_EQ(*golden, bytes) << name;
}

TEST(Wire, start_reads_back_whole) {
    const auto back = decode<StartRequest>(encode(full_start(), 7));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(encode(*back, 7), encode(full_start(), 7));
    EXPECT_EQ(back->overlay.lowers, (std::vector<std::string>{"b/diff", "a/diff"}));
    EXPECT_EQ(back->log.attributes, R"({"a":"b"})");
    ASSERT_EQ(back->relays.size(), 1U);
    EXPECT_EQ(back->relays[0].port, 53);
    EXPECT_TRUE(back->init);
}

LaunchRequest full_launch() {
    LaunchRequest launch;
    launch.process.arguments = {"sh", "-c", "true"};
    launch.process.environment = {"PATH=/bin", "A="};
    launch.process.folder = "/srv";
    launch.process.uid = 12;
    launch.process.gid = 34;
    launch.process.groups = {20, 21};
    launch.process.bounding = 0xa80425fb;
    launch.process.effective = 1;
    launch.process.permitted = 3;
    launch.process.limits = {{7, 100, ~std::uint64_t{0}}};
    launch.process.no_new_privileges = true;
    launch.process.filtered = true;
    launch.process.adjusts_oom = true;
    launch.process.oom_score_adj = -500;
    launch.process.apparmor_profile = "docker-default";
    launch.container_id = "c0ffee";
    launch.cgroup = "/docker/c0ffee";
    launch.filter = "/run/w/crun/c0ffee/seccomp.bpf";
    launch.terminal = true;
    launch.height = 24;
    launch.width = 80;
    return launch;
}

TEST(Wire, a_launch_reads_back_whole) {
    const auto back = decode<LaunchRequest>(encode(full_launch(), 0));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(encode(*back, 0), encode(full_launch(), 0));
    EXPECT_EQ(back->process.groups, (std::vector<std::uint32_t>{20, 21}));
    EXPECT_EQ(back->process.limits[0].hard, ~std::uint64_t{0});
    EXPECT_EQ(back->process.oom_score_adj, -500);
    EXPECT_EQ(back->width, 80U);
}

TEST(Wire, bytes_are_what_earlier_versions_wrote) {
    check_golden("start", encode(full_start(), 7));
    check_golden("process_plan", encode(full_launch().process, 0));
    ExitEvent exit;
    exit.status = 137;
    exit.oom_killed = true;
    exit.finished_at = 1'700'000'000'123'456'789;
    exit.error = "e";
    check_golden("exited", encode(exit, 0));
    Hello hello;
    hello.phase = Phase::exited;
    hello.container_id = "c0ffee";
    hello.payload_pid = 4711;
    hello.started_at = 1'700'000'000'000'000'000;
    hello.exit = exit;
    check_golden("hello", encode(hello, 0));
    AttachRequest attach;
    attach.standard_input = true;
    attach.detach_keys = "\x10\x11";
    attach.already_read = std::string("a\0b", 3);
    check_golden("attach", encode(attach, 9));
    ExecRequest exec;
    exec.exec_id = "e1";
    exec.program = "sh";
    exec.terminal = true;
    exec.console_height = 24;
    exec.console_width = 80;
    exec.open_stdin = true;
    exec.attached = true;
    exec.attach = attach;
    check_golden("exec", encode(exec, 11));
    check_golden("exec_started", encode(ExecStarted{4712, 5}, 11));
    check_golden("exec_ended", encode(ExecEnded{"e1", 7, 1'700'000'000'000'000'001}, 0));
    ExecList list;
    list.execs = {{"e1", 0, false, 7, 1'700'000'000'000'000'001}, {"e2", 4713, true, 0, 0}};
    check_golden("exec_list", encode(list, 12));
    check_golden("failure", encode(Failure{FailureCode::not_found, "no such file"}, 3));
}

TEST(Wire, missing_trailing_fields_take_their_defaults) {
    std::string bytes = encode(ResizeRequest{"", 40, 100}, 1);
    bytes.resize(bytes.size() - 4);
    bytes[0] = static_cast<char>(bytes.size());
    const auto back = decode<ResizeRequest>(bytes);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->height, 40U);
    EXPECT_EQ(back->width, 0U);
}

TEST(Wire, unknown_trailing_fields_are_skipped) {
    std::string bytes = encode(ResizeRequest{"x", 40, 100}, 1) + "from a newer version";
    bytes[0] = static_cast<char>(bytes.size());
    const auto back = decode<ResizeRequest>(bytes);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(back->process, "x");
    EXPECT_EQ(back->width, 100U);
}

TEST(Wire, every_cut_is_an_error_or_a_default_never_a_crash) {
    const std::string whole = encode(full_start(), 1);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string cut = whole.substr(0, size);
        EXPECT_FALSE(decode<StartRequest>(cut).ok());  // its size is wrong
        for (std::size_t i = 0; i < 4 && i < size; ++i) {
            cut[i] = static_cast<char>((size >> (8 * i)) & 0xff);
        }
        const auto decoded = decode<StartRequest>(cut);
        EXPECT_EQ(decoded.ok() && size < header_size, false) << size;
    }
}

TEST(Wire, hostile_counts_and_sizes_are_refused) {
    const std::string whole = encode(full_start(), 1);
    for (std::size_t at = header_size; at + 4 <= whole.size(); ++at) {
        std::string bad = whole;
        bad.replace(at, 4, "\xff\xff\xff\xff");
        const auto decoded = decode<StartRequest>(bad);  // must end, and without much memory
        if (decoded.ok()) {
            EXPECT_LT(decoded->runtime_arguments.size(), whole.size());
        }
    }
    std::string bad = whole;
    bad.replace(header_size, 4, "\xff\xff\xff\xff");  // the size of the first text
    EXPECT_FALSE(decode<StartRequest>(bad).ok());
}

TEST(Wire, another_type_is_refused) {
    EXPECT_FALSE(decode<Started>(encode(Done{}, 1)).ok());
    EXPECT_TRUE(decode<Done>(encode(Done{}, 1)).ok());
}

}  // namespace
}  // namespace wherry::wire
