// The SDK's client with a real engine behind it: wherryd on its socket, and the embedded engine.
// The same tests for both: nothing but the way to the engine differs.
#include "wherry/client.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <thread>

#include "os/process.hpp"
#include "system/embed/place.hpp"
#include "wherry/async_embedded.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using test::import_box;

enum class Way { daemon, embedded };

/// wherryd as a child.
class Daemon {
  public:
    explicit Daemon(const test::Place& place) {
        os::SpawnPlan plan;
        plan.program = WHERRYD;
        plan.arguments = {"-H",
                          "unix://" + place.socket(),
                          "--data-root",
                          place.state(),
                          "--exec-root",
                          place.run(),
                          "--pidfile",
                          place.run() + ".pid",
                          "--monitor-path",
                          WHERRY_MONITOR,
                          "-l",
                          "error"};
        plan.environment = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"};
        pid_ = os::spawn(plan).value();
        const Client client = Client::connect({.host = "unix://" + place.socket()});
        for (int tries = 0; tries < 3000 && !client.ping().ok(); ++tries) {
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
    }
    Daemon(const Daemon&) = delete;
    Daemon& operator=(const Daemon&) = delete;
    ~Daemon() {
        ::kill(pid_, SIGTERM);
        ::waitpid(pid_, nullptr, 0);
    }

  private:
    pid_t pid_ = -1;
};

class ClientOver : public testing::TestWithParam<Way> {
  protected:
    void SetUp() override {
        NEEDS_BUSYBOX();
        if (!netns_.entered()) {
            GTEST_SKIP() << "needs root: a network namespace";
        }
        if (GetParam() == Way::daemon) {
            if (!os::exists(WHERRYD)) {
                GTEST_SKIP() << "wherryd is not built";
            }
            daemon_.emplace(place_);
        } else {
            engine_ = EmbeddedEngine::start(place_.options()).value();
        }
        import_box(connect());
    }
    void TearDown() override {
        if (!daemon_ && !engine_) {
            return;
        }
        const Client client = connect();
        ContainerListOptions all;
        all.all = true;
        ContainerDeleteOptions force;
        force.force = true;
        for (const auto& container : client.container_list(all).value()) {
            const auto gone = client.container_delete(container.id, force);
            EXPECT_TRUE(gone.ok());
        }
    }

    [[nodiscard]] Client connect(ClientOptions options = {}) const {
        if (engine_) {
            return engine_->client(options);
        }
        options.host = "unix://" + place_.socket();
        return Client::connect(options);
    }
    [[nodiscard]] AsyncClient async_connect() const {
        if (engine_) {
            return async_client(*engine_);
        }
        const ClientOptions options{.host = "unix://" + place_.socket()};
        return AsyncClient::connect(options);
    }
    [[nodiscard]] static api::ContainerCreateRequest shell(const std::string& script) {
        api::ContainerCreateRequest spec;
        spec.image = "box";
        spec.cmd = {"sh", "-c", script};
        spec.host_config.network_mode = "none";
        return spec;
    }
    [[nodiscard]] static RunOptions run_of(const std::string& script) {
        RunOptions options;
        options.image = "box";
        options.cmd = {"sh", "-c", script};
        options.network = "none";
        return options;
    }

    test::OwnNetns netns_;
    test::Place place_;
    std::optional<Daemon> daemon_;
    std::optional<EmbeddedEngine> engine_;
};

TEST_P(ClientOver, tells_who_it_is) {
    const Client client = connect();
    EXPECT_EQ(client.ping().value().api_version, "1.55");
    EXPECT_EQ(client.version().value().os, "linux");
    EXPECT_EQ(client.info().value().images, 1);
    EXPECT_EQ(client.api_version().value(), "1.55");
}

TEST_P(ClientOver, obeys_a_pinned_version) {
    const Client client = connect({.api_version = "1.24"});
    EXPECT_EQ(client.call({.path = "/version"}).value().api_version, "1.24");
    EXPECT_EQ(client.run(run_of("echo old")).value().out, "old\n");
}

TEST_P(ClientOver, runs_and_collects_the_output) {
    const auto done = connect().run(run_of("echo out; echo err >&2; exit 3")).value();
    EXPECT_EQ(done.out, "out\n");
    EXPECT_EQ(done.err, "err\n");
    EXPECT_EQ(done.exit_code, 3);
    EXPECT_TRUE(connect().container_list({.all = true}).value().empty());
}

TEST_P(ClientOver, runs_on_the_default_network) {
    auto options = run_of("cat /sys/class/net/eth0/operstate");
    options.network.clear();
    EXPECT_EQ(connect().run(options).value().out, "up\n");
}

TEST_P(ClientOver, gives_input) {
    auto options = run_of("wc -c");
    options.input = std::string(300'000, 'x');
    EXPECT_EQ(connect().run(options).value().out, "300000\n");
}

TEST_P(ClientOver, lists_and_removes_images) {
    const Client client = connect();
    const auto listed = client.image_list().value();
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].repo_tags, (std::vector<std::string>{"box:latest"}));
    EXPECT_EQ(client.image_inspect("box").value().id, listed[0].id);
    client.image_tag("box", {.repo = "other", .tag = "1"}).value();
    EXPECT_EQ(client.image_delete("other:1").value()[0].untagged, "other:1");
    const auto gone = client.image_inspect("other:1");
    ASSERT_FALSE(gone.ok());
    EXPECT_EQ(gone.error().kind(), ErrorKind::not_found);
}

