#include <gtest/gtest.h>

#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "codec/frame/frame.hpp"
#include "unit/sdk/scripted_server.hpp"
#include "wherry/client.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using test::answer;
using test::Request;
using test::ScriptedServer;
using test::with_ping;

const std::string multiplexed = "Content-Type: application/vnd.docker.multiplexed-stream\r\n";
const std::string raw = "Content-Type: application/vnd.docker.raw-stream\r\n";

std::string frames(std::initializer_list<std::pair<frame::Stream, std::string>> pieces) {
    std::string out;
    for (const auto& [stream, text] : pieces) {
        frame::append(out, stream, text);
    }
    return out;
}
const std::string both_streams =
    frames({{frame::Stream::standard_output, "out"}, {frame::Stream::standard_error, "err"}});

Client connect_to(const ScriptedServer& server, std::string version = "") {
    return Client::connect({.host = server.host(), .api_version = std::move(version)});
}

/// "1:out 2:err", or the error.
std::string all_of(Result<Stream<Output>> stream) {
    std::string text;
    while (true) {
        const auto piece = stream.value().next();
        if (!piece) {
            return text + "! " + piece.error().message();
        }
        if (!*piece) {
            return text;
        }
        text += std::to_string(static_cast<int>((*piece)->channel)) + ":" +
                std::string((*piece)->text) + " ";
    }
}

TEST(Logs, are_taken_apart_by_the_declared_type) {
    const ScriptedServer framed(
        [](const Request&) { return answer(200, both_streams, multiplexed); });
    EXPECT_EQ(all_of(connect_to(framed, "1.44").container_logs("x")), "1:out 2:err ");
    EXPECT_EQ(framed.calls().back(), "GET /v1.44/containers/x/logs?stdout=1&stderr=1");
    const ScriptedServer terminal([](const Request&) { return answer(200, both_streams, raw); });
    EXPECT_EQ(all_of(connect_to(terminal, "1.44").container_logs("x")), "1:" + both_streams + " ");
}

TEST(Logs, of_an_older_daemon_are_taken_apart_by_what_inspect_says) {
    for (const std::string tty : {"true", "false"}) {
        const ScriptedServer server([&](const Request& request) {
            return request.call().ends_with("/json")
                       ? answer(200, R"({"Config":{"Tty":)" + tty + "}}")
                       : answer(200, both_streams, raw);
        });
        const auto text = all_of(connect_to(server, "1.41").container_logs("x"));
        EXPECT_EQ(text, tty == "true" ? "1:" + both_streams + " " : "1:out 2:err ");
    }
}

TEST(Logs, that_end_inside_a_frame_are_an_error) {
    for (const std::size_t cut : {1U, 5U, 9U}) {
        const std::string body = both_streams.substr(0, both_streams.size() - cut);
        const ScriptedServer server([&](const Request&) { return answer(200, body, multiplexed); });
        const auto text = all_of(connect_to(server, "1.44").container_logs("x"));
        EXPECT_NE(text.find("! the output ended inside a frame"), std::string::npos) << cut << text;
    }
}

TEST(Logs, with_a_complaint_of_the_daemon_are_an_error) {
    const auto body = frames({{frame::Stream::standard_output, "a"},
                              {frame::Stream::system_error, "Error grabbing logs: x\n"}});
    const ScriptedServer server([&](const Request&) { return answer(200, body, multiplexed); });
    EXPECT_EQ(all_of(connect_to(server, "1.44").container_logs("x")),
              "1:a ! Error grabbing logs: x");
}

TEST(Pull, shows_progress_and_turns_an_error_within_the_stream_into_an_error) {
    const std::string body =
        R"({"status":"Pulling from library/alpine","id":"latest"})"
        "\r\n"
        R"({"status":"Downloading","progressDetail":{"current":5,"total":9},"id":"abc"})"
        "\r\n"
        R"({"errorDetail":{"message":"disk full"},"error":"disk full"})"
        "\r\n";
    const ScriptedServer server([&](const Request&) { return answer(200, body); });
    auto stream =
        connect_to(server, "1.44").image_pull("alpine", {.platform = "linux/amd64"}).value();
    EXPECT_EQ(server.calls().back(),
              "POST "
              "/v1.44/images/"
              "create?fromImage=docker.io%2Flibrary%2Falpine&tag=latest&platform=linux%2Famd64");
    EXPECT_EQ(stream.next().value()->id, "latest");
    const auto step = stream.next().value();
    EXPECT_EQ(step->current, 5);
    EXPECT_EQ(step->total, 9);
    const auto end = stream.next();
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.error().message(), "disk full");
    EXPECT_EQ(api_error(end.error())->path, "/images/create");
}

