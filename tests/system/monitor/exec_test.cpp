// Processes beside the payload, through a monitor: needs root, overlay and crun.
#include <csignal>
#include <thread>

#include "os/memory_file.hpp"
#include "system/monitor/fixture.hpp"

namespace wherry::containers {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string process(const std::vector<std::string>& args, bool terminal = false) {
    std::string words;
    for (const auto& arg : args) {
        words += (words.empty() ? "\"" : ",\"") + arg + "\"";
    }
    return text::format(
        R"({"terminal":{},"args":[{}],"env":["PATH=/"],"cwd":"/","user":{"uid":0,"gid":0},)"
        R"("capabilities":{"bounding":[],"effective":[],"permitted":[]}})",
        terminal ? "true" : "false", words);
}

class MonitorExec : public Monitor {
  protected:
    /// A container that waits for its end.
    std::unique_ptr<MonitorClient> box(const std::string& id) {
        const Recipe recipe{.args = {"/guest", "wait", "15"}};
        auto client = launch(id, recipe);
        const auto started = start(*client, id, recipe);
        EXPECT_TRUE(started.ok()) << started.error().message();
        return client;
    }
    void end(MonitorClient& client, const std::string& id) {
        ASSERT_TRUE(run(client.signal(SIGKILL)).ok());
        EXPECT_EQ(finish(client, id).status, 137);
    }

