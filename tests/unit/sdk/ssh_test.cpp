// ssh:// addresses, with a program called ssh that stands for the real one.
#include "sdk/ssh.hpp"

#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>

#include "net/async/loop.hpp"
#include "os/file.hpp"
#include "support/temp_dir.hpp"
#include "unit/sdk/scripted_server.hpp"
#include "wherry/client.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using Words = std::vector<std::string>;

Words arguments(std::string_view address) {
    return sdk::ssh_arguments(sdk::parse_ssh(address).value());
}

TEST(Ssh, is_started_as_the_docker_command_starts_it) {
    EXPECT_EQ(arguments("host"), (Words{"-o", "ConnectTimeout=30", "-T", "--", "host", "docker",
                                        "system", "dial-stdio"}));
    EXPECT_EQ(arguments("me@[::1]:22/run/d.sock"),
              (Words{"-o", "ConnectTimeout=30", "-T", "-l", "me", "-p", "22", "--", "::1", "docker",
                     "--host=unix:///run/d.sock", "system", "dial-stdio"}));
    EXPECT_EQ(arguments("host/").back(), "dial-stdio");
}

/// A PATH with a program called ssh that is this script.
class FakeSsh {
  public:
    explicit FakeSsh(const std::string& script) : before_(::getenv("PATH")) {
        os::write_file(dir_ / "ssh", script, 0755).value();
        ::setenv("PATH", (dir_.path() + ":" + before_).c_str(), 1);
    }
    FakeSsh(const FakeSsh&) = delete;
    FakeSsh& operator=(const FakeSsh&) = delete;
    ~FakeSsh() { ::setenv("PATH", before_.c_str(), 1); }

  private:
    test::TempDir dir_;
    std::string before_;
};

TEST(Ssh, carries_requests_and_replies) {
    const test::ScriptedServer server(test::with_ping(
        [](const test::Request&) { return test::answer(200, "{\"Version\":\"9\"}"); }));
    // Copies between the socket and its standard input and output, as dial-stdio does.
    const FakeSsh ssh(
        "#!/usr/bin/python3\n"
        "import os, socket, sys, threading\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.connect('" +
        server.host().substr(7) +
        "')\n"
        "def out():\n"
        "    while data := s.recv(4096): os.write(1, data)\n"
        "threading.Thread(target=out, daemon=True).start()\n"
        "while data := os.read(0, 4096): s.sendall(data)\n");
    const Client client = Client::connect({.host = "ssh://me@far"});
    EXPECT_EQ(client.version().value().version, "9");
    EXPECT_EQ(client.version().value().version, "9");
    EXPECT_EQ(server.connections(), 1);
    EXPECT_NE(client.explain().find("ssh://me@far"), std::string::npos);
}

TEST(Ssh, that_fails_is_quoted) {
    const FakeSsh ssh("#!/bin/sh\necho 'ssh: Could not resolve hostname far' >&2\nexit 255\n");
    const auto pinged = Client::connect({.host = "ssh://far"}).ping();
    ASSERT_FALSE(pinged.ok());
    EXPECT_EQ(pinged.error().kind(), ErrorKind::unavailable);
    EXPECT_NE(pinged.error().message().find("Could not resolve hostname far"), std::string::npos)
        << pinged.error().message();
}

TEST(Ssh, that_ended_before_the_request_was_sent_is_quoted_too) {
    const FakeSsh ssh("#!/bin/sh\necho 'ssh: Could not resolve hostname far' >&2\nexit 255\n");
    async::Loop loop;
    const http::Endpoint endpoint = sdk::ssh_transport(sdk::parse_ssh("far").value());
    auto stream = async::run(loop, std::get<http::CustomEndpoint>(endpoint).connect()).value();
    pollfd hang_up{stream->native_handle(), POLLIN, 0};
    ASSERT_EQ(::poll(&hang_up, 1, 10'000), 1);
    const auto written = async::run(loop, stream->write("GET / HTTP/1.1\r\n\r\n"));
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().kind(), ErrorKind::unavailable);
    EXPECT_NE(written.error().message().find("Could not resolve hostname far"), std::string::npos)
        << written.error().message();
}

}  // namespace