TEST(Pull, works_as_a_range_and_throws_there) {
    const std::string body = R"({"status":"a"}{"status":"b"}{"error":"c"})";
    const ScriptedServer server([&](const Request&) { return answer(200, body); });
    auto stream = connect_to(server, "1.44").image_pull("alpine").value();
    std::string seen;
    EXPECT_THROW(for (const auto& step : stream) { seen += step.status; }, BadResult);
    EXPECT_EQ(seen, "ab");
}

TEST(Pull, takes_digests_and_refuses_what_is_no_name) {
    const std::string digest = "sha256:" + std::string(64, 'a');
    const ScriptedServer server([](const Request&) { return answer(200, ""); });
    const Client client = connect_to(server, "1.44");
    ASSERT_TRUE(client.image_pull("r:5000/x@" + digest).ok());
    EXPECT_EQ(
        server.calls().back(),
        "POST /v1.44/images/create?fromImage=r%3A5000%2Fx&tag=sha256%3A" + std::string(64, 'a'));
    EXPECT_FALSE(client.image_pull("Bad Name").ok());
}

TEST(Streams, are_woken_by_close_from_another_thread) {
    const ScriptedServer server([](const Request& request) {
        const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        ::send(request.socket, head.data(), head.size(), 0);
        char byte = 0;
        while (::recv(request.socket, &byte, 1, 0) > 0) {
        }
        return std::string();
    });
    auto stream = connect_to(server, "1.44").events().value();
    const std::jthread closer([&] { stream.close(); });
    const auto end = stream.next();
    ASSERT_FALSE(end.ok());
    EXPECT_EQ(end.error().kind(), ErrorKind::cancelled);
}

/// Answers an upgrade, echoes until the client closes its side, then says goodbye.
std::string echo(const Request& request) {
    const std::string head =
        "HTTP/1.1 101 UPGRADED\r\n" + multiplexed + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
    // The first frame follows the head at once: it must not be lost.
    const std::string first = head + frames({{frame::Stream::standard_output, "hello "}});
    ::send(request.socket, first.data(), first.size(), 0);
    std::string got;
    char buffer[256];
    ssize_t count = 0;
    while ((count = ::recv(request.socket, buffer, sizeof buffer, 0)) > 0) {
        got.append(buffer, static_cast<std::size_t>(count));
    }
    const std::string last = frames({{frame::Stream::standard_error, got}});
    ::send(request.socket, last.data(), last.size(), 0);
    return "";
}

TEST(Attach, is_duplex_with_half_close) {
    const ScriptedServer server(echo);
    const ContainerAttachOptions options{.stream = true, .in = true, .out = true, .err = true};
    auto session = connect_to(server, "1.44").container_attach("x", options).value();
    EXPECT_TRUE(server.requests().back().has("Upgrade: tcp\r\n"));
    EXPECT_FALSE(session.is_tty());
    EXPECT_EQ(session.next().value()->text, "hello ");
    ASSERT_TRUE(session.write("typed").ok());
    ASSERT_TRUE(session.close_write().ok());
    const auto piece = session.next().value();
    EXPECT_EQ(piece->text, "typed");
    EXPECT_EQ(piece->channel, Channel::err);
    EXPECT_FALSE(session.next().value().has_value());
}

TEST(Attach, that_is_refused_tells_why) {
    const ScriptedServer server([](const Request& request) {
        const std::string all = "HTTP/1.1 404 Not Found\r\n" + raw + "\r\nNo such container: x\r\n";
        ::send(request.socket, all.data(), all.size(), 0);
        return std::string();
    });
    const auto session = connect_to(server, "1.44").container_attach("x");
    ASSERT_FALSE(session.ok());
    EXPECT_EQ(session.error().kind(), ErrorKind::not_found);
    EXPECT_EQ(session.error().message(), "No such container: x");
}

/// A daemon for one container that prints and ends.
std::string run_answer(const Request& request, int& missing) {
    const std::string call = request.call();
    if (call.find("/containers/create") != std::string::npos) {
        return missing-- > 0 ? answer(404, R"({"message":"No such image: alpine:latest"})")
                             : answer(201, R"({"Id":"abc"})");
    }
    if (call.find("/images/create") != std::string::npos) {
        return answer(200, R"({"status":"done"})");
    }
    if (call.find("/attach") != std::string::npos) {
        const std::string all = "HTTP/1.1 101 UPGRADED\r\n" + multiplexed +
                                "Upgrade: tcp\r\nConnection: Upgrade\r\n\r\n" + both_streams;
        ::send(request.socket, all.data(), all.size(), 0);
        return "";
    }
    if (call.find("/wait") != std::string::npos) {
        return answer(200, R"({"StatusCode":3})");
    }
    return answer(204, "");
}