    struct Begun {
        os::UniqueFd socket;  ///< the client's end
        Result<ExecStart> start;
    };
    /// With a client, whose output is not framed.
    Begun begin(MonitorClient& client, const std::string& exec_id,
                const std::vector<std::string>& args, wire::ExecRequest request = {}) {
        auto pair = os::socket_pair();
        auto file = os::make_memory_file("process", process(args, request.terminal));
        EXPECT_TRUE(pair.ok() && file.ok());
        request.exec_id = exec_id;
        request.program = args.front();
        request.attached = true;
        request.attach.framed = false;
        std::vector<os::UniqueFd> fds;
        fds.push_back(*std::move(file));
        fds.push_back(std::move(pair->second));
        auto begun = run(client.exec(std::move(request), std::move(fds)));
        EXPECT_TRUE(begun.ok()) << begun.error().message();
        return {std::move(pair->first), std::move(begun)};
    }
    int status_of(MonitorClient& client, const std::string& exec_id) {
        const auto end = run(client.wait_exec_end(exec_id));
        EXPECT_TRUE(end.ok()) << end.error().message();
        return end.ok() ? end->status : -1;
    }
};

TEST_F(MonitorExec, output_and_exit_code_come_back) {
    auto client = box("x1");
    auto begun = begin(*client, "e", {"/guest", "mixed"});
    ASSERT_FALSE(begun.start->failure);
    EXPECT_GT(begun.start->started.pid, 0);
    EXPECT_EQ(read_to_end(begun.socket.get()).size(), 12U);
    EXPECT_EQ(status_of(*client, "e"), 0);
    begun = begin(*client, "f", {"/guest", "exit", "42"});
    EXPECT_EQ(read_to_end(begun.socket.get()), "");
    EXPECT_EQ(status_of(*client, "f"), 42);
    end(*client, "x1");
}

TEST_F(MonitorExec, the_end_is_told_before_the_output_ends) {
    auto client = box("x2");
    for (int i = 0; i < 50; ++i) {
        const std::string id = std::to_string(i);
        const auto begun = begin(*client, id, {"/guest", "exit", std::to_string(i)});
        EXPECT_EQ(read_to_end(begun.socket.get()), "");
        const auto* end = client->find_exec_end(id);
        ASSERT_NE(end, nullptr) << i;
        EXPECT_EQ(end->status, i);
    }
    end(*client, "x2");
}

TEST_F(MonitorExec, many_run_at_the_same_time_and_keep_their_statuses) {
    auto client = box("x3");
    std::vector<Begun> begun;
    for (int i = 0; i < 40; ++i) {
        begun.push_back(begin(*client, std::to_string(i), {"/guest", "exit", std::to_string(i)}));
    }
    for (int i = 0; i < 40; ++i) {
        EXPECT_EQ(status_of(*client, std::to_string(i)), i);
    }
    end(*client, "x3");
}

TEST_F(MonitorExec, stdin_reaches_the_process_and_ends_with_the_client) {
    auto client = box("x4");
    wire::ExecRequest request;
    request.open_stdin = true;
    request.attach.standard_input = true;
    request.attach.already_read = "first ";
    auto begun = begin(*client, "e", {"/guest", "echo"}, std::move(request));
    ASSERT_TRUE(os::write_all(begun.socket.get(), "second\n").ok());
    EXPECT_EQ(read_until(begun.socket.get(), "second\n"), "first second\n");
    ASSERT_EQ(::shutdown(begun.socket.get(), SHUT_WR), 0);
    EXPECT_EQ(read_to_end(begun.socket.get()), "end of input\n");
    EXPECT_EQ(status_of(*client, "e"), 7);
    end(*client, "x4");
}

TEST_F(MonitorExec, a_terminal_has_a_size_that_changes_and_detach_keys) {
    auto client = box("x5");
    wire::ExecRequest request;
    request.terminal = true;
    request.console_height = 33;
    request.console_width = 99;
    request.open_stdin = true;
    request.attach.standard_input = true;
    request.attach.detach_keys = "\x10\x11";
    auto begun = begin(*client, "e", {"/guest", "size"}, std::move(request));
    std::string size = read_until(begun.socket.get(), "\n");
    // The process may be there before the monitor has set the terminal's size.
    if (size == "0 0\r\n") {
        size = read_until(begun.socket.get(), "\n");
    }
    EXPECT_THAT(size, EndsWith("33 99\r\n"));
    ASSERT_TRUE(run(client->resize_exec("e", 50, 132)).ok());
    EXPECT_EQ(read_until(begun.socket.get(), "\n"), "50 132\r\n");
    ASSERT_TRUE(os::write_all(begun.socket.get(), "\x10\x11").ok());
    EXPECT_EQ(read_to_end(begun.socket.get()), "");
    begun.socket.reset();
    const auto reason = run(client->wait_attach_end(begun.start->started.attach_id));
    ASSERT_TRUE(reason.ok());
    EXPECT_EQ(*reason, wire::AttachEndReason::detach_keys);
    const auto list = run(client->list_execs());
    ASSERT_TRUE(list.ok());
    ASSERT_THAT(list->execs, SizeIs(1));
    EXPECT_TRUE(list->execs[0].running);
    end(*client, "x5");
}

TEST_F(MonitorExec, a_missing_program_is_told_to_the_client_and_leaves_nothing_behind) {
    auto client = box("x6");
    auto begun = begin(*client, "e", {"/nosuch"});
    ASSERT_TRUE(begun.start->failure);
    EXPECT_EQ(begun.start->failure->code, wire::FailureCode::not_found);
    EXPECT_EQ(read_to_end(begun.socket.get()), begun.start->failure->text + "\r\n");
    EXPECT_THAT(begun.start->failure->text, HasSubstr("stat /nosuch: no such file or directory"));
    begun = begin(*client, "f", {"/plain"});
    ASSERT_TRUE(begun.start->failure);
    EXPECT_EQ(begun.start->failure->code, wire::FailureCode::permission);
    // One of the failed ones that stayed would keep the payload's end from being seen. The runtime
    // tells the failure while its child still ends.
    for (int i = 0; i < 500 && os::cgroup_processes(Box::cgroup("x6")).size() > 1; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    EXPECT_THAT(os::cgroup_processes(Box::cgroup("x6")), SizeIs(1));
    end(*client, "x6");
}

TEST_F(MonitorExec, a_process_and_its_session_survive_the_daemon) {
    auto client = box("x7");
    wire::ExecRequest request;
    request.open_stdin = true;
    request.attach.standard_input = true;
    auto begun = begin(*client, "e", {"/guest", "echo"}, std::move(request));
    client.reset();
    ASSERT_TRUE(os::write_all(begun.socket.get(), "still here\n").ok());
    EXPECT_EQ(read_until(begun.socket.get(), "\n"), "still here\n");
    ASSERT_EQ(::shutdown(begun.socket.get(), SHUT_WR), 0);
    EXPECT_EQ(read_to_end(begun.socket.get()), "end of input\n");
    auto again = run(MonitorClient::reconnect(box_->control("x7")));
    ASSERT_TRUE(again.ok());
    auto list = run((*again)->list_execs());
    ASSERT_TRUE(list.ok());
    ASSERT_THAT(list->execs, SizeIs(1));
    EXPECT_EQ(list->execs[0].exec_id, "e");
    EXPECT_FALSE(list->execs[0].running);
    EXPECT_EQ(list->execs[0].status, 7);
    ASSERT_TRUE(run((*again)->forget_exec("e")).ok());
    list = run((*again)->list_execs());
    ASSERT_TRUE(list.ok());
    EXPECT_THAT(list->execs, IsEmpty());
    end(**again, "x7");
}

TEST_F(MonitorExec, ends_with_its_container) {
    auto client = box("x8");
    const auto begun = begin(*client, "e", {"/guest", "wait", "15"});
    EXPECT_THAT(read_until(begun.socket.get(), "ready"), HasSubstr("ready"));
    ASSERT_TRUE(run(client->signal(SIGKILL)).ok());
    ASSERT_TRUE(run(client->wait_exit()).ok());
    const auto* end = client->find_exec_end("e");
    ASSERT_NE(end, nullptr);
    EXPECT_EQ(end->status, 137);
    EXPECT_EQ(read_to_end(begun.socket.get()), "");
    finish(*client, "x8");
}

TEST_F(MonitorExec, is_refused_when_nothing_runs) {
    const Recipe recipe{.args = {"/guest", "exit", "0"}};
    auto client = launch("x9", recipe);
    ASSERT_TRUE(start(*client, "x9", recipe).ok());
    ASSERT_TRUE(run(client->wait_exit()).ok());
    const auto begun = begin(*client, "e", {"/guest", "exit", "0"});
    ASSERT_TRUE(begun.start->failure);
    EXPECT_EQ(begun.start->failure->code, wire::FailureCode::not_running);
    finish(*client, "x9");
}

}  // namespace
}  // namespace wherry::containers
