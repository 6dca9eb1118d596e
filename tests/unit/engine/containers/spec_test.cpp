#include "engine/containers/spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/value.hpp"

namespace wherry::containers {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class SpecTest : public testing::Test {
  protected:
    SpecTest() {
        host_.shm_size = 64 << 20;
        input_.id = "0123456789ab";
        input_.hostname = "web";
        input_.args = {"sh", "-c", "true"};
        input_.cgroups_path = "/docker/0123456789ab";
        input_.namespaces.network = "/proc/1/ns/net";
        input_.kernel = "6.1.0";
        input_.go_arch = "amd64";
    }
    json::Value build() {
        const auto built = build_spec(input_);
        EXPECT_TRUE(built.ok()) << built.error().message();
        warnings_ = built->warnings;
        return json::Value::parse(built->json).value();
    }
    std::string error() {
        const auto built = build_spec(input_);
        return built.ok() ? "" : built.error().message();
    }
    static std::vector<std::string> strings(const json::Value& list) {
        std::vector<std::string> out;
        for (const json::Value& item : list.as_array()) {
            out.push_back(item.as_string());
        }
        return out;
    }
    static const json::Value& at(const json::Value& value,
                                 std::initializer_list<const char*> path) {
        static const json::Value none;
        const json::Value* found = &value;
        for (const char* name : path) {
            found = found->find(name);
            if (found == nullptr) {
                return none;
            }
        }
        return *found;
    }
    static const json::Value* mount(const json::Value& spec, std::string_view destination) {
        const json::Value* found = nullptr;
        for (const json::Value& one : at(spec, {"mounts"}).as_array()) {
            if (one.text("destination") == destination) {
                EXPECT_EQ(found, nullptr) << "two mounts at " << destination;
                found = &one;
            }
        }
        return found;
    }