TEST_P(ClientOver, leads_a_container_through_its_life) {
    const Client client = connect();
    const auto made =
        client.container_create(shell("echo one; echo two"), {.name = "life"}).value();
    EXPECT_EQ(client.container_inspect("life").value().state.status, "created");
    auto end = client.container_wait_begin("life", {.until = WaitUntil::next_exit}).value();
    client.container_start("life").value();
    EXPECT_EQ(end.get().value().code, 0);
    std::string text;
    auto logs = client.container_logs(made.id, {.follow = true}).value();
    for (const auto& piece : logs) {
        text += piece.text;
    }
    EXPECT_EQ(text, "one\ntwo\n");
    client.container_delete("life").value();
    EXPECT_FALSE(client.container_inspect("life").ok());
}

TEST_P(ClientOver, attaches_and_closes_the_input) {
    const Client client = connect();
    auto spec = shell("cat; echo end");
    spec.open_stdin = true;
    spec.stdin_once = true;
    const auto id = client.container_create(spec).value().id;
    auto session =
        client.container_attach(id, {.stream = true, .in = true, .out = true, .err = true}).value();
    client.container_start(id).value();
    session.write("typed\n").value();
    session.close_write().value();
    std::string seen;
    while (auto piece = session.next().value()) {
        seen += piece->text;
    }
    EXPECT_EQ(seen, "typed\nend\n");
}

TEST_P(ClientOver, kills) {
    const Client client = connect();
    const auto id = client.container_create(shell("sleep 100")).value().id;
    client.container_start(id).value();
    client.container_kill(id, {.signal = "KILL"}).value();
    EXPECT_EQ(client.container_wait(id).value().code, 137);
}

TEST_P(ClientOver, tells_events_past_and_present) {
    const Client client = connect();
    const auto id = client.container_create(shell("true")).value().id;
    auto events =
        client.events({.since = "0", .filters = {{"container", id}, {"type", "container"}}})
            .value();
    EXPECT_EQ(events.next().value()->action, "create");
    client.container_start(id).value();
    EXPECT_EQ(events.next().value()->action, "start");
    EXPECT_EQ(events.next().value()->action, "die");
}

TEST_P(ClientOver, says_what_went_wrong) {
    const Client client = connect();
    const auto missing = client.container_start("nosuch");
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().message(), "No such container: nosuch");
    const ApiError* facts = api_error(missing.error());
    ASSERT_NE(facts, nullptr);
    EXPECT_EQ(facts->status, 404);
    EXPECT_EQ(facts->path, "/containers/nosuch/start");
    EXPECT_TRUE(client.container_create(shell("true"), {.name = "taken"}).ok());
    const auto twice = client.container_create(shell("true"), {.name = "taken"});
    ASSERT_FALSE(twice.ok());
    EXPECT_EQ(twice.error().kind(), ErrorKind::conflict);
}

TEST_P(ClientOver, stops_waiting_when_it_is_asked_to) {
    const Client client = connect();
    const auto id = client.container_create(shell("sleep 100")).value().id;
    client.container_start(id).value();
    CallOptions limited;
    limited.deadline = std::chrono::milliseconds(50);
    EXPECT_EQ(client.container_wait(id, {}, limited).error().kind(), ErrorKind::unavailable);
    const std::stop_source stop;
    CallOptions stoppable;
    stoppable.stop = stop.get_token();
    auto logs = client.container_logs(id, {.follow = true}, stoppable).value();
    stop.request_stop();
    EXPECT_EQ(logs.next().error().kind(), ErrorKind::cancelled);
}

TEST_P(ClientOver, serves_many_threads_at_once) {
    const Client client = connect();
    std::atomic<int> right{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < 6; ++number) {
        threads.emplace_back([&, number] {
            const auto done = client.run(run_of("echo " + std::to_string(number)));
            right += done.ok() && done->out == std::to_string(number) + "\n" ? 1 : 0;
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(right, 6);
}

Task<std::string> run_async(AsyncClient client) {
    RunOptions options;
    options.image = "box";
    options.cmd = argv("echo", "awaited");
    options.network = "none";
    const auto done = co_await client.run(options);
    co_return done.value().out;
}

TEST_P(ClientOver, works_as_coroutines) {
    boost::asio::io_context loop;
    auto done = boost::asio::co_spawn(loop, run_async(async_connect()), boost::asio::use_future);
    loop.run();
    EXPECT_EQ(done.get(), "awaited\n");
}

INSTANTIATE_TEST_SUITE_P(Engines, ClientOver, testing::Values(Way::daemon, Way::embedded),
                         [](const auto& way) {
                             return way.param == Way::daemon ? "wherryd" : "embedded";
                         });

}  // namespace
