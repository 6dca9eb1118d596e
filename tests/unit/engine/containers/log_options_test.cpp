#include "engine/containers/log_options.hpp"

#include <gtest/gtest.h>

#include "engine/containers/log_tag.hpp"
#include "engine/containers/log_values.hpp"

namespace wherry::containers {

namespace {

api::HostConfigLogConfig config(std::string type,
                                const std::vector<std::pair<std::string, std::string>>& options) {
    api::HostConfigLogConfig out;
    out.type = std::move(type);
    for (auto& [name, value] : options) {
        out.config[name] = value;
    }
    return out;
}

// As Docker 28.5.2 answered.
TEST(LogOptions, what_create_refuses) {
    const struct {
        api::HostConfigLogConfig config;
        std::string text;
    } cases[] = {
        {config("asdf", {}), "error looking up logging plugin asdf: plugin \"asdf\" not found"},
        {config("json-file", {{"foo", "1"}}), "unknown log opt 'foo' for json-file log driver"},
        {config("local", {{"labels", "a"}}), "unknown log opt 'labels' for log driver local"},
        {config("syslog", {{"syslog-address", "foo"}}), "unsupported scheme: ''"},
        {config("json-file", {{"mode", "what"}}), "logger: logging mode not supported: what"},
        {config("none", {{"foo", "1"}}), ""},
        {config("json-file", {{"max-size", "abc"}}), ""},
        {config("json-file", {{"mode", "non-blocking"}, {"max-buffer-size", "4m"}}), ""},
        {config("syslog", {{"syslog-address", "udp://"}}), ""},
    };
    for (const auto& c : cases) {
        const auto checked = check_log_config(c.config);
        EXPECT_EQ(checked ? "" : checked.error().message(), c.text) << c.config.type;
        EXPECT_TRUE(checked || checked.error().status() == 400);
    }
}

TEST(LogOptions, sizes) {
    EXPECT_EQ(log_size("10"), 10U);
    EXPECT_EQ(log_size("10k"), 10240U);
    EXPECT_EQ(log_size("10MB"), 10U << 20);
    EXPECT_EQ(log_size("1GiB"), 1U << 30);
    for (const char* wrong : {"", "x", "-1", "10x", "10kk", "99999999999999999999"}) {
        EXPECT_FALSE(log_size(wrong)) << wrong;
    }
}

TEST(LogOptions, syslog_addresses) {
    const auto udp = parse_syslog_address("udp://example:1514");
    ASSERT_TRUE(udp);
    EXPECT_EQ(udp->host + " " + udp->port, "example 1514");
    const auto v6 = parse_syslog_address("tcp://[::1]:99");
    ASSERT_TRUE(v6);
    EXPECT_EQ(v6->host + " " + v6->port, "::1 99");
    EXPECT_EQ(parse_syslog_address("udp://example")->port, "514");
    EXPECT_EQ(parse_syslog_facility("local7").value(), 23U);
    EXPECT_EQ(parse_syslog_facility("").value(), 3U);
    EXPECT_EQ(parse_syslog_facility("5").value(), 5U);
    EXPECT_FALSE(parse_syslog_facility("24"));
}

TEST(LogTag, is_filled_as_the_reference_does) {
    Record record;
    record.id = std::string(64, 'a');
    record.name = "web";
    record.image_id = "sha256:0123456789";
    record.path = "echo";
    record.args = api::List<std::string>{"hi", "there"};
    record.config.image = "alpine";
    record.config.labels["l"] = "lv";
    const auto tag = [&](std::string_view pattern) {
        auto made = log_tag(pattern, record, {.host_name = "box", .log_path = "/l"});
        return made ? *made : made.error().message();
    };
    EXPECT_EQ(tag("{{.ID}}|{{.Name}}|{{ .ImageID }}|{{.ImageName}}|{{.DaemonName}}"),
              "aaaaaaaaaaaa|web|sha256:01234|alpine|docker");
    EXPECT_EQ(tag("{{.Command}}|{{.ContainerName}}|{{.ContainerArgs}}|{{.Hostname}}"),
              "echo hi there|/web|[hi there]|box");
    EXPECT_EQ(tag("x {{- .Name -}} y{{.Name | upper}}{{index .ContainerLabels \"l\"}}"),
              "xwebyWEBlv");
    EXPECT_EQ(tag("}}x"), "}}x");
    EXPECT_EQ(tag("{{.Name"), "template: log-tag:1: unclosed action");
    EXPECT_EQ(tag("{{}}"), "template: log-tag:1: missing value for command");
    EXPECT_EQ(tag("{{foo}}"), "template: log-tag:1: function \"foo\" not defined");
}

TEST(LogAttributes, are_those_that_the_options_name) {
    Record record;
    record.config.labels["l"] = "a\"b";
    record.config.labels["xy"] = "2";
    record.config.labels["other"] = "3";
    record.config.env = api::List<std::string>{"A=1", "B=2=3"};
    record.host.log_config =
        config("json-file", {{"labels", "l,missing"}, {"labels-regex", "^x"}, {"env", "B"}});
    EXPECT_EQ(log_attributes(record, "t").value(), R"({"B":"2=3","l":"a\"b","tag":"t","xy":"2"})");
    record.host.log_config = config("json-file", {});
    EXPECT_EQ(log_attributes(record, "").value(), "");
}

}  // namespace

}  // namespace wherry::containers
