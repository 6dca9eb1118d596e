// TLS: who is let in, and that streams behave as without it.
#include "net/http/tls.hpp"

#include <gmock/gmock.h>

#include <array>

#include "certificates.hpp"
#include "fixture.hpp"
#include "net/http/client.hpp"

namespace wherry::http {
namespace {

using ::testing::HasSubstr;

Task<> echo_to_end(std::unique_ptr<RawStream> stream) {
    std::string all;
    std::vector<char> buffer(10000);
    while (true) {
        const Result<std::size_t> got = co_await stream->read_some(buffer);
        if (!got.ok() || *got == 0) {
            break;
        }
        all.append(buffer.data(), *got);
    }
    const Result<> written = co_await stream->write(all);
    EXPECT_TRUE(written.ok());
    const Result<> ended = co_await stream->shutdown_write();
    EXPECT_TRUE(ended.ok());
}

Task<Response> answer(Request& request) {
    Response response;
    if (request.path == "/attach") {
        response.status = 101;
        response.body = UpgradeBody(echo_to_end);
        co_return response;
    }
    const auto body = co_await request.body->read_all(std::size_t{1} << 26);
    response.body = body.ok() ? "got " + std::to_string(body->size()) : body.error().message();
    co_return response;
}

class TlsTest : public ServerTest {
  protected:
    TlsTest() { certificates_.issue("server", "DNS:localhost,IP:127.0.0.1"); }

    void start_tls(const std::string& name = "server", bool verify_clients = false) {
        start(answer);
        TlsServerOptions options;
        options.certificate_file = certificates_.certificate(name);
        options.key_file = certificates_.key(name);
        options.client_ca_file = certificates_.ca();
        options.verify_clients = verify_clients;
        auto tls = make_tls_server(options);
        ASSERT_TRUE(tls.ok()) << tls.error().message();
        const auto any = os::resolve("127.0.0.1", "0").value().at(0);
        auto listener = os::listen_tcp(any);
        ASSERT_TRUE(listener.ok());
        port_ = std::to_string(os::local_port(listener->get()));
        server_->listen(*std::move(listener), *std::move(tls));
    }
    TlsClientOptions trusting() {
        TlsClientOptions options;
        options.ca_files = {certificates_.ca()};
        options.system_store = false;
        return options;
    }
    std::unique_ptr<Client> client(const TlsClientOptions& options, std::string host) {
        auto tls = make_tls_client(options);
        EXPECT_TRUE(tls.ok());
        return std::make_unique<Client>(loop_.executor(),
                                        TcpEndpoint{std::move(host), port_, *std::move(tls)});
    }
    Task<Result<std::string>> text_of(Client& from, ClientRequest request) {
        CO_TRY(auto response, co_await from.send(std::move(request)));
        co_return co_await response.body->read_all(1000);
    }
    std::string fetch(Client& from, ClientRequest request = {}) {
        auto task =
            async::with_deadline(text_of(from, std::move(request)), std::chrono::seconds(10));
        const auto result = async::run(loop_, std::move(task));
        return result.ok() ? *result : "error " + result.error().message();
    }

    TestCertificates certificates_;
    std::string port_;
};

TEST_F(TlsTest, serves_requests_by_name_and_by_address_on_kept_connections) {
    start_tls();
    for (const std::string host : {"localhost", "127.0.0.1"}) {
        const auto from = client(trusting(), host);
        EXPECT_EQ(fetch(*from), "got 0");
        ClientRequest large;
        large.method = "POST";
        large.body = std::string(5000000, 'x');
        EXPECT_EQ(fetch(*from, std::move(large)), "got 5000000");
        EXPECT_EQ(from->idle_connections(), 1U);
    }
}

TEST_F(TlsTest, a_client_refuses_a_server_that_it_cannot_trust) {
    start_tls();
    TlsClientOptions strangers = trusting();
    strangers.ca_files.clear();
    EXPECT_THAT(fetch(*client(strangers, "localhost")), HasSubstr("certificate refused"));
    strangers.verify = false;
    EXPECT_EQ(fetch(*client(strangers, "localhost")), "got 0");
}

TEST_F(TlsTest, a_client_checks_the_name) {
    certificates_.issue("other", "DNS:other.test");
    start_tls("other");
    EXPECT_THAT(fetch(*client(trusting(), "localhost")), HasSubstr("hostname mismatch"));
    EXPECT_THAT(fetch(*client(trusting(), "127.0.0.1")), HasSubstr("IP address mismatch"));
}

TEST_F(TlsTest, a_client_refuses_an_expired_certificate) {
    certificates_.issue("old", "DNS:localhost", -1);
    start_tls("old");
    EXPECT_THAT(fetch(*client(trusting(), "localhost")), HasSubstr("expired"));
}

TEST_F(TlsTest, a_server_that_verifies_refuses_clients_without_a_certificate) {
    certificates_.issue("me", "");
    start_tls("server", true);
    EXPECT_THAT(fetch(*client(trusting(), "localhost")), HasSubstr("error"));
    TlsClientOptions known = trusting();
    known.certificate_file = certificates_.certificate("me");
    known.key_file = certificates_.key("me");
    EXPECT_EQ(fetch(*client(known, "localhost")), "got 0");
}

TEST_F(TlsTest, a_wrong_file_is_named) {
    TlsServerOptions options;
    options.certificate_file = "/nonexistent.crt";
    const auto tls = make_tls_server(options);
    ASSERT_FALSE(tls.ok());
    EXPECT_THAT(tls.error().message(), HasSubstr("/nonexistent.crt"));
}

TEST_F(TlsTest, an_upgraded_connection_half_closes) {
    start_tls();
    const auto from = client(trusting(), "localhost");
    ClientRequest attach;
    attach.method = "POST";
    attach.target = "/attach";
    auto upgraded = async::run(loop_, from->upgrade(std::move(attach)));
    ASSERT_TRUE(upgraded.ok()) << upgraded.error().message();
    ASSERT_TRUE(upgraded->stream);
    EXPECT_FALSE(upgraded->stream->release().ok());
    RawClient stream(&loop_, std::move(upgraded->stream));
    const std::string input(200000, 'i');
    stream.send(input);
    stream.half_close();
    EXPECT_EQ(stream.read_to_end(), input);
}

TEST_F(TlsTest, a_connection_cut_off_is_not_an_end) {
    start_tls();
    const auto from = client(trusting(), "localhost");
    ClientRequest attach;
    attach.method = "POST";
    attach.target = "/attach";
    auto upgraded = async::run(loop_, from->upgrade(std::move(attach)));
    ASSERT_TRUE(upgraded.ok() && upgraded->stream);
    ::shutdown(upgraded->stream->native_handle(), SHUT_RD);
    std::array<char, 10> buffer{};
    const auto got = async::run(loop_, upgraded->stream->read_some(buffer));
    ASSERT_FALSE(got.ok());
    EXPECT_THAT(got.error().message(), HasSubstr("cut off"));
}

TEST_F(TlsTest, plain_text_at_a_tls_port_is_dropped_and_others_go_on) {
    start_tls();
    const auto address = os::resolve("127.0.0.1", port_).value().at(0);
    auto stream = async::run(loop_, async::connect_tcp(address, "loopback"));
    RawClient plain(&loop_, *std::move(stream));
    plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(plain.read_to_end(), ::testing::Not(HasSubstr("200")));
    EXPECT_EQ(fetch(*client(trusting(), "localhost")), "got 0");
}

}  // namespace
}  // namespace wherry::http
