#include "wherry/client.hpp"

#include <gtest/gtest.h>

#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "unit/sdk/scripted_server.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using test::answer;
using test::pong;
using test::Request;
using test::ScriptedServer;
using test::with_ping;

using Calls = std::vector<std::string>;

const std::string version_body = R"({"Version":"28.5.2","ApiVersion":"1.51"})";

std::string version_answer(const Request& /*request*/) {
    return answer(200, version_body);
}

Client connect_to(const ScriptedServer& server, ClientOptions options = {}) {
    options.host = server.host();
    return Client::connect(options);
}

TEST(Negotiation, happens_once_and_takes_the_older_version) {
    struct Case {
        std::string server, used;
    };
    for (const auto& item : {Case{"1.44", "1.44"}, Case{"1.99", "1.55"}, Case{"", "1.24"}}) {
        const ScriptedServer server(with_ping(version_answer, item.server));
        const Client client = connect_to(server);
        ASSERT_TRUE(client.version().ok());
        ASSERT_TRUE(client.version().ok());
        const std::string path = "GET /v" + item.used + "/version";
        EXPECT_EQ(server.calls(), (Calls{"HEAD /_ping", path, path}));
        EXPECT_EQ(client.api_version().value(), item.used);
    }
}

TEST(Negotiation, asks_by_get_where_head_is_not_known) {
    const ScriptedServer server([](const Request& request) {
        return request.call() == "HEAD /_ping"  ? answer(404, "")
               : request.call() == "GET /_ping" ? pong("1.30")
                                                : version_answer(request);
    });
    ASSERT_TRUE(connect_to(server).version().ok());
    EXPECT_EQ(server.calls(), (Calls{"HEAD /_ping", "GET /_ping", "GET /v1.30/version"}));
}

TEST(Negotiation, is_switched_off_by_a_pinned_version) {
    const ScriptedServer server(version_answer);
    const Client client = connect_to(server, {.api_version = "1.27"});
    ASSERT_TRUE(client.version().ok());
    CallOptions other;
    other.api_version = "1.40";
    ASSERT_TRUE(client.version(other).ok());
    EXPECT_EQ(server.calls(), (Calls{"GET /v1.27/version", "GET /v1.40/version"}));
}

TEST(Negotiation, is_shared_by_threads_that_ask_at_the_same_time) {
    const ScriptedServer server(with_ping(version_answer));
    const Client client = connect_to(server);
    std::vector<std::thread> threads;
    for (int count = 0; count < 8; ++count) {
        threads.emplace_back([client] { EXPECT_TRUE(client.version().ok()); });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    const auto calls = server.calls();
    EXPECT_EQ(std::ranges::count(calls, "HEAD /_ping"), 1);
    EXPECT_EQ(calls.size(), 9U);
}

TEST(Negotiation, starts_again_when_another_daemon_answers) {
    int pings = 0;
    const ScriptedServer server([&](const Request& request) -> std::string {
        if (request.call() == "HEAD /_ping") {
            return pong(++pings == 1 ? "1.51" : "1.40");
        }
        if (request.call().starts_with("GET /v1.51")) {
            return answer(
                400,
                R"({"message":"client version 1.51 is too new. Maximum supported API version is 1.40"})");
        }
        return version_answer(request);
    });
    ASSERT_TRUE(connect_to(server).version().ok());
    EXPECT_EQ(server.calls(),
              (Calls{"HEAD /_ping", "GET /v1.51/version", "HEAD /_ping", "GET /v1.40/version"}));
}

TEST(Errors, carry_all_that_is_known) {
    const ScriptedServer server(with_ping(
        [](const Request&) {
            return answer(404, R"({"message":"No such container: x"})"
                               "\n");
        },
        "1.44"));
    const auto result = connect_to(server).container_inspect("x");
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(result.error().message(), "No such container: x");
    const ApiError* facts = api_error(result.error());
    ASSERT_NE(facts, nullptr);
    EXPECT_EQ(facts->status, 404);
    EXPECT_EQ(facts->method, "GET");
    EXPECT_EQ(facts->path, "/containers/x/json");
    EXPECT_EQ(facts->api_version, "1.44");
    EXPECT_EQ(facts->server_api_version, "1.44");
    EXPECT_EQ(facts->endpoint, server.host());
    EXPECT_EQ(facts->endpoint_source, "the program");
}

TEST(Errors, of_kinds_and_bodies_that_are_no_json_are_understood) {
    struct Case {
        int status;
        std::string body;
        ErrorKind kind;
        std::string message;
    };
    const std::vector<Case> cases{
        {409, R"({"message":"busy"})", ErrorKind::conflict, "busy"},
        {500, "plain words\r\n", ErrorKind::internal, "plain words"},
        {502, "<html>gateway</html>", ErrorKind::unavailable, "<html>gateway</html>"},
        {501, R"({"message":"not built"})", ErrorKind::unsupported, "not built"},
        {401, "", ErrorKind::unauthorized,
         "request returned 401 for API route and version /v1.55/info"},
    };
    for (const auto& item : cases) {
        const ScriptedServer server(
            with_ping([&](const Request&) { return answer(item.status, item.body); }));
        const auto result = connect_to(server).info();
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error().kind(), item.kind);
        EXPECT_EQ(result.error().message(), item.message);
    }
}

