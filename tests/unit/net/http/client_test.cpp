// Requests as they are sent, responses as they are read.
#include <gmock/gmock.h>

#include "client_fixture.hpp"

namespace wherry::http {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST_F(ClientTest, streams_a_request_body_with_and_without_a_length) {
    start(answer);
    const auto client = client_of_server();
    ClientRequest chunked = get("/c");
    chunked.method = "POST";
    chunked.body = StreamBody(write_numbers);
    EXPECT_EQ(fetch(*client, std::move(chunked)).value(), "200 POST /c " + numbers());
    ClientRequest sized = get("/l");
    sized.method = "POST";
    sized.body = StreamBody(write_numbers);
    sized.content_length = numbers().size();
    EXPECT_EQ(fetch(*client, std::move(sized)).value(), "200 POST /l " + numbers());
    EXPECT_EQ(connections_, 1);
}

TEST_F(ClientTest, sends_exactly_what_it_was_asked_to) {
    const auto client = client_of_scripts({std::string(ok_reply)});
    ClientRequest request = get("/v1.24/x?y=z");
    request.method = "POST";
    request.headers.add("X-Registry-Auth", "abc");
    request.headers.add("Content-Length", "77");
    request.body = "{}";
    ASSERT_EQ(fetch(*client, std::move(request)).value(), "200 ok");
    EXPECT_EQ(peers_[0]->read_until("{}"),
              "POST /v1.24/x?y=z HTTP/1.1\r\nHost: localhost\r\nX-Registry-Auth: abc\r\n"
              "Content-Length: 2\r\n\r\n{}");
}

TEST_F(ClientTest, refuses_to_send_what_would_be_another_request) {
    const auto client = client_of_scripts({});
    ClientRequest bad_header = get("/");
    bad_header.headers.add("X", "a\r\nEvil: b");
    ClientRequest bad_name = get("/");
    bad_name.headers.add("X: y\r\nZ", "a");
    ClientRequest bad_method = get("/");
    bad_method.method = "GET /x HTTP/1.1\r\n";
    for (auto& request :
         {get("/a b"), get("/a\r\nX: y"), get(""), bad_header, bad_name, bad_method}) {
        const auto result = fetch(*client, request);
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error().kind(), ErrorKind::invalid);
    }
}

struct ReplyCase {
    std::string reply;
    bool closes;  // after the reply
    std::string expected;
};

TEST_F(ClientTest, reads_every_framing_and_reports_broken_ones) {
    const std::vector<ReplyCase> cases = {
        {std::string(ok_reply), false, "200 ok"},
        {"HTTP/1.1 200 OK\r\n\r\nto the end", true, "200 to the end"},
        {"HTTP/1.0 404 Not Found\r\nContent-Length: 1\r\n\r\nx", false, "404 x"},
        {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n" +
             std::string(ok_reply),
         false, "200 ok"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", false,
         "200 a"},
        {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", false, "304 "},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", true, "unexpected EOF"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", true, "unexpected EOF"},
        {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", true,
         "malformed chunked encoding"},
        {"", true, "server closed the connection"},
        {"HTTP/1.1 200 OK\r\nContent-Le", true, "server closed the connection"},
        {"SSH-2.0-OpenSSH_9.2\r\n\r\n", true, "malformed HTTP response"},
        {"HTTP/1.1 200 OK\nContent-Length: 0\n\n", true, "malformed HTTP response"},
    };
    for (const auto& [reply, closes, expected] : cases) {
        const auto client = client_of_scripts({reply});
        auto task = text_of(*client, get("/"));
        std::optional<Result<std::string>> result;
        async::TaskGroup group(loop_.executor());
        group.spawn(keep(std::move(task), result));
        ASSERT_TRUE(eventually([&] { return !peers_.empty(); }));
        if (closes) {
            peers_.back()->read_until("\r\n\r\n");
            peers_.back()->half_close();
        }
        ASSERT_TRUE(eventually([&] { return result.has_value(); })) << reply;
        async::run(loop_, group.join());
        if (result->ok()) {
            EXPECT_EQ(result->value(), expected) << reply;
        } else {
            EXPECT_THAT(result->error().message(), HasSubstr(expected)) << reply;
        }
        peers_.clear();
    }
}

Task<Result<>> write_for_ever(BodyWriter& writer) {
    const std::string piece(100000, 'x');
    while (true) {
        CO_CHECK_OK(co_await writer.write(piece));
    }
}

TEST_F(ClientTest, an_answer_that_comes_during_an_upload_is_given_at_once) {
    const auto client =
        client_of_scripts({"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno"});
    ClientRequest upload = get("/load");
    upload.method = "POST";
    upload.body = StreamBody(write_for_ever);
    EXPECT_EQ(fetch(*client, std::move(upload)).value(), "413 no");
    EXPECT_EQ(client->idle_connections(), 0U);
}

Task<Result<>> fail_after_some(BodyWriter& writer) {
    CO_CHECK_OK(co_await writer.write("some"));
    co_return Error(ErrorKind::not_found, "no such file");
}

TEST_F(ClientTest, an_upload_that_fails_by_itself_says_why_and_ends_incomplete) {
    const auto client = client_of_scripts({""});
    ClientRequest upload = get("/load");
    upload.method = "POST";
    upload.body = StreamBody(fail_after_some);
    const auto result = fetch(*client, std::move(upload));
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.error().message(), "no such file");
    EXPECT_THAT(peers_[0]->read_to_end(), ::testing::EndsWith("4\r\nsome\r\n"));
}

