#include <gmock/gmock.h>

#include "fixture.hpp"

namespace wherry::http {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

Task<Response> echo(Request& request) {
    Response response;
    auto body = co_await request.body->read_all(1 << 20);
    response.headers.add("Content-Type", "text/plain");
    response.body = request.method + " " + request.path + " " + body.value();
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

}  // namespace
}  // namespace wherry::http
