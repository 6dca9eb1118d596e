// Requests and responses, byte by byte.
#include <gmock/gmock.h>

#include "fixture.hpp"
#include "net/async/event.hpp"

namespace wherry::http {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

Task<Response> echo(Request& request) {
    Response response;
    auto body = co_await request.body->read_all(1 << 20);
    if (!body) {
        response.status = body.error().status();
        response.body = body.error().message();
        co_return response;
    }
    response.headers.add("Content-Type", "text/plain");
    response.body = request.method + " " + request.path + " " + *body;
    co_return response;
}

Task<Response> ignore_body(Request& request) {
    Response response;
    response.body = "seen " + request.path;
    co_return response;
}

TEST_F(ServerTest, answers_requests_on_one_connection_in_order) {
    start(echo);
    auto client = connect();
    client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(client.read_until("GET /a "),
                MatchesRegex("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                             "Date: [A-Z][a-z][a-z], .* GMT\r\nContent-Length: 7\r\n\r\nGET /a "));
    client.send("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    EXPECT_THAT(client.read_until("POST /b abc"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, answers_pipelined_requests) {
    start(echo);
    auto client = connect();
    std::string all;
    for (int i = 0; i < 200; ++i) {
        all += "POST /" + std::to_string(i) +
               " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    }
    client.send(all);
    for (int i = 0; i < 200; ++i) {
        const std::string want = "POST /" + std::to_string(i) + " hi";
        EXPECT_THAT(client.read_until(want), StartsWith("HTTP/1.1 200 OK\r\n"));
    }
}

TEST_F(ServerTest, reads_a_request_that_comes_byte_by_byte) {
    start(echo);
    auto client = connect();
    for (const char c :
         std::string_view("POST /s?a=b HTTP/1.1\r\nHost: x\r\n"
                          "Transfer-Encoding: chunked\r\n\r\n"
                          "3;ext=\"1\"\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: x\r\n\r\n")) {
        client.send(std::string_view(&c, 1));
    }
    EXPECT_THAT(client.read_until("POST /s abcd"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

Task<Response> fixed(Request& request) {
    Response response;
    if (request.path == "/204") {
        response.status = 204;
    } else if (request.path == "/304") {
        response.status = 304;
    } else if (request.path == "/stat") {
        response.headers.set("Content-Length", "12345");
    } else {
        response.headers.add("X-Injected", "a\r\nEvil: 1");
        response.body = "body";
    }
    co_return response;
}

struct HeadCase {
    std::string request;
    std::string expected;  // after the Date header
};

TEST_F(ServerTest, tells_lengths_and_connections_as_go_does) {
    start(fixed);
    const std::vector<HeadCase> cases = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "Content-Length: 4\r\n\r\nbody"},
        {"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n", "Content-Length: 4\r\n\r\n"},
        {"HEAD /stat HTTP/1.1\r\nHost: x\r\n\r\n", "Content-Length: 12345\r\n\r\n"},
        {"GET /204 HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n"},
        {"GET /304 HTTP/1.1\r\nHost: x\r\n\r\n", "\r\n"},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
         "Content-Length: 4\r\nConnection: close\r\n\r\nbody"},
        {"GET / HTTP/1.0\r\n\r\n", "Content-Length: 4\r\nConnection: close\r\n\r\nbody"},
        {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
         "Content-Length: 4\r\nConnection: keep-alive\r\n\r\nbody"},
    };
    for (const auto& [request, expected] : cases) {
        auto client = connect();
        client.send(request);
        client.half_close();
        const std::string reply = client.read_to_end();
        EXPECT_THAT(reply, EndsWith("GMT\r\n" + expected)) << request;
    }
}

TEST_F(ServerTest, line_ends_in_a_field_do_not_make_another_field) {
    start(fixed);
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string reply = client.read_until("body");
    EXPECT_THAT(reply, HasSubstr("X-Injected: a  Evil: 1\r\n"));
}

struct BadCase {
    std::string request;
    std::string first_line;
    std::string body;
};

std::string refusal_of(const BadCase& bad) {
    return "HTTP/1.1 " + bad.first_line +
           "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n" + bad.body;
}

TEST_F(ServerTest, refuses_malformed_requests_as_go_does_and_closes) {
    start(echo);
    const std::string bad = "400 Bad Request";
    const std::string host = "400 Bad Request: missing required Host header";
    const std::string hosts = "400 Bad Request: too many Host headers";
    const std::string version = "505 HTTP Version Not Supported: unsupported protocol version";
    const std::vector<BadCase> cases = {
        {"nonsense\r\n\r\n", bad, bad},
        {std::string("\x16\x03\x01\x02\x00", 5), bad, bad},
        {"GET / HTTP/1.1\nHost: x\n\n", bad, bad},
        {"GET / HTTP/1.1\r\n\r\n", host, host},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", hosts, hosts},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", version, version},
        {"GET / HTTP/1.1x\r\nHost: a\r\n\r\n", bad, bad},
        {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", bad, bad},
        {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", bad, bad},
        {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", bad, bad},
        {"GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n", bad, bad},
        {"GET / HTTP/1.1\r\nHost: a\r\nNoColon\r\n\r\n", bad, bad},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", bad, bad},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1x\r\n\r\n", bad, bad},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", bad, bad},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", bad, bad},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
         bad, bad},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", "417 Expectation Failed",
         "417 Expectation Failed"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", "501 Not Implemented",
         "Unsupported transfer encoding"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
         "501 Not Implemented", "Unsupported transfer encoding"},
    };
    for (const auto& bad_case : cases) {
        auto client = connect();
        client.send(bad_case.request);
        EXPECT_EQ(client.read_to_end(), refusal_of(bad_case)) << bad_case.request;
    }
}

TEST_F(ServerTest, refuses_a_head_past_the_limit) {
    start(echo);
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n");
    const std::string line = "X-Filler: " + std::string(10000, 'f') + "\r\n";
    for (int i = 0; i < 106; ++i) {
        const auto sent = async::run(loop_, client.stream().write(line));
        if (!sent.ok()) {
            break;
        }
    }
    EXPECT_EQ(client.read_to_end(), refusal_of({"", "431 Request Header Fields Too Large",
                                                "431 Request Header Fields Too Large"}));
}

TEST_F(ServerTest, a_head_below_the_limit_is_read) {
    start(echo);
    auto client = connect();
    client.send("GET /big HTTP/1.1\r\nHost: x\r\nX-Auth: " + std::string(1000000, 'f') +
                "\r\n\r\n");
    EXPECT_THAT(client.read_until("GET /big "), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, bad_chunks_are_an_error_of_the_body) {
    start(echo);
    for (const std::string chunk : {"x\r\n", "\r\n", "1\nab", "-1\r\n", "fffffffffffffffff\r\n",
                                    "1\r\nabc\r\n", "2\r\nab\n"}) {
        auto client = connect();
        client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk);
        const std::string reply = client.read_until("malformed chunked encoding");
        EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << chunk;
        client.half_close();
        EXPECT_THAT(client.read_to_end(), IsEmpty()) << chunk;
    }
}

TEST_F(ServerTest, a_body_cut_off_is_an_error_not_an_end) {
    start(echo);
    for (const std::string part :
         {"Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
          "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"}) {
        auto client = connect();
        client.send("POST / HTTP/1.1\r\nHost: x\r\n" + part);
        client.half_close();
        EXPECT_THAT(client.read_to_end(), HasSubstr("unexpected EOF")) << part;
    }
}

TEST_F(ServerTest, asks_for_an_expected_body_only_when_it_is_read) {
    start(echo);
    auto client = connect();
    client.send("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("hi");
    EXPECT_THAT(client.read_until("POST /e hi"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, closes_when_an_expected_body_was_never_asked_for) {
    start(ignore_body);
    auto client = connect();
    client.send("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
    client.half_close();
    const std::string reply = client.read_to_end();
    EXPECT_THAT(reply, Not(HasSubstr("100 Continue")));
    EXPECT_THAT(reply, HasSubstr("Connection: close\r\n\r\nseen /e"));
}

TEST_F(ServerTest, reads_over_a_small_body_that_the_handler_left) {
    start(ignore_body);
    auto client = connect();
    client.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n" +
                std::string(100000, 'x') +
                "POST /2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
                "0\r\n\r\nGET /3 HTTP/1.1\r\nHost: x\r\n\r\n");
    client.read_until("seen /1");
    client.read_until("seen /2");
    EXPECT_THAT(client.read_until("seen /3"), EndsWith("seen /3"));
}

TEST_F(ServerTest, a_large_body_that_the_handler_left_closes_but_the_answer_arrives) {
    start(ignore_body);
    auto client = connect();
    client.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n" +
                std::string(100000, 'x'));
    EXPECT_THAT(client.read_to_end(), HasSubstr("Connection: close\r\n\r\nseen /1"));
}

Task<Response> throws(Request& /*request*/) {
    throw std::runtime_error("a bug");
    co_return Response();
}

TEST_F(ServerTest, an_exception_of_a_handler_is_answered_with_500) {
    start(throws);
    auto client = connect();
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    client.half_close();
    const std::string reply = client.read_to_end();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 500 Internal Server Error\r\n"));
    EXPECT_THAT(reply, Not(HasSubstr("a bug")));
}

Task<Response> show_target(Request& request) {
    Response response;
    response.body = request.path + "|" + std::string(request.query.get("q")) + "|" +
                    (request.query_error ? request.query_error->message() : "") + ".";
    co_return response;
}

TEST_F(ServerTest, takes_targets_apart) {
    start(show_target);
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"/a%2Fb?q=1%20+2", "/a%2Fb|1  2|."},
        {"http://host/x?q=y", "/x|y|."},
        {"http://host", "/||."},
        {"/x?q=%zz", "/x||invalid URL escape \"%zz\"."},
        {"//double//?", "//double//||."},
    };
    auto client = connect();
    for (const auto& [target, expected] : cases) {
        client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_THAT(client.read_until("."), StartsWith("HTTP/1.")) << target;
        client.send("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        EXPECT_THAT(client.read_to_end(), EndsWith(expected)) << target;
        client = connect();
    }
}

}  // namespace
}  // namespace wherry::http
