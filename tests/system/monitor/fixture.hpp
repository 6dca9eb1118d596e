// Containers through a monitor, checked at the end for what they left.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "system/monitor/box.hpp"

namespace wherry::containers {

class Monitor : public ::testing::Test {
  protected:
    static void SetUpTestSuite() {
        if (::geteuid() == 0) {
            // Nothing of this reaches the machine's own mounts.
            ASSERT_TRUE(os::unshare_mounts().ok());
            ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
            const auto prepared = prepare_cgroups();
            ASSERT_TRUE(prepared.ok()) << prepared.error().message();
        }
    }
    void SetUp() override {
        if (::geteuid() != 0) {
            GTEST_SKIP() << "needs root";
        }
        box_ = std::make_unique<Box>();
        ASSERT_TRUE(box_->ok());
    }
    void TearDown() override {
        if (box_) {
            for (const auto& id : ids_) {
                EXPECT_THAT(os::cgroup_processes(Box::cgroup(id)), ::testing::IsEmpty()) << id;
                for (const auto& root : os::cgroup_roots()) {
                    EXPECT_FALSE(os::exists(root + Box::cgroup(id))) << root << id;
                }
            }
        }
    }

    template <class T>
    T run(Task<T> task) {
        return async::run(loop_, std::move(task));
    }
    std::unique_ptr<MonitorClient> launch(const std::string& id, const Recipe& recipe) {
        ids_.push_back(id);
        EXPECT_TRUE(box_->write_bundle(id, recipe).ok());
        auto client = run(MonitorClient::launch(box_->launch_plan(id)));
        EXPECT_TRUE(client.ok()) << client.error().message();
        return client.ok() ? *std::move(client) : nullptr;
    }
    Result<Started> start(MonitorClient& client, const std::string& id, const Recipe& recipe) {
        return run(client.start(box_->start_request(id, recipe), {}));
    }
    /// Waits, checks the record on disk, acknowledges, and sees the monitor end.
    ExitRecord finish(MonitorClient& client, const std::string& id) {
        const auto record = run(client.wait_exit());
        EXPECT_TRUE(record.ok()) << record.error().message();
        const auto stored = read_exit_record(box_->run_folder(id) + "/exit");
        EXPECT_TRUE(stored.ok());
        if (!record.ok() || !stored.ok()) {
            return {};
        }
        EXPECT_EQ(stored->status, record->status);
        const auto acknowledged = run(client.acknowledge_exit());
        EXPECT_TRUE(acknowledged.ok()) << acknowledged.error().message();
        expect_end(client);
        return *record;
    }
    static void expect_end(MonitorClient& client) {
        pollfd ended{client.pidfd(), POLLIN, 0};
        EXPECT_EQ(::poll(&ended, 1, 10'000), 1);
    }
    ExitRecord run_to_end(const std::string& id, const Recipe& recipe) {
        auto client = launch(id, recipe);
        const auto started = start(*client, id, recipe);
        EXPECT_TRUE(started.ok()) << started.error().message();
        return started.ok() ? finish(*client, id) : ExitRecord{};
    }
    /// Reads from an attached socket until `text` came or ten seconds have passed.
    static std::string read_until(int fd, std::string_view text) {
        std::string got;
        char buffer[4096];
        pollfd ready{fd, POLLIN, 0};
        while (got.find(text) == std::string::npos && ::poll(&ready, 1, 10'000) == 1) {
            const auto count = ::read(fd, buffer, sizeof buffer);
            if (count <= 0) {
                break;
            }
            got.append(buffer, static_cast<std::size_t>(count));
        }
        return got;
    }
    static std::string read_to_end(int fd) {
        return read_until(fd, std::string_view("\xff\xfe!", 3));
    }
    os::UniqueFd attach(MonitorClient& client, wire::AttachRequest request) {
        auto pair = os::socket_pair();
        EXPECT_TRUE(pair.ok());
        const auto attached = run(client.attach(std::move(pair->second), std::move(request)));
        EXPECT_TRUE(attached.ok()) << attached.error().message();
        return std::move(pair->first);
    }

    async::Loop loop_;
    std::unique_ptr<Box> box_;
    std::vector<std::string> ids_;
};

}  // namespace wherry::containers
