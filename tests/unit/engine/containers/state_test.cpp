#include "engine/containers/state.hpp"

#include <gtest/gtest.h>

#include <array>

namespace wherry::containers {
namespace {

const std::array statuses = {Status::created, Status::running,  Status::paused, Status::restarting,
                             Status::exited,  Status::removing, Status::dead};

/// The status of the answer, 0 where the operation is allowed; in the order of `statuses`.
struct Row {
    const char* name;
    Operation operation;
    std::array<int, 7> expected;
};

class OperationInEveryState : public testing::TestWithParam<Row> {};

TEST_P(OperationInEveryState, answers_as_the_reference) {
    const Row& row = GetParam();
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        const auto allowed =
            check_allowed(row.operation, statuses[i], {.name = "web", .id = "abc"});
        EXPECT_EQ(allowed ? 0 : allowed.error().status(), row.expected[i])
            << row.name << " of a container that is " << to_string(statuses[i]);
    }
}

INSTANTIATE_TEST_SUITE_P(
    all, OperationInEveryState,
    testing::Values(Row{"start", Operation::start, {0, 304, 409, 304, 0, 409, 409}},
                    Row{"stop", Operation::stop, {304, 0, 0, 0, 304, 304, 304}},
                    Row{"kill", Operation::kill, {409, 0, 0, 0, 409, 409, 409}},
                    Row{"restart", Operation::restart, {0, 0, 0, 0, 0, 500, 500}},
                    Row{"pause", Operation::pause, {409, 0, 409, 409, 409, 409, 409}},
                    Row{"unpause", Operation::unpause, {500, 500, 0, 500, 500, 500, 500}},
                    Row{"remove", Operation::remove, {0, 409, 409, 409, 0, 409, 0}},
                    Row{"force_remove", Operation::force_remove, {0, 0, 0, 0, 0, 409, 0}},
                    Row{"attach", Operation::attach, {0, 0, 409, 409, 0, 0, 0}},
                    Row{"exec_create", Operation::exec_create, {409, 0, 409, 409, 409, 409, 409}},
                    Row{"resize", Operation::resize, {409, 0, 0, 409, 409, 409, 409}},
                    Row{"top", Operation::top, {409, 0, 0, 409, 409, 409, 409}},
                    Row{"logs", Operation::logs, {0, 0, 0, 0, 0, 409, 409}},
                    Row{"update", Operation::update, {0, 0, 0, 0, 0, 500, 500}},
                    Row{"commit", Operation::commit, {0, 0, 0, 0, 0, 409, 409}},
                    Row{"export", Operation::export_root, {0, 0, 0, 0, 0, 409, 409}},
                    Row{"network", Operation::network, {0, 0, 0, 0, 0, 500, 500}}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(State, errors_name_the_container_as_the_client_did) {
    const Named named{.name = "web", .id = "0123"};
    EXPECT_EQ(check_allowed(Operation::kill, Status::exited, named).error().message(),
              "cannot kill container: web: container 0123 is not running");
    EXPECT_EQ(check_allowed(Operation::remove, Status::running, named).error().message(),
              "cannot remove container \"web\": container is running: stop the container before "
              "removing or force remove");
    EXPECT_EQ(check_allowed(Operation::unpause, Status::running, named).error().message(),
              "Container 0123 is not paused");
}

TEST(State, status_follows_the_flags) {
    State state;
    EXPECT_EQ(state.status(), Status::created);
    state.set_running(7, Time(std::chrono::seconds(5)));
    EXPECT_EQ(state.status(), Status::running);
    state.paused = true;
    EXPECT_EQ(state.status(), Status::paused);
    state.set_exited(3, Time(std::chrono::seconds(6)), false);
    EXPECT_EQ(state.status(), Status::exited);
    EXPECT_EQ(state.exit_code, 3);
    state.removing = true;
    EXPECT_EQ(state.status(), Status::removing);
}

TEST(State, a_failed_first_start_leaves_it_created) {
    State state;
    state.set_start_failed(127, "no such program");
    EXPECT_EQ(state.status(), Status::created);
    EXPECT_EQ(state.exit_code, 127);
    EXPECT_EQ(state.error, "no such program");
}

}  // namespace
}  // namespace wherry::containers
