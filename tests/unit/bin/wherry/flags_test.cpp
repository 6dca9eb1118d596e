#include "bin/wherry/flags.hpp"

#include <gtest/gtest.h>

#include "bin/wherry/page.hpp"
#include "bin/wherry/run_options.hpp"

namespace {

using namespace wherry::command;  // NOLINT(google-build-using-namespace)
using Words = std::vector<std::string>;

struct Parsed {
    RunFlags flags;
    Words arguments;
    std::string error;
};

Parsed parse(const Words& words) {
    Parsed parsed;
    Flags flags;
    add_run_flags(flags, parsed.flags);
    auto arguments = flags.parse(words);
    if (arguments) {
        parsed.arguments = *arguments;
    } else {
        parsed.error = arguments.error().message();
    }
    parsed.flags.entrypoint_given = flags.given("entrypoint");
    return parsed;
}

TEST(Flags, take_all_forms) {
    const auto parsed = parse({"-it", "--rm", "--name=web", "-e", "A=1", "-eB=2", "--env", "C=3",
                               "-p=80:80", "--tty=false", "alpine", "ls", "-l"});
    EXPECT_EQ(parsed.error, "");
    EXPECT_TRUE(parsed.flags.interactive);
    EXPECT_FALSE(parsed.flags.tty);
    EXPECT_TRUE(parsed.flags.remove);
    EXPECT_EQ(parsed.flags.name, "web");
    EXPECT_EQ(parsed.flags.env, (Words{"A=1", "B=2", "C=3"}));
    EXPECT_EQ(parsed.flags.publish, (Words{"80:80"}));
    EXPECT_EQ(parsed.arguments, (Words{"alpine", "ls", "-l"}));
}

TEST(Flags, that_are_not_known_are_refused_by_name) {
    EXPECT_EQ(parse({"--privileged", "alpine"}).error, "unknown flag: --privileged");
    EXPECT_EQ(parse({"-dx", "alpine"}).error, "unknown shorthand flag: 'x' in -dx");
    EXPECT_EQ(parse({"--name"}).error, "flag needs an argument: --name");
    EXPECT_EQ(parse({"-e"}).error, "flag needs an argument: 'e' in -e");
}

TEST(RunOptions, become_the_request_of_the_docker_command) {
    const auto parsed = parse({"-i", "-u", "1:2", "-w", "/x", "--entrypoint", "", "-v", "/a:/b:ro",
                               "-v", "/data", "alpine", "ls"});
    const auto request = to_request(parsed.flags, parsed.arguments).value();
    EXPECT_EQ(request.image, "alpine");
    EXPECT_EQ(request.cmd, Words{"ls"});
    EXPECT_EQ(request.entrypoint, Words{""});
    EXPECT_TRUE(request.open_stdin && request.stdin_once && request.attach_stdin &&
                request.attach_stdout);
    EXPECT_EQ(request.user, "1:2");
    EXPECT_EQ(request.working_dir, "/x");
    EXPECT_EQ(request.host_config.binds, Words{"/a:/b:ro"});
    EXPECT_TRUE(request.volumes.contains("/data"));
    EXPECT_EQ(request.host_config.network_mode, "default");
}

TEST(RunOptions, of_a_detached_container_attach_nothing) {
    const auto parsed = parse({"-d", "-i", "alpine"});
    const auto request = to_request(parsed.flags, parsed.arguments).value();
    EXPECT_TRUE(request.open_stdin);
    EXPECT_FALSE(request.stdin_once || request.attach_stdin || request.attach_stdout);
}

/// "80/tcp=127.0.0.1:8080 …"
std::string published(const std::string& text) {
    wherry::api::ContainerCreateRequest request;
    if (const auto done = publish(request, text); !done) {
        return "! " + done.error().message();
    }
    std::string out;
    for (const auto& [port, bindings] : request.host_config.port_bindings) {
        EXPECT_TRUE(request.exposed_ports.contains(port));
        for (const auto& binding : bindings) {
            out += port + "=" + binding.host_ip + ":" + binding.host_port + " ";
        }
    }
    return out;
}

TEST(Publish, takes_all_forms) {
    EXPECT_EQ(published("80"), "80/tcp=: ");
    EXPECT_EQ(published("8080:80"), "80/tcp=:8080 ");
    EXPECT_EQ(published("127.0.0.1:8080:80/udp"), "80/udp=127.0.0.1:8080 ");
    EXPECT_EQ(published("127.0.0.1::80"), "80/tcp=127.0.0.1: ");
    EXPECT_EQ(published("[::1]:8080:80"), "80/tcp=::1:8080 ");
    EXPECT_EQ(published("9000-9001:80-81"), "80/tcp=:9000 81/tcp=:9001 ");
    EXPECT_EQ(published("9000-9005:80"), "80/tcp=:9000-9005 ");
    EXPECT_EQ(published("1-3:80-81").substr(0, 2), "! ");
    EXPECT_EQ(published("x:80").substr(0, 2), "! ");
    EXPECT_EQ(published("80/quic"), "! invalid proto: quic");
}

TEST(DetachKeys, are_read_as_the_docker_command_does) {
    EXPECT_EQ(detach_bytes("ctrl-p,ctrl-q").value(), "\x10\x11");
    EXPECT_EQ(detach_bytes("a,ctrl-[").value(), "a\x1b");
    EXPECT_FALSE(detach_bytes("ctrl-").ok());
    EXPECT_FALSE(detach_bytes("foo").ok());
}

TEST(Pages, become_help) {
    EXPECT_EQ(
        help_of(
            "# wherry x\n\n    wherry x [OPTIONS]\n\nDo x.\n\n## Options\n\n    -a, --all   All\n"),
        "Usage:  wherry x [OPTIONS]\n\nDo x.\n\nOptions:\n  -a, --all   All\n");
}

}  // namespace