TEST(Errors, of_a_missing_daemon_have_the_words_that_people_know) {
    const Client client = Client::connect({.host = "unix:///nonexistent/x.sock"});
    const auto result = client.ping();
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().kind(), ErrorKind::unavailable);
    EXPECT_EQ(result.error().message(),
              "Cannot connect to the Docker daemon at unix:///nonexistent/x.sock. Is the docker "
              "daemon running?");
    EXPECT_FALSE(api_error(result.error())->hint.empty());
}

TEST(Errors, of_an_address_that_makes_no_sense_come_with_the_first_call) {
    const Client client = Client::connect({.host = "npipe://x"});
    EXPECT_FALSE(client.ping().ok());
    EXPECT_NE(client.explain().find("npipe"), std::string::npos);
}

TEST(Replies, that_make_no_sense_are_errors) {
    const ScriptedServer server(with_ping([](const Request&) { return answer(200, "[1,2"); }));
    const auto result = connect_to(server).info();
    ASSERT_FALSE(result.ok());
    EXPECT_NE(result.error().message().find("makes no sense"), std::string::npos);
}

TEST(Calls_, end_at_their_deadline_and_when_they_are_stopped) {
    std::stop_source stop;
    const ScriptedServer server(with_ping([&](const Request& request) -> std::string {
        if (request.call().ends_with("/info")) {
            stop.request_stop();
        }
        char byte = 0;
        while (::recv(request.socket, &byte, 1, 0) > 0) {  // until the client gives up
        }
        return "";
    }));
    const Client client = connect_to(server);
    CallOptions limited;
    limited.deadline = std::chrono::milliseconds(50);
    const auto late = client.version(limited);
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().kind(), ErrorKind::unavailable);
    EXPECT_NE(late.error().message().find("timed out"), std::string::npos);
    CallOptions stoppable;
    stoppable.stop = stop.get_token();
    const auto stopped = client.info(stoppable);
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().kind(), ErrorKind::cancelled);
}

TEST(Gates, leave_out_or_refuse_what_an_older_daemon_does_not_know) {
    const ScriptedServer server(with_ping([](const Request&) { return answer(204, ""); }, "1.41"));
    const ContainerStopOptions options{.timeout_s = 3, .signal = "SIGINT"};
    ASSERT_TRUE(connect_to(server).container_stop("x", options).ok());
    EXPECT_EQ(server.calls().back(), "POST /v1.41/containers/x/stop?t=3");
    const auto refused = connect_to(server, {.gate = Gate::strict}).container_stop("x", options);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().kind(), ErrorKind::unsupported);
    EXPECT_EQ(refused.error().message(),
              "signal of ContainerStop needs API version 1.42, 1.41 is in force");
}

TEST(Headers, of_client_and_call_are_sent) {
    const ScriptedServer server(with_ping(version_answer));
    const Client client = connect_to(server, {.headers = {{"X-All", "a"}}});
    CallOptions call;
    call.headers = {{"X-One", "b"}};
    ASSERT_TRUE(client.version(call).ok());
    const auto request = server.requests().back();
    EXPECT_TRUE(request.has("X-All: a\r\n"));
    EXPECT_TRUE(request.has("X-One: b\r\n"));
    EXPECT_TRUE(request.has("User-Agent: wherry-sdk/"));
}

TEST(Uploads, stream_from_a_function) {
    const ScriptedServer server(with_ping([](const Request&) { return answer(200, ""); }));
    int pieces = 3;
    const auto upload = Upload::from(
        [&](std::span<char> buffer) -> Result<std::size_t> {
            buffer[0] = static_cast<char>('0' + pieces);
            return pieces-- > 0 ? 1U : 0U;
        },
        3);
    ASSERT_TRUE(connect_to(server).container_archive_put("x", upload, {.path = "/a b"}).ok());
    const auto request = server.requests().back();
    EXPECT_EQ(request.call(), "PUT /v1.55/containers/x/archive?path=%2Fa%20b");
    EXPECT_EQ(request.body, "321");
}

TEST(Connections, are_kept_and_shared) {
    const ScriptedServer server(with_ping(version_answer));
    const Client client = connect_to(server);
    for (int count = 0; count < 5; ++count) {
        ASSERT_TRUE(client.version().ok());
    }
    EXPECT_EQ(server.connections(), 1);
}

}  // namespace
