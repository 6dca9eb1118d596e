// What is particular to an engine inside a program: its beginning, its end, and the program's
// peace.
#include "wherry/embedded.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "os/tree.hpp"
#include "system/embed/place.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using test::import_box;

#define NEEDS_ENGINE(place)  \
    NEEDS_BUSYBOX()          \
    NEEDS_OWN_NETNS(network) \
    const wherry::test::Place place

RunOptions box(const std::string& script) {
    RunOptions options;
    options.image = "box";
    options.cmd = {"sh", "-c", script};
    return options;
}

std::string run_tool(const std::vector<std::string>& words) {
    return os::run_program(words, "", std::chrono::seconds(10)).value().output;
}

bool has_child() {
    siginfo_t info{};
    return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

TEST(EmbeddedEngine_, leaves_nothing_but_its_state) {
    NEEDS_ENGINE(place);
    {
        const Client client = connect(place.options());
        import_box(client);
        EXPECT_EQ(client.run(box("echo hello world")).value().out, "hello world\n");
        EXPECT_NE(run_tool({"nft", "list", "tables"}).find("inet wherry"), std::string::npos);
    }
    EXPECT_EQ(run_tool({"nft", "list", "tables"}), "");
    EXPECT_EQ(run_tool({"ip", "-o", "link"}).find("docker0"), std::string::npos);
    EXPECT_FALSE(os::exists(place.run()));
    EXPECT_TRUE(os::exists(place.state()));
    EXPECT_EQ(os::read_file("/proc/self/mountinfo").value().find(place.run()), std::string::npos);
    EXPECT_FALSE(has_child());
}

TEST(EmbeddedEngine_, leaves_containers_to_the_next_one) {
    NEEDS_ENGINE(place);
    std::string running;
    std::string ending;
    {
        const auto engine = EmbeddedEngine::start(place.options()).value();
        const Client client = engine.client();
        import_box(client);
        api::ContainerCreateRequest spec;
        spec.image = "box";
        spec.cmd = {"sh", "-c", "echo begun; sleep 1000"};
        running = client.container_create(spec).value().id;
        spec.cmd = {"sh", "-c", "sleep 0.3; echo late; exit 5"};
        ending = client.container_create(spec).value().id;
        client.container_start(running).value();
        client.container_start(ending).value();
    }
    EXPECT_FALSE(has_child());
    const auto second = EmbeddedEngine::start(place.options()).value();
    const Client client = second.client();
    EXPECT_EQ(client.container_wait(ending).value().code, 5);
    EXPECT_EQ(client.container_inspect(running).value().state.status, "running");
    std::string text;
    auto logs = client.container_logs(ending).value();
    for (const auto& piece : logs) {
        text += piece.text;
    }
    EXPECT_EQ(text, "late\n");
    for (const auto& id : {running, ending}) {
        client.container_delete(id, {.force = true}).value();
    }
}

TEST(EmbeddedEngine_, shares_its_folder_with_nobody) {
    NEEDS_ENGINE(place);
    const auto first = EmbeddedEngine::start(place.options()).value();
    const auto second = EmbeddedEngine::start(place.options());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().kind(), ErrorKind::conflict);
    EXPECT_NE(second.error().message().find(place.state()), std::string::npos);
    // The one-liner's client tells it at its calls.
    const auto pinged = connect(place.options()).ping();
    ASSERT_FALSE(pinged.ok());
    EXPECT_EQ(pinged.error().kind(), ErrorKind::conflict);
    EXPECT_TRUE(first.client().ping().ok());
}

TEST(EmbeddedEngine_, needs_root) {
    NEEDS_ENGINE(place);
    std::optional<ErrorKind> kind;
    std::thread([&] {  // of this thread alone: setresuid(3) would change the whole process
        ASSERT_EQ(::syscall(SYS_setresuid, -1, 65534, -1), 0);
        const auto refused = EmbeddedEngine::start(place.options());
        kind = refused.ok() ? std::nullopt : std::optional(refused.error().kind());
    })
        .join();
    EXPECT_EQ(kind, ErrorKind::denied);
}

TEST(EmbeddedEngine_, needs_what_it_is_told_to_use) {
    NEEDS_ENGINE(place);
    auto options = place.options();
    options.monitor_program = "/nonexistent/wherry-monitor";
    const auto without_monitor = EmbeddedEngine::start(options);
    ASSERT_FALSE(without_monitor.ok());
    EXPECT_NE(without_monitor.error().message().find("/nonexistent/wherry-monitor"),
              std::string::npos);
    options = place.options();
    options.state_folder = "relative";
    EXPECT_EQ(EmbeddedEngine::start(options).error().kind(), ErrorKind::invalid);
}

TEST(EmbeddedEngine_, refuses_calls_after_its_end) {
    NEEDS_ENGINE(place);
    auto engine = EmbeddedEngine::start(place.options()).value();
    const Client client = engine.client();
    EXPECT_TRUE(client.ping().ok());
    auto events = client.events().value();
    engine.close();
    const auto next = events.next();
    EXPECT_TRUE(!next.ok() || !next->has_value());
    EXPECT_EQ(client.ping().error().kind(), ErrorKind::unavailable);
    engine.close();  // again is nothing
}

TEST(EmbeddedEngine_, lives_as_long_as_its_last_client) {
    NEEDS_ENGINE(place);
    std::optional<Client> client = connect(place.options());
    std::optional<Client> copy = client;
    client.reset();
    EXPECT_TRUE(copy->ping().ok());
    copy.reset();
    EXPECT_TRUE(EmbeddedEngine::start(place.options()).ok());
}

TEST(EmbeddedEngine_, changes_nothing_of_the_process) {
    NEEDS_ENGINE(place);
    const mode_t before = ::umask(0077);
    sigset_t mask{};  // the kernel writes no more than it knows
    sigset_t mask_after{};
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    char folder[4096];
    char folder_after[4096];
    ASSERT_NE(::getcwd(folder, sizeof folder), nullptr);
    {
        const Client client = connect(place.options());
        import_box(client);
        auto options = box("id -u; cat /etc/hosts | wc -l");
        options.user = "1000";  // reads what the engine wrote, in spite of the program's umask
        const auto done = client.run(options).value();
        EXPECT_EQ(done.exit_code, 0) << done.err;
        EXPECT_EQ(done.out.substr(0, 5), "1000\n");

        EXPECT_EQ(::umask(0077), 0077U);
        ::pthread_sigmask(SIG_SETMASK, nullptr, &mask_after);
        EXPECT_EQ(std::memcmp(&mask, &mask_after, sizeof mask), 0);
        ASSERT_NE(::getcwd(folder_after, sizeof folder_after), nullptr);
        EXPECT_STREQ(folder, folder_after);
        int subreaper = 1;
        ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
        EXPECT_EQ(subreaper, 0);
        for (const int number : {SIGPIPE, SIGTERM, SIGINT, SIGCHLD}) {
            struct sigaction action{};
            ::sigaction(number, nullptr, &action);
            EXPECT_EQ(action.sa_handler, SIG_DFL) << number;
        }
    }
    ::umask(before);
}

}  // namespace