TEST(Run, keeps_the_order_that_has_no_race) {
    int missing = 1;
    const ScriptedServer server(
        [&](const Request& request) { return run_answer(request, missing); });
    const auto result = connect_to(server, "1.44").run({.image = "alpine", .cmd = {"x"}}).value();
    EXPECT_EQ(result.id, "abc");
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_EQ(result.out, "out");
    EXPECT_EQ(result.err, "err");
    EXPECT_EQ(server.calls(),
              (std::vector<std::string>{
                  "POST /v1.44/containers/create",
                  "POST /v1.44/images/create?fromImage=docker.io%2Flibrary%2Falpine&tag=latest",
                  "POST /v1.44/containers/create",
                  "POST /v1.44/containers/abc/attach?stream=1&stdin=0&stdout=1&stderr=1",
                  "POST /v1.44/containers/abc/wait?condition=removed",
                  "POST /v1.44/containers/abc/start"}));
    EXPECT_TRUE(server.requests()[2].body.find(R"("AutoRemove":true)") != std::string::npos);
}

TEST(Run, with_an_old_daemon_waits_after_the_start_and_removes_by_itself) {
    int missing = 0;
    const ScriptedServer server(
        [&](const Request& request) { return run_answer(request, missing); });
    const auto result = connect_to(server, "1.24").run({.image = "alpine"}).value();
    EXPECT_EQ(result.exit_code, 3);
    const auto calls = server.calls();
    EXPECT_EQ(calls.back(), "DELETE /v1.24/containers/abc?force=1&v=1");
    EXPECT_EQ(calls[calls.size() - 2], "POST /v1.24/containers/abc/wait");
}

TEST(Run, removes_what_could_not_be_started) {
    const ScriptedServer server([](const Request& request) {
        int missing = 0;
        return request.call().ends_with("/start") ? answer(400, R"({"message":"no such file"})")
                                                  : run_answer(request, missing);
    });
    const auto result = connect_to(server, "1.44").run({.image = "alpine"});
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().message(), "no such file");
    EXPECT_EQ(server.calls().back(), "DELETE /v1.44/containers/abc?force=1&v=1");
}

TEST(Exec, feeds_collects_and_asks_for_the_exit_code) {
    const ScriptedServer server([](const Request& request) {
        const std::string call = request.call();
        if (call.ends_with("/exec")) {
            return answer(201, R"({"Id":"e1"})");
        }
        return call.ends_with("/start") ? echo(request) : answer(200, R"({"ExitCode":7})");
    });
    const ExecOptions options{.cmd = {"cat"}, .env = {"A=b"}, .user = "me", .input = "typed"};
    const auto result = connect_to(server, "1.44").exec("abc", options).value();
    EXPECT_EQ(result.id, "e1");
    EXPECT_EQ(result.exit_code, 7);
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.out, "hello ");
    EXPECT_EQ(result.err, "typed");
    EXPECT_EQ(server.calls(),
              (std::vector<std::string>{"POST /v1.44/containers/abc/exec",
                                        "POST /v1.44/exec/e1/start", "GET /v1.44/exec/e1/json"}));
    const std::string body = server.requests()[0].body;
    for (const std::string_view part :
         {R"("AttachStdin":true)", R"("Cmd":["cat"])", R"("Env":["A=b"])", R"("User":"me")"}) {
        EXPECT_NE(body.find(part), std::string::npos) << part;
    }
}

TEST(Exec, keeps_no_more_output_than_allowed) {
    const ScriptedServer server([](const Request& request) {
        const std::string call = request.call();
        if (call.ends_with("/exec")) {
            return answer(201, R"({"Id":"e1"})");
        }
        if (call.ends_with("/start")) {
            const std::string all = "HTTP/1.1 101 UPGRADED\r\n" + multiplexed +
                                    "Upgrade: tcp\r\nConnection: Upgrade\r\n\r\n" + both_streams;
            ::send(request.socket, all.data(), all.size(), 0);
            return std::string();
        }
        return answer(200, R"({"ExitCode":0})");
    });
    const ExecOptions options{.cmd = {"x"}, .output_limit = 2};
    const auto result = connect_to(server, "1.44").exec("abc", options).value();
    EXPECT_TRUE(result.ok() && result.truncated);
    EXPECT_EQ(result.out, "ou");
    EXPECT_EQ(result.err, "er");
}

}  // namespace
