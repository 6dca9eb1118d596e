#include "engine/images/registry_url.hpp"

#include <gtest/gtest.h>

namespace wherry::images {
namespace {

std::string listing(std::string_view domain, const RegistryConfig& config) {
    std::string out;
    const auto endpoints = endpoints_of(domain, config);
    if (!endpoints) {
        return endpoints.error().message();
    }
    for (const RegistryEndpoint& endpoint : *endpoints) {
        out += endpoint.base.text() + (endpoint.verify ? "" : " unverified") +
               (endpoint.mirror ? " mirror" : "") + "\n";
    }
    return out;
}

TEST(RegistryUrl, is_parsed_and_written_back) {
    const auto url = Url::parse("http://user:pw@Host:5000/a/b?c=d#e");
    ASSERT_TRUE(url);
    EXPECT_FALSE(url->https);
    EXPECT_EQ(url->host, "Host");
    EXPECT_EQ(url->port, "5000");
    EXPECT_EQ(url->target, "/a/b?c=d");
    EXPECT_EQ(Url::parse("https://[::1]/x")->text(), "https://[::1]/x");
    EXPECT_EQ(Url::parse("https://a:443?x=1")->text(), "https://a/?x=1");
    EXPECT_FALSE(Url::parse("ftp://a/"));
    EXPECT_FALSE(Url::parse("https:///x"));
}

TEST(RegistryUrl, locations_are_resolved) {
    const auto url = *Url::parse("https://reg:5000/v2/x/blobs/y?z");
    EXPECT_EQ(url.resolve("/other")->text(), "https://reg:5000/other");
    EXPECT_EQ(url.resolve("near?q")->text(), "https://reg:5000/v2/x/blobs/near?q");
    EXPECT_EQ(url.resolve("http://cdn/y")->text(), "http://cdn/y");
    EXPECT_EQ(url.resolve("//cdn/y")->text(), "https://cdn/y");
}

TEST(RegistryUrl, mirrors_serve_docker_io_alone) {
    const RegistryConfig config{.mirrors = {"http://127.0.0.1:5000/", "https://mirror/base"}};
    EXPECT_EQ(listing("docker.io", config),
              "http://127.0.0.1:5000 unverified mirror\n"
              "https://mirror/base mirror\n"
              "https://registry-1.docker.io\n");
    EXPECT_EQ(listing("quay.io", config), "https://quay.io\n");
}

TEST(RegistryUrl, loopback_and_named_registries_may_speak_http) {
    const RegistryConfig config{.insecure_registries = {"plain:80", "10.1.0.0/16", "bare"}};
    EXPECT_EQ(listing("localhost:5000", config),
              "https://localhost:5000 unverified\nhttp://localhost:5000 unverified\n");
    for (const std::string domain :
         {"127.3.2.1:5000", "[::1]:5000", "plain:80", "bare:1", "10.1.2.3"}) {
        EXPECT_TRUE(is_insecure(domain, config)) << domain;
    }
    for (const std::string domain : {"plain:81", "10.2.0.1", "example.com", "128.0.0.1"}) {
        EXPECT_FALSE(is_insecure(domain, config)) << domain;
    }
}

}  // namespace
}  // namespace wherry::images
