// The journal's socket, played by the test: what a container's lines become there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include "system/monitor/box.hpp"

namespace wherry::containers {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

os::UniqueFd bound_datagram_socket(const std::string& path) {
    os::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    path.copy(name.sun_path, sizeof name.sun_path - 1);
    const timeval limit{.tv_sec = 5, .tv_usec = 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0
               ? std::move(fd)
               : os::UniqueFd();
}

TEST(RemoteLog, the_journal_gets_entries_and_a_copy_stays) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "needs root";
    }
    // Nothing of this reaches the machine's own mounts.
    ASSERT_TRUE(os::unshare_mounts().ok());
    ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    ASSERT_TRUE(prepare_cgroups().ok());
    Box box;
    ASSERT_TRUE(box.ok());
    const test::TempDir dir;
    const auto journal = bound_datagram_socket(dir / "journal");
    ASSERT_TRUE(journal);
    Recipe recipe{.args = {"/guest", "mixed"}};
    recipe.log.driver = wire::LogDriver::journald;
    recipe.log.path = dir / "copies/container-cached.log";
    recipe.log.address = "unixgram://" + (dir / "journal");
    recipe.log.fields = "CONTAINER_ID=abc\n";
    ASSERT_TRUE(box.write_bundle("remote", recipe));
    async::Loop loop;
    auto client = async::run(loop, MonitorClient::launch(box.launch_plan("remote")));
    ASSERT_TRUE(client) << client.error().message();
    const auto started =
        async::run(loop, (*client)->start(box.start_request("remote", recipe), {}));
    ASSERT_TRUE(started) << started.error().message();
    ASSERT_TRUE(async::run(loop, (*client)->wait_exit()));
    ASSERT_TRUE(async::run(loop, (*client)->acknowledge_exit()));

    std::vector<std::string> entries(3);
    for (std::string& entry : entries) {
        entry.resize(4096);
        const auto got = ::recv(journal.get(), entry.data(), entry.size(), 0);
        entry.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        EXPECT_TRUE(entry.starts_with("CONTAINER_ID=abc\nPRIORITY=")) << entry;
    }
    std::ranges::sort(
        entries, {}, [](const std::string& entry) { return entry.substr(entry.find("MESSAGE=")); });
    EXPECT_THAT(entries, ElementsAre(HasSubstr("PRIORITY=3\n"), HasSubstr("PRIORITY=6\n"),
                                     HasSubstr("CONTAINER_PARTIAL_MESSAGE=true\nMESSAGE=rest\n")));

    std::vector<std::string> lines;
    logfile::Record record;
    auto reader = logfile::Reader::open(recipe.log.path, {.framing = logfile::Framing::lengths});
    while (reader && reader->next(record).value()) {
        lines.push_back(std::string(logfile::name(record.stream)) + ":" + record.log);
    }
    std::ranges::sort(lines);
    EXPECT_THAT(lines, ElementsAre("stderr:err\n", "stdout:out\n", "stdout:rest"));
}

}  // namespace
}  // namespace wherry::containers
