// Connections that are kept, die, or stay silent.
#include <gmock/gmock.h>

#include "client_fixture.hpp"

namespace wherry::http {
namespace {

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

}  // namespace
}  // namespace wherry::http
