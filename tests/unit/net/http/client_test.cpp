#include "net/http/client.hpp"

#include <gmock/gmock.h>

#include "fixture.hpp"
#include "net/async/event.hpp"
#include "net/http/body.hpp"

namespace wherry::http {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Task<Result<>> write_numbers(BodyWriter& writer) {
    for (int i = 0; i < 1000; ++i) {
        const std::string line = std::to_string(i) + "\n";
        CO_CHECK_OK(co_await writer.write(line));
    }
    co_return Result<>();
}

std::string numbers() {
    std::string out;
    for (int i = 0; i < 1000; ++i) {
        out += std::to_string(i) + "\n";
    }
    return out;
}

Task<Response> answer(Request& request) {
    Response response;
    if (request.path == "/stream") {
        response.body = StreamBody(write_numbers);
        co_return response;
    }
    if (request.path == "/none") {
        response.status = 204;
        co_return response;
    }
    auto body = co_await request.body->read_all(1 << 20);
    if (!body) {
        response.status = body.error().status();
        response.body = body.error().message();
        co_return response;
    }
    response.body = request.method + " " + request.target + " " + *body;
    co_return response;
}

class ClientTest : public ServerTest {
  protected:
    Task<Result<StreamPtr>> connect_pair() {
        CO_TRY(auto pair, os::socket_pair());
        CO_CHECK_OK(server_->serve(std::move(pair.first)));
        ++connections_;
        co_return async::adopt_socket(loop_.executor(), std::move(pair.second));
    }
    /// A client of the server that `start` made.
    std::unique_ptr<Client> client_of_server(ClientOptions options = {}) {
        CustomEndpoint endpoint;
        endpoint.connect = [this] { return connect_pair(); };
        return std::make_unique<Client>(loop_.executor(), endpoint, options);
    }
    Task<Result<StreamPtr>> connect_to_script() {
        CO_TRY(auto pair, os::socket_pair());
        CO_TRY(auto peer, async::adopt_socket(loop_.executor(), std::move(pair.first)));
        peers_.push_back(std::make_unique<RawClient>(&loop_, std::move(peer)));
        const std::string first = scripts_.empty() ? "" : scripts_.front();
        if (!scripts_.empty()) {
            scripts_.erase(scripts_.begin());
        }
        CO_CHECK_OK(co_await peers_.back()->stream().write(first));
        co_return async::adopt_socket(loop_.executor(), std::move(pair.second));
    }
    /// A client whose connections have already received what a script says, one script each.
    std::unique_ptr<Client> client_of_scripts(std::vector<std::string> scripts,
                                              ClientOptions options = {}) {
        scripts_ = std::move(scripts);
        CustomEndpoint endpoint;
        endpoint.connect = [this] { return connect_to_script(); };
        return std::make_unique<Client>(loop_.executor(), endpoint, options);
    }
    Task<Result<std::string>> text_of(Client& client, ClientRequest request) {
        CO_TRY(auto response, co_await client.send(std::move(request)));
        CO_TRY(auto body, co_await response.body->read_all(1 << 20));
        co_return std::to_string(response.status) + " " + body;
    }
    static Task<> keep(Task<Result<std::string>> task, std::optional<Result<std::string>>& out) {
        Result<std::string> result = co_await std::move(task);
        out.emplace(std::move(result));
    }
    Result<std::string> fetch(Client& client, ClientRequest request) {
        auto task =
            async::with_deadline(text_of(client, std::move(request)), std::chrono::seconds(10));
        return async::run(loop_, std::move(task));
    }
    static ClientRequest get(std::string target) {
        ClientRequest request;
        request.target = std::move(target);
        return request;
    }

