#include "sdk/endpoint.hpp"

#include <gtest/gtest.h>

#include <map>

#include "os/file.hpp"
#include "sdk/digest.hpp"
#include "support/temp_dir.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using sdk::Environment;
using test::TempDir;

using Variables = std::map<std::string, std::string>;

Environment given(Variables variables) {
    return
        [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            return found == variables.end() ? std::nullopt : std::optional(found->second);
        };
}

TEST(Endpoint, is_the_default_socket_when_nothing_says_otherwise) {
    const auto endpoint = sdk::resolve_endpoint({}, given({{"HOME", "/nonexistent"}})).value();
    EXPECT_EQ(endpoint.text, "unix:///var/run/docker.sock");
    EXPECT_EQ(endpoint.source, "the default");
    EXPECT_TRUE(endpoint.is_unix);
}

TEST(Endpoint, reads_all_forms_of_a_host) {
    struct Case {
        std::string text, host, port, prefix, path;
        bool tls;
    };
    const std::vector<Case> cases{
        {"unix:///run/x.sock", "", "", "", "/run/x.sock", false},
        {"tcp://example:2000", "example", "2000", "", "", false},
        {"tcp://example", "example", "2375", "", "", false},
        {"tcp://:4000", "127.0.0.1", "4000", "", "", false},
        {"tcp://[::1]:4000", "::1", "4000", "", "", false},
        {"example:4000", "example", "4000", "", "", false},
        {"http://example:80/docker/", "example", "80", "/docker", "", false},
        {"https://example", "example", "2376", "", "", true},
    };
    for (const auto& item : cases) {
        const auto endpoint =
            sdk::resolve_endpoint({}, given({{"DOCKER_HOST", item.text}})).value();
        EXPECT_EQ(endpoint.host, item.host) << item.text;
        EXPECT_EQ(endpoint.port, item.port) << item.text;
        EXPECT_EQ(endpoint.prefix, item.prefix) << item.text;
        EXPECT_EQ(endpoint.path, item.path) << item.text;
        EXPECT_EQ(endpoint.tls, item.tls) << item.text;
        EXPECT_EQ(endpoint.source, "DOCKER_HOST");
    }
}

TEST(Endpoint, refuses_what_it_cannot_reach_and_names_the_rule) {
    for (const std::string text :
         {"ssh://me:secret@host", "ssh://-oProxyCommand=x", "ssh://h:0", "ssh://h/a b", "ssh://",
          "npipe:////./pipe/x", "tcp://h:99999", "tcp://[::1", "fd://"}) {
        const auto endpoint = sdk::resolve_endpoint({}, given({{"DOCKER_HOST", text}}));
        ASSERT_FALSE(endpoint.ok()) << text;
        EXPECT_NE(endpoint.error().message().find("DOCKER_HOST"), std::string::npos);
    }
}

TEST(Endpoint, of_the_program_wins_over_the_environment) {
    const ClientOptions options{.host = "tcp://a:1"};
    const auto endpoint =
        sdk::resolve_endpoint(options, given({{"DOCKER_HOST", "tcp://b:2"}})).value();
    EXPECT_EQ(endpoint.host, "a");
    EXPECT_EQ(endpoint.source, "the program");
}

TEST(Endpoint, takes_tls_from_the_environment_for_tcp_alone) {
    const Variables tls{
        {"DOCKER_HOST", "tcp://h"}, {"DOCKER_TLS_VERIFY", "1"}, {"DOCKER_CERT_PATH", "/certs"}};
    const auto tcp = sdk::resolve_endpoint({}, given(tls)).value();
    EXPECT_TRUE(tcp.tls);
    EXPECT_TRUE(tcp.tls_verify);
    EXPECT_EQ(tcp.port, "2376");
    EXPECT_EQ(tcp.certificates, "/certs");
    Variables socket = tls;
    socket["DOCKER_HOST"] = "unix:///x";
    EXPECT_FALSE(sdk::resolve_endpoint({}, given(socket)).value().tls);
}

class Contexts : public testing::Test {
  protected:
    void SetUp() override {
        const std::string meta = folder_.path() + "/contexts/meta/" + sdk::sha256_hex("web");
        ASSERT_TRUE(os::make_dirs(meta).ok());
        ASSERT_TRUE(
            os::write_file(meta + "/meta.json",
                           R"({"Name":"web","Endpoints":{"docker":{"Host":"tcp://web:1"}}})")
                .ok());
    }
    [[nodiscard]] Result<sdk::Endpoint> resolve(Variables variables) const {
        variables["DOCKER_CONFIG"] = folder_.path();
        return sdk::resolve_endpoint({}, given(std::move(variables)));
    }
    TempDir folder_;
};

TEST_F(Contexts, are_found_by_the_environment_and_by_the_configuration) {
    EXPECT_EQ(resolve({{"DOCKER_CONTEXT", "web"}}).value().host, "web");
    ASSERT_TRUE(
        os::write_file(folder_.path() + "/config.json", R"({"currentContext":"web"})").ok());
    const auto endpoint = resolve({}).value();
    EXPECT_EQ(endpoint.host, "web");
    EXPECT_EQ(endpoint.source, "the context web (from config.json)");
    EXPECT_EQ(resolve({{"DOCKER_CONTEXT", "default"}}).value().source, "the default");
    EXPECT_EQ(resolve({{"DOCKER_HOST", "tcp://b:2"}}).value().host, "b");
}

TEST_F(Contexts, that_are_missing_are_an_error) {
    const auto endpoint = resolve({{"DOCKER_CONTEXT", "gone"}});
    ASSERT_FALSE(endpoint.ok());
    EXPECT_NE(endpoint.error().message().find("the context gone"), std::string::npos);
}

}  // namespace
