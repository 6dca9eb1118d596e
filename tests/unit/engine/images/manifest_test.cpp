#include "engine/images/manifest.hpp"

#include <gtest/gtest.h>

namespace wherry::images {
namespace {

const std::string a = "sha256:" + std::string(64, 'a');
const std::string b = "sha256:" + std::string(64, 'b');
const std::string c = "sha256:" + std::string(64, 'c');

std::string entry(const std::string& digest, const std::string& os, const std::string& arch,
                  const std::string& variant = "") {
    return R"({"mediaType":"x","digest":")" + digest + R"(","size":7,"platform":{"os":")" + os +
           R"(","architecture":")" + arch + R"(","variant":")" + variant + "\"}}";
}

std::string chosen(const std::string& entries, std::string_view platform) {
    const auto parsed =
        parse_manifest(R"({"schemaVersion":2,"manifests":[)" + entries + "]}", media::oci_index);
    if (!parsed) {
        return parsed.error().message();
    }
    const auto found =
        choose_manifest(std::get<Index>(*parsed), *api::PlatformSpec::parse(platform));
    return found ? found->digest : found.error().message();
}

TEST(Manifest, lists_are_chosen_from_by_platform) {
    const std::string entries = entry(a, "linux", "386") + "," + entry(b, "linux", "amd64") + "," +
                                entry(c, "linux", "arm64", "v8") + "," +
                                entry(a, "unknown", "unknown");
    EXPECT_EQ(chosen(entries, "linux/amd64"), b);
    EXPECT_EQ(chosen(entries, "linux/arm64/v8"), c);
    EXPECT_EQ(chosen(entries, "linux/arm64"), c);
    EXPECT_EQ(chosen(entry(a, "linux", "386"), "linux/amd64"), a);
    EXPECT_EQ(chosen(entry(a, "linux", "arm", "v6") + "," + entry(b, "linux", "arm", "v5"),
                     "linux/arm/v7"),
              a);
    EXPECT_EQ(chosen(entries, "linux/s390x"),
              "no matching manifest for linux/s390x in the manifest list entries");
    EXPECT_EQ(chosen("", "linux/amd64"),
              "no matching manifest for linux/amd64 in the manifest list entries");
}

TEST(Manifest, kinds_are_told_apart_by_the_text) {
    const std::string manifest = R"({"schemaVersion":2,"config":{"digest":")" + a +
                                 R"(","size":1},"layers":[{"digest":")" + b + R"(","size":2}]})";
    const auto parsed = parse_manifest(manifest, "application/json");
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(std::get<Manifest>(*parsed).layers.at(0).digest, b);
    EXPECT_FALSE(parse_manifest(R"({"schemaVersion":1,"name":"x"})", ""));
    EXPECT_FALSE(parse_manifest(R"({"schemaVersion":2})", media::oci_manifest));
    EXPECT_FALSE(parse_manifest("<html>", media::oci_manifest));
}

TEST(Manifest, digests_that_are_none_are_refused) {
    for (const std::string digest : {"", "sha256:../../etc/passwd", "sha512:aa", "sha256:AA"}) {
        EXPECT_FALSE(parse_manifest(
            R"({"schemaVersion":2,"config":{"digest":")" + digest + R"("},"layers":[]})",
            media::oci_manifest))
            << digest;
    }
    EXPECT_FALSE(parse_config(R"({"rootfs":{"type":"layers","diff_ids":["nonsense"]}})"));
}

TEST(Manifest, what_is_written_is_read) {
    Manifest manifest;
    manifest.config = {.media_type = std::string(media::oci_config), .digest = a, .size = 5};
    manifest.layers.push_back(
        {.media_type = std::string(media::oci_layer), .digest = b, .size = 9});
    const auto back = parse_manifest(write_manifest(manifest), "");
    ASSERT_TRUE(back);
    EXPECT_EQ(std::get<Manifest>(*back).config.digest, a);
    EXPECT_EQ(std::get<Manifest>(*back).layers.at(0).size, 9U);
}

TEST(Manifest, a_configuration_keeps_what_a_container_needs) {
    const auto config = parse_config(
        R"({"architecture":"amd64","os":"linux","config":{"Env":["A=b"],"Cmd":["/bin/sh"],)"
        R"("ExposedPorts":{"80/tcp":{}},"Labels":null,"Healthcheck":{"Test":["CMD","x"],)"
        R"("Interval":5}},"rootfs":{"type":"layers","diff_ids":[")" +
        a + R"("]},"history":[{"created_by":"x","empty_layer":true}]})");
    ASSERT_TRUE(config) << config.error().message();
    EXPECT_EQ(config->config.env.at(0), "A=b");
    EXPECT_TRUE(config->config.exposed_ports.contains("80/tcp"));
    EXPECT_TRUE(config->config.labels.is_null());
    EXPECT_EQ(config->config.healthcheck->interval, 5);
    EXPECT_TRUE(config->history.at(0).empty_layer);
}

}  // namespace
}  // namespace wherry::images
