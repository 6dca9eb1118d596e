#include "engine/containers/exec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/value.hpp"
#include "engine/containers/spec.hpp"

namespace wherry::containers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

ExecRecord record() {
    ExecRecord record;
    record.id = "e1";
    record.container_id = "c1";
    record.config.cmd = api::List<std::string>{"sh", "-c", "true"};
    record.config.user = "guest";
    record.config.tty = true;
    record.config.attach_stdout = true;
    record.config.env = api::List<std::string>{"A=b"};
    return record;
}

TEST(ExecRecord, survives_the_store) {
    ExecRecord stored = record();
    stored.begun = true;
    stored.exit_code = 7;
    stored.ended_at = Time(std::chrono::nanoseconds(1'700'000'000'000'000'001));
    const auto back = decode_exec(encode_exec(stored));
    ASSERT_TRUE(back.ok()) << back.error().message();
    EXPECT_EQ(encode_exec(*back), encode_exec(stored));
    EXPECT_EQ(back->config.cmd, stored.config.cmd);
    EXPECT_EQ(back->exit_code, 7);
    EXPECT_EQ(back->ended_at, stored.ended_at);
    const auto fresh = decode_exec(encode_exec(record()));
    ASSERT_TRUE(fresh.ok());
    EXPECT_FALSE(fresh->begun);
    EXPECT_FALSE(fresh->exit_code);
}

TEST(ExecRecord, of_a_newer_version_is_refused) {
    EXPECT_FALSE(decode_exec(R"({"Schema":99,"ID":"e"})").ok());
}

TEST(ExecView, runs_from_its_start_to_its_end) {
    Exec exec(record());
    EXPECT_FALSE(exec_view(exec).running);
    EXPECT_FALSE(exec_view(exec).exit_code);
    exec.record.begun = true;
    EXPECT_TRUE(exec_view(exec).running);
    exec.record.exit_code = 3;
    const auto view = exec_view(exec);
    EXPECT_FALSE(view.running);
    EXPECT_EQ(view.exit_code, 3);
    EXPECT_EQ(view.container_id, "c1");
    EXPECT_EQ(view.process_config.entrypoint, "sh");
    EXPECT_THAT(view.process_config.arguments, ElementsAre("-c", "true"));
    EXPECT_EQ(view.process_config.user, "guest");
    EXPECT_TRUE(view.open_stdout);
    EXPECT_FALSE(view.open_stdin);
}

TEST(ExecAction, joins_the_command) {
    EXPECT_EQ(exec_action("create", record().config), "exec_create: sh -c true");
}

TEST(ExecEnvironment, replaces_extends_and_takes_away) {
    const api::List<std::string> container{"A=1", "B=2"};
    EXPECT_THAT(exec_environment(container, {"B=3", "C=4"}), ElementsAre("A=1", "B=3", "C=4"));
    EXPECT_THAT(exec_environment(container, {"A"}), ElementsAre("B=2"));
    EXPECT_THAT(exec_environment(container, {"D"}), ElementsAre("A=1", "B=2"));
    EXPECT_THAT(exec_environment(container, {"A="}), ElementsAre("A=", "B=2"));
}

class ExecProcess : public testing::Test {
  protected:
    ExecProcess() {
        input_.id = "0123456789ab";
        input_.hostname = "web";
        input_.args = {"id"};
        input_.kernel = "6.1.0";
        input_.go_arch = "amd64";
    }
    json::Value build(bool privileged = false) {
        const auto built = build_process(input_, privileged);
        EXPECT_TRUE(built.ok()) << built.error().message();
        return json::Value::parse(built->json).value();
    }
    static std::vector<std::string> strings(const json::Value& list) {
        std::vector<std::string> out;
        for (const json::Value& item : list.as_array()) {
            out.push_back(item.as_string());
        }
        return out;
    }

    static json::Value at(const json::Value& value, std::initializer_list<const char*> path) {
        const json::Value* found = &value;
        for (const char* name : path) {
            found = found->find(name);
            if (found == nullptr) {
                return {};
            }
        }
        return *found;
    }

    api::ContainerConfig config_;
    api::HostConfig host_;
    SpecInput input_{.config = config_, .host = host_};
};

TEST_F(ExecProcess, has_what_its_container_has) {
    host_.cap_drop = api::List<std::string>{"CHOWN"};
    host_.security_opt = api::List<std::string>{"no-new-privileges", "seccomp={}"};
    config_.working_dir = "/srv";
    const auto process = build();
    EXPECT_EQ(at(process, {"cwd"}).as_string(), "/srv");
    EXPECT_TRUE(at(process, {"noNewPrivileges"}).as_bool());
    EXPECT_THAT(strings(at(process, {"capabilities", "effective"})), Not(Contains("CAP_CHOWN")));
    EXPECT_THAT(strings(at(process, {"env"})), Contains("HOSTNAME=web"));
    EXPECT_THAT(strings(at(process, {"env"})), Not(Contains("TERM=xterm")));
}

TEST_F(ExecProcess, privileged_has_every_capability_whoever_it_is) {
    input_.identity.uid = 1000;
    EXPECT_TRUE(strings(at(build(), {"capabilities", "effective"})).empty());
    const auto process = build(true);
    EXPECT_THAT(strings(at(process, {"capabilities", "effective"})), Contains("CAP_SYS_ADMIN"));
    EXPECT_THAT(strings(at(process, {"capabilities", "bounding"})), Contains("CAP_SYS_ADMIN"));
}

TEST_F(ExecProcess, a_terminal_has_a_size_and_a_name) {
    config_.tty = true;
    host_.console_size = api::List<std::int64_t>{24, 80};
    const auto process = build();
    EXPECT_TRUE(at(process, {"terminal"}).as_bool());
    EXPECT_EQ(at(process, {"consoleSize", "height"}).as_int(), 24);
    EXPECT_THAT(strings(at(process, {"env"})), Contains("TERM=xterm"));
}

}  // namespace
}  // namespace wherry::containers