TEST_F(ClientTest, an_upgrade_keeps_early_bytes_and_half_closes) {
    for (const std::string head : {"HTTP/1.1 101 UPGRADED\r\nUpgrade: tcp\r\n\r\n",
                                   "HTTP/1.1 200 OK\r\nContent-Type: x\r\n\r\n"}) {
        peers_.clear();
        const auto client = client_of_scripts({head + "early"});
        ClientRequest attach = get("/attach");
        attach.method = "POST";
        auto upgraded = async::run(loop_, client->upgrade(std::move(attach)));
        ASSERT_TRUE(upgraded.ok());
        ASSERT_TRUE(upgraded->stream);
        EXPECT_EQ(peers_[0]->read_until("\r\n\r\n"),
                  "POST /attach HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
                  "Upgrade: tcp\r\nContent-Length: 0\r\n\r\n");
        RawClient stream(&loop_, std::move(upgraded->stream));
        EXPECT_EQ(stream.read_exactly(5), "early");
        stream.send("input");
        stream.half_close();
        EXPECT_EQ(peers_[0]->read_to_end(), "input");
        peers_[0]->send("output");
        peers_[0]->half_close();
        EXPECT_EQ(stream.read_to_end(), "output");
    }
}

TEST_F(ClientTest, a_refused_upgrade_is_an_ordinary_response) {
    const auto client =
        client_of_scripts({"HTTP/1.1 409 Conflict\r\nContent-Length: 7\r\n\r\nstopped"});
    auto upgraded = async::run(loop_, client->upgrade(get("/attach")));
    ASSERT_TRUE(upgraded.ok());
    EXPECT_FALSE(upgraded->stream);
    EXPECT_EQ(upgraded->response.status, 409);
    EXPECT_EQ(async::run(loop_, upgraded->response.body->read_all(100)).value(), "stopped");
    EXPECT_EQ(client->idle_connections(), 1U);
}

TEST_F(ClientTest, reaches_a_server_over_tcp_by_name) {
    start(answer);
    const auto any = os::resolve("127.0.0.1", "0").value().at(0);
    auto listener = os::listen_tcp(any);
    ASSERT_TRUE(listener.ok());
    const std::string port = std::to_string(os::local_port(listener->get()));
    server_->listen(*std::move(listener));
    Client client(loop_.executor(), TcpEndpoint{"localhost", port, nullptr});
    EXPECT_EQ(fetch(client, get("/tcp")).value(), "200 GET /tcp ");
    Client nowhere(loop_.executor(), TcpEndpoint{"localhost", "no-such-service", nullptr});
    const auto failed = fetch(nowhere, get("/"));
    ASSERT_FALSE(failed.ok());
    EXPECT_THAT(failed.error().message(), StartsWith("lookup localhost: "));
}

}  // namespace
}  // namespace wherry::http
