#include <gtest/gtest.h>

#include "monitor/detach_keys.hpp"
#include "monitor/runtime.hpp"
#include "monitor/spool.hpp"
#include "support/temp_dir.hpp"

namespace wherry::monitor {
namespace {

/// What passes of pieces typed one after the other; "!" where the sequence was found.
std::string type(const std::string& sequence, const std::vector<std::string>& pieces) {
    DetachKeys keys(sequence);
    std::string out;
    for (const auto& piece : pieces) {
        if (keys.pass(piece, out)) {
            return out + "!";
        }
    }
    keys.finish(out);
    return out;
}

TEST(DetachKeys, are_found_however_they_are_typed) {
    const struct {
        std::string sequence;
        std::vector<std::string> typed;
        std::string passed;
    } cases[] = {
        {"pq", {"apqb"}, "a!"},   {"pq", {"p", "q"}, "!"},
        {"pq", {"p", "x"}, "px"}, {"pq", {"ppq"}, "p!"},
        {"pq", {"p"}, "p"},       {"q", {"aqb"}, "a!"},
        {"", {"pq"}, "pq"},       {"abc", {"ab", "abc"}, "ab!"},
    };
    for (const auto& c : cases) {
        EXPECT_EQ(type(c.sequence, c.typed), c.passed) << c.sequence;
    }
}

wire::StartRequest request() {
    wire::StartRequest request;
    request.container_id = "id";
    request.runtime = "/usr/bin/crun";
    request.runtime_root = "/r";
    request.runtime_arguments = {"--debug"};
    request.bundle = "/b";
    request.pid_file = "/b/pid";
    return request;
}

TEST(Runtime, command_lines) {
    EXPECT_EQ(run_plan(request(), "/b/console").arguments,
              (std::vector<std::string>{"--root", "/r", "--debug", "--log", "/b/runtime.log", "run",
                                        "--detach", "--bundle", "/b", "--pid-file", "/b/pid",
                                        "--console-socket", "/b/console", "id"}));
    EXPECT_EQ(delete_plan(request()).arguments,
              (std::vector<std::string>{"--root", "/r", "--debug", "delete", "--force", "id"}));
}

TEST(Runtime, command_line_of_an_exec) {
    const RuntimeExec exec{"/proc/self/fd/3", "/b/e1.pid", "/b/e1.log", "/b/e1.tty"};
    EXPECT_EQ(exec_plan(request(), exec).arguments,
              (std::vector<std::string>{"--root", "/r", "--debug", "--log", "/b/e1.log", "exec",
                                        "--detach", "--process", "/proc/self/fd/3", "--pid-file",
                                        "/b/e1.pid", "--console-socket", "/b/e1.tty", "id"}));
}

TEST(Runtime, failures_of_an_exec_are_told_in_the_references_words) {
    using wire::FailureCode;
    constexpr std::string_view start = "OCI runtime exec failed: exec failed: ";
    const struct {
        std::string program, text, told;
        FailureCode code;
    } cases[] = {
        {"nosuch", "executable file `nosuch` not found: No such file or directory",
         "unable to start container process: exec: \"nosuch\": executable file not found in $PATH",
         FailureCode::not_found},
        {"/a/b", "executable file `/a/b` not found: No such file or directory",
         "unable to start container process: exec: \"/a/b\": stat /a/b: no such file or directory",
         FailureCode::not_found},
        {"/etc", "open executable: Operation not permitted",
         "unable to start container process: exec: \"/etc\": permission denied",
         FailureCode::permission},
        {"sh", "the container does not run", "the container does not run", FailureCode::other},
    };
    for (const auto& c : cases) {
        const auto failure = exec_failure(c.program, {classify(c.text), c.text});
        EXPECT_EQ(failure.text, std::string(start) + c.told);
        EXPECT_EQ(failure.code, c.code) << c.program;
    }
}

TEST(Runtime, failures_are_told_apart) {
    using wire::FailureCode;
    const std::pair<std::string_view, FailureCode> cases[] = {
        {"executable file `/nosuch` not found: No such file or directory", FailureCode::not_found},
        {"exec: \"nosuch\": executable file not found in $PATH", FailureCode::not_found},
        {"open executable: Permission denied", FailureCode::permission},
        {"mount `/a` to `b`: Not a directory", FailureCode::not_directory},
        {"set propagation: Invalid argument", FailureCode::other},
    };
    for (const auto& [text, code] : cases) {
        EXPECT_EQ(classify(text), code) << text;
    }
}

TEST(Runtime, pid_files_may_be_torn) {
    EXPECT_EQ(parse_pid("4711\n"), 4711);
    EXPECT_EQ(parse_pid("4711"), 4711);
    for (const std::string_view bad : {"", "\n", "-1", "0", "12x", "99999999999"}) {
        EXPECT_FALSE(parse_pid(bad)) << bad;
    }
}

TEST(Runtime, the_network_namespace_gets_its_path) {
    EXPECT_EQ(with_network_namespace(R"({"path":"@WHERRY_NETWORK_NAMESPACE@"})", "/proc/1/fd/9"),
              R"({"path":"/proc/1/fd/9"})");
    EXPECT_EQ(with_network_namespace("{}", "/x"), "{}");
}

std::string drain(Spool& spool, std::size_t step) {
    std::string out;
    while (spool.size() > 0) {
        const auto front = spool.front().substr(0, step);
        out.append(front);
        spool.pop(front.size());
    }
    return out;
}

std::string numbered(int first, int last) {
    std::string out;
    for (int i = first; i < last; ++i) {
        out += std::to_string(i) + " ";
    }
    return out;
}

TEST(Spool, keeps_the_order_through_memory_and_file) {
    const test::TempDir dir;
    Spool spool(dir.path());
    std::string expected;
    std::string got;
    for (int round = 0; round < 40; ++round) {
        for (int i = 0; i < 10; ++i) {
            const std::string piece =
                numbered(round * 10'000 + i * 1000, round * 10'000 + i * 1000 + 1000);
            spool.append(piece);
            expected += piece;
        }
        // Some of it is read between.
        for (int i = 0; i < round; ++i) {
            const auto front = spool.front().substr(0, 1234);
            got.append(front);
            spool.pop(front.size());
        }
    }
    EXPECT_FALSE(spool.full());
    got += drain(spool, 5000);
    EXPECT_EQ(got.size(), expected.size());
    EXPECT_TRUE(got == expected);
}

TEST(Spool, without_a_file_it_says_when_it_is_full) {
    const std::string folder = "/nosuch/folder";
    Spool spool(folder);
    std::string expected;
    while (!spool.full()) {
        expected += numbered(0, 5000);
        spool.append(numbered(0, 5000));
    }
    EXPECT_LT(expected.size(), 1024U * 1024);
    EXPECT_TRUE(drain(spool, 100'000) == expected);
    EXPECT_FALSE(spool.full());
}

}  // namespace
}  // namespace wherry::monitor