    api::ContainerConfig config_;
    api::HostConfig host_;
    std::vector<std::string> warnings_;
    SpecInput input_{.config = config_, .host = host_};
};

TEST_F(SpecTest, environment_has_the_engines_variables_unless_the_container_sets_them) {
    input_.env = {"A=b", "HOSTNAME=other"};
    EXPECT_THAT(strings(at(build(), {"process", "env"})),
                ElementsAre("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                            "A=b", "HOSTNAME=other", "HOME=/"));
    input_.env = {"PATH=/x", "HOME=/root"};
    config_.tty = true;
    EXPECT_THAT(strings(at(build(), {"process", "env"})),
                ElementsAre("HOSTNAME=web", "TERM=xterm", "PATH=/x", "HOME=/root"));
}

TEST_F(SpecTest, another_user_has_no_effective_capabilities) {
    EXPECT_EQ(strings(at(build(), {"process", "capabilities", "effective"})).size(), 14U);
    input_.identity.uid = 1000;
    const auto spec = build();
    EXPECT_TRUE(strings(at(spec, {"process", "capabilities", "effective"})).empty());
    EXPECT_EQ(strings(at(spec, {"process", "capabilities", "bounding"})).size(), 14U);
}

TEST_F(SpecTest, host_namespaces_are_left_out) {
    const auto types = [&] {
        std::vector<std::string> out;
        const json::Value spec = build();
        for (const json::Value& one : at(spec, {"linux", "namespaces"}).as_array()) {
            out.push_back(one.text("type") + one.text("path"));
        }
        return out;
    };
    EXPECT_THAT(types(), ElementsAre("mount", "network/proc/1/ns/net", "uts", "pid", "ipc"));
    input_.namespaces = {
        .network = "host", .pid = "host", .ipc = "host", .uts = "host", .cgroup = ""};
    EXPECT_THAT(types(), ElementsAre("mount", "cgroup"));
    EXPECT_TRUE(at(build(), {"linux", "sysctl"}).as_object().empty());
    EXPECT_EQ(mount(build(), "/dev/shm")->text("type"), "bind");
}

TEST_F(SpecTest, own_mounts_replace_the_defaults_and_parents_come_first) {
    input_.mounts = {{"bind", "/a", "/data/deep", {"rbind", "rprivate"}},
                     {"bind", "/b", "/data", {"rbind", "rprivate"}},
                     {"tmpfs", "tmpfs", "/dev/shm", {"size=1m"}}};
    const json::Value spec = build();
    EXPECT_EQ(mount(spec, "/dev/shm")->text("source"), "tmpfs");
    const auto& mounts = at(spec, {"mounts"}).as_array();
    const auto place = [&](std::string_view destination) {
        return mount(spec, destination) - mounts.data();
    };
    EXPECT_LT(place("/data"), place("/data/deep"));
}

TEST_F(SpecTest, propagation_of_a_bind_reaches_the_root) {
    EXPECT_TRUE(at(build(), {"linux", "rootfsPropagation"}).is_null());
    input_.mounts = {{"bind", "/a", "/a", {"rbind", "rslave"}}};
    EXPECT_EQ(at(build(), {"linux", "rootfsPropagation"}).as_string(), "rslave");
    input_.mounts.push_back({"bind", "/b", "/b", {"rbind", "rshared"}});
    EXPECT_EQ(at(build(), {"linux", "rootfsPropagation"}).as_string(), "rshared");
}

TEST_F(SpecTest, limits_are_written_only_when_set) {
    EXPECT_TRUE(at(build(), {"linux", "resources", "memory"}).is_null());
    host_.memory = 64 << 20;
    host_.memory_swap = -1;
    host_.nano_cpus = 1'500'000'000;
    host_.pids_limit = 50;
    const json::Value spec = build();
    EXPECT_EQ(at(spec, {"linux", "resources", "memory", "limit"}).as_int(), 64 << 20);
    EXPECT_EQ(at(spec, {"linux", "resources", "memory", "swap"}).as_int(), -1);
    EXPECT_EQ(at(spec, {"linux", "resources", "cpu", "quota"}).as_int(), 150'000);
    EXPECT_EQ(at(spec, {"linux", "resources", "cpu", "period"}).as_int(), 100'000);
    EXPECT_EQ(at(spec, {"linux", "resources", "pids", "limit"}).as_int(), 50);
}

TEST_F(SpecTest, open_files_are_clamped_with_a_warning) {
    input_.ceilings.ulimits["nofile"] = 20'000;
    api::ResourcesUlimits limit;
    limit.name = "nofile";
    limit.soft = limit.hard = 1'048'576;
    host_.ulimits.push_back(limit);
    const json::Value spec = build();
    EXPECT_EQ(at(spec, {"process", "rlimits"}).as_array().at(0).find("hard")->as_int(), 20'000);
    EXPECT_EQ(warnings_.size(), 1U);
}

TEST_F(SpecTest, security_options_are_read_in_both_forms) {
    EXPECT_FALSE(at(build(), {"linux", "seccomp"}).is_null());
    host_.security_opt = {"seccomp=unconfined", "no-new-privileges"};
    EXPECT_TRUE(at(build(), {"linux", "seccomp"}).is_null());
    EXPECT_TRUE(at(build(), {"process", "noNewPrivileges"}).as_bool());
    host_.security_opt = {"no-new-privileges:false", "label:disable"};
    EXPECT_FALSE(at(build(), {"process", "noNewPrivileges"}).as_bool());
    host_.security_opt = {R"(seccomp={"defaultAction":"SCMP_ACT_ALLOW"})"};
    EXPECT_EQ(at(build(), {"linux", "seccomp", "defaultAction"}).as_string(), "SCMP_ACT_ALLOW");
    for (const char* wrong : {"foo", "foo=bar", "no-new-privileges=maybe", "seccomp={"}) {
        host_.security_opt = {wrong};
        EXPECT_FALSE(error().empty()) << wrong;
    }
}

TEST_F(SpecTest, privileged_opens_devices_and_file_systems) {
    host_.privileged = true;
    const json::Value spec = build();
    EXPECT_TRUE(at(spec, {"linux", "seccomp"}).is_null());
    EXPECT_THAT(strings(*mount(spec, "/sys")->find("options")), Not(Contains("ro")));
    EXPECT_EQ(at(spec, {"linux", "resources", "devices"}).as_array().size(), 1U);
}

TEST_F(SpecTest, device_rules_are_checked) {
    host_.device_cgroup_rules = {"c 1:3 rwm", "b *:* r"};
    EXPECT_EQ(error(), "");
    for (const char* wrong : {"c 1:3", "x 1:3 r", "c 1 r", "c 1:3 rx", "c a:3 r"}) {
        host_.device_cgroup_rules = {wrong};
        EXPECT_FALSE(error().empty()) << wrong;
    }
}

TEST_F(SpecTest, an_init_runs_the_payload) {
    input_.init_program = "/usr/bin/tini-static";
    const json::Value spec = build();
    EXPECT_THAT(strings(at(spec, {"process", "args"})),
                ElementsAre("/sbin/docker-init", "--", "sh", "-c", "true"));
    EXPECT_EQ(mount(spec, "/sbin/docker-init")->text("source"), "/usr/bin/tini-static");
}

}  // namespace
}  // namespace wherry::containers