    int connections_ = 0;
    std::vector<std::unique_ptr<RawClient>> peers_;
    std::vector<std::string> scripts_;
};

TEST_F(ClientTest, keeps_one_connection_for_requests_in_a_row) {
    start(answer);
    const auto client = client_of_server();
    EXPECT_EQ(fetch(*client, get("/a?x=1")).value(), "200 GET /a?x=1 ");
    EXPECT_EQ(fetch(*client, get("/stream")).value(), "200 " + numbers());
    EXPECT_EQ(fetch(*client, get("/none")).value(), "204 ");
    ClientRequest head = get("/h");
    head.method = "HEAD";
    EXPECT_EQ(fetch(*client, std::move(head)).value(), "200 ");
    ClientRequest post = get("/p");
    post.method = "POST";
    post.body = "hello";
    EXPECT_EQ(fetch(*client, std::move(post)).value(), "200 POST /p hello");
    EXPECT_EQ(connections_, 1);
    EXPECT_EQ(client->idle_connections(), 1U);
}

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

constexpr std::string_view ok_reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

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

TEST_F(ClientTest, does_not_keep_a_connection_that_must_not_be_used_again) {
    for (const std::string reply :
         {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
          "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 smuggled\r\n\r\n"}) {
        const auto client = client_of_scripts({reply});
        EXPECT_EQ(fetch(*client, get("/")).value(), "200 ok");
        EXPECT_EQ(client->idle_connections(), 0U) << reply;
    }
}

TEST_F(ClientTest, a_response_dropped_before_its_end_closes_the_connection) {
    start(answer);
    const auto client = client_of_server();
    {
        auto response = async::run(loop_, client->send(get("/stream")));
        ASSERT_TRUE(response.ok());
    }
    EXPECT_EQ(client->idle_connections(), 0U);
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(ClientTest, a_kept_connection_that_died_is_replaced_without_a_word) {
    const auto client = client_of_scripts({std::string(ok_reply), std::string(ok_reply)});
    EXPECT_EQ(fetch(*client, get("/1")).value(), "200 ok");
    EXPECT_EQ(client->idle_connections(), 1U);
    peers_[0]->close();
    ClientRequest post = get("/2");
    post.method = "POST";
    EXPECT_EQ(fetch(*client, std::move(post)).value(), "200 ok");
    EXPECT_EQ(peers_.size(), 2U);
}

TEST_F(ClientTest, a_get_that_dies_unanswered_on_a_kept_connection_is_sent_once_more) {
    const auto client = client_of_scripts({std::string(ok_reply), std::string(ok_reply)});
    EXPECT_EQ(fetch(*client, get("/1")).value(), "200 ok");
    std::optional<Result<std::string>> result;
    async::TaskGroup group(loop_.executor());
    peers_[0]->read_until("\r\n\r\n");
    group.spawn(keep(text_of(*client, get("/2")), result));
    peers_[0]->read_until("\r\n\r\n");
    peers_[0]->close();
    ASSERT_TRUE(eventually([&] { return result.has_value(); }));
    async::run(loop_, group.join());
    EXPECT_EQ(result->value(), "200 ok");
}

TEST_F(ClientTest, a_post_that_dies_unanswered_is_never_sent_again) {
    const auto client = client_of_scripts({std::string(ok_reply), std::string(ok_reply)});
    EXPECT_EQ(fetch(*client, get("/1")).value(), "200 ok");
    ClientRequest post = get("/2");
    post.method = "POST";
    std::optional<Result<std::string>> result;
    async::TaskGroup group(loop_.executor());
    peers_[0]->read_until("\r\n\r\n");
    group.spawn(keep(text_of(*client, std::move(post)), result));
    peers_[0]->read_until("\r\n\r\n");
    peers_[0]->close();
    ASSERT_TRUE(eventually([&] { return result.has_value(); }));
    async::run(loop_, group.join());
    EXPECT_FALSE(result->ok());
    EXPECT_EQ(peers_.size(), 1U);
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

TEST_F(ClientTest, silence_is_ended_by_the_timeouts_of_its_phase) {
    ClientOptions options;
    options.timeouts.first_byte = std::chrono::milliseconds(20);
    options.timeouts.idle = std::chrono::milliseconds(20);
    for (const std::string reply : {"", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}) {
        const auto client = client_of_scripts({reply}, options);
        const auto result = fetch(*client, get("/"));
        ASSERT_FALSE(result.ok());
        EXPECT_EQ(result.error().message(), "timed out after 20ms");
    }
}

TEST_F(ClientTest, a_cancelled_request_ends_at_once) {
    const auto client = client_of_scripts({""});
    std::optional<Result<std::string>> result;
    async::TaskGroup group(loop_.executor());
    group.spawn(keep(text_of(*client, get("/")), result));
    ASSERT_TRUE(eventually([&] { return !peers_.empty(); }));
    group.cancel();
    async::run(loop_, group.join());
    EXPECT_EQ(result->error().kind(), ErrorKind::cancelled);
}

TEST_F(ClientTest, keeps_at_most_as_many_idle_connections_as_told_and_not_for_ever) {
    start(answer);
    ClientOptions options;
    options.max_idle_connections = 2;
    options.keep_idle = std::chrono::milliseconds(20);
    const auto client = client_of_server(options);
    std::vector<ClientResponse> responses;
    for (int i = 0; i < 4; ++i) {
        responses.push_back(*async::run(loop_, client->send(get("/x"))));
    }
    for (auto& response : responses) {
        EXPECT_TRUE(async::run(loop_, response.body->read_all(100)).ok());
    }
    EXPECT_EQ(client->idle_connections(), 2U);
    EXPECT_TRUE(eventually([&] { return client->idle_connections() == 0; }));
    EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
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
