#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/json.hpp"
#include "engine/containers/defaults.hpp"
#include "engine/containers/detach_keys.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/name.hpp"
#include "engine/containers/ports.hpp"
#include "engine/containers/signal.hpp"
#include "engine/containers/validate.hpp"

namespace wherry::containers {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Abilities machine() {
    Abilities abilities;
    abilities.cgroup.memory_limit = true;
    abilities.cgroup.swap_limit = true;
    abilities.cgroup.cpu_cfs = true;
    abilities.cgroup.cpu_shares = true;
    abilities.cgroup.pids_limit = true;
    abilities.cpus = 2;
    abilities.runtimes["crun"].program = "/usr/bin/crun";
    return abilities;
}

struct Refused {
    const char* request;
    int status;
    const char* text;
};

class CreateRefuses : public testing::TestWithParam<Refused> {};

TEST_P(CreateRefuses, with_the_text_of_the_reference) {
    auto request = json::decode<api::ContainerCreateRequest>(GetParam().request);
    ASSERT_TRUE(request.ok()) << request.error().message();
    std::vector<std::string> warnings;
    auto checked = validate(*request, machine(), warnings);
    if (checked) {
        checked = validate_resources(request->host_config, machine(), warnings);
    }
    if (checked) {
        const auto mounts =
            plan_mounts(*request, request->host_config, [](std::string_view) { return nullptr; });
        if (!mounts) {
            checked = mounts.error();
        }
    }
    ASSERT_FALSE(checked.ok());
    EXPECT_EQ(checked.error().status(), GetParam().status);
    EXPECT_EQ(checked.error().message(), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    all, CreateRefuses,
    testing::Values(
        Refused{R"({"HostConfig":{"AutoRemove":true,"RestartPolicy":{"Name":"always"}}})", 400,
                "can't create 'AutoRemove' container with restart policy"},
        Refused{R"({"HostConfig":{"RestartPolicy":{"Name":"foo"}}})", 400,
                "invalid restart policy: unknown policy 'foo'; use one of 'no', 'always', "
                "'on-failure', or 'unless-stopped'"},
        Refused{R"({"HostConfig":{"RestartPolicy":{"Name":"always","MaximumRetryCount":3}}})", 400,
                "invalid restart policy: maximum retry count can only be used with 'on-failure'"},
        Refused{R"({"HostConfig":{"RestartPolicy":{"Name":"on-failure","MaximumRetryCount":-3}}})",
                400, "invalid restart policy: maximum retry count cannot be negative"},
        Refused{R"({"HostConfig":{"Memory":100}})", 400, "Minimum memory limit allowed is 6MB"},
        Refused{R"({"HostConfig":{"MemorySwap":100}})", 400,
                "You should always set the Memory limit when using Memoryswap limit, see usage"},
        Refused{R"({"HostConfig":{"MemorySwap":10000000,"Memory":20000000}})", 400,
                "Minimum memoryswap limit should be larger than memory limit, see usage"},
        Refused{R"({"HostConfig":{"Runtime":"foo"}})", 400, "unknown or invalid runtime name: foo"},
        Refused{R"({"HostConfig":{"NanoCpus":100000000000}})", 400,
                "range of CPUs is from 0.01 to 2.00, as there are only 2 CPUs available"},
        Refused{R"({"HostConfig":{"CpuShares":-1}})", 400,
                "invalid CPU shares (-1): value must be a positive integer"},
        Refused{R"({"HostConfig":{"ShmSize":-1}})", 400, "SHM size can not be less than 0"},
        Refused{R"({"HostConfig":{"PortBindings":{"80":[{"HostPort":"99999"}]}}})", 400,
                "invalid port specification: \"99999\""},
        Refused{R"({"HostConfig":{"CapAdd":["FOO"]}})", 400,
                "invalid CapAdd: unknown capability: \"CAP_FOO\""},
        Refused{R"({"HostConfig":{"IpcMode":"foo"}})", 400, "invalid IPC mode: foo"},
        Refused{R"({"HostConfig":{"PidMode":"foo"}})", 400, "invalid PID mode: foo"},
        Refused{R"({"HostConfig":{"UTSMode":"foo"}})", 400, "invalid UTS mode: foo"},
        Refused{R"({"StopSignal":"foo"})", 400, "invalid signal: foo"},
        Refused{R"({"WorkingDir":"x"})", 400,
                "the working directory 'x' is invalid, it needs to be an absolute path"},
        Refused{R"({"Env":["=x"]})", 400, "invalid environment variable: =x"},
        Refused{R"({"HostConfig":{"Binds":["/nope:/x","/tmp:/x"]}})", 400,
                "Duplicate mount point: /x"},
        Refused{R"({"HostConfig":{"Binds":["/tmp:/x:foo"]}})", 500, "invalid mode: foo"},
        Refused{R"({"HostConfig":{"Binds":["x"]}})", 500,
                "invalid volume specification: 'x': invalid mount config for type \"volume\": "
                "invalid mount path: 'x' mount path must be absolute"},
        Refused{R"({"HostConfig":{"Binds":["/tmp:/"]}})", 500,
                "invalid volume specification: '/tmp:/': invalid mount config for type \"bind\": "
                "invalid specification: destination can't be '/'"},
        Refused{R"({"HostConfig":{"Mounts":[{"Type":"foo","Source":"/n","Target":"/x"}]}})", 400,
                "invalid mount config for type \"foo\": mount type unknown"},
        Refused{R"({"HostConfig":{"Mounts":[{"Type":"bind","Target":"/x"}]}})", 400,
                "invalid mount config for type \"bind\": field Source must not be empty"},
        Refused{R"({"HostConfig":{"Mounts":[{"Type":"bind","Source":"/nope!","Target":"/x"}]}})",
                400,
                "invalid mount config for type \"bind\": bind source path does not exist: /nope!"},
        Refused{R"({"HostConfig":{"VolumesFrom":["nope"]}})", 400, "No such container: nope"}));

TEST(Create, fills_in_what_the_reference_fills_in) {
    api::HostConfig host;
    host.memory = 20'000'000;
    fill_host(host, Defaults());
    EXPECT_EQ(host.network_mode, "bridge");
    EXPECT_EQ(host.restart_policy.name, "no");
    EXPECT_EQ(host.ipc_mode, "private");
    EXPECT_EQ(host.shm_size, 67'108'864);
    EXPECT_EQ(host.memory_swap, 40'000'000);
    EXPECT_EQ(host.log_config.type, "json-file");
    EXPECT_FALSE(host.log_config.config.is_null());
    EXPECT_THAT(host.console_size, ElementsAre(0, 0));
    EXPECT_EQ(host.masked_paths.size(), 12U);
    EXPECT_EQ(host.oom_kill_disable, false);
}

TEST(Create, privileged_masks_nothing) {
    api::HostConfig host;
    host.privileged = true;
    fill_host(host, Defaults());
    EXPECT_TRUE(host.masked_paths.is_null());
    EXPECT_TRUE(host.readonly_paths.is_null());
    EXPECT_THAT(host.security_opt, ElementsAre("label=disable"));
}

images::oci::RunConfig image() {
    images::oci::RunConfig config;
    config.entrypoint = {"/entry"};
    config.cmd = {"image", "command"};
    config.env = {"PATH=/bin", "A=image"};
    config.labels = {{"from", "image"}, {"both", "image"}};
    config.user = "daemon";
    config.working_dir = "/srv";
    return config;
}

TEST(Create, the_image_stands_under_the_container) {
    api::ContainerConfig config;
    config.env = {"A=own"};
    config.labels = {{"both", "own"}};
    ASSERT_TRUE(merge_image(config, image()).ok());
    EXPECT_THAT(config.env, ElementsAre("A=own", "PATH=/bin"));
    EXPECT_EQ(config.labels["both"], "own");
    EXPECT_EQ(config.labels["from"], "image");
    EXPECT_EQ(config.user, "daemon");
    EXPECT_THAT(config.entrypoint, ElementsAre("/entry"));
    EXPECT_THAT(config.cmd, ElementsAre("image", "command"));
}

TEST(Create, an_own_entrypoint_drops_the_images_command) {
    api::ContainerConfig config;
    config.entrypoint = {"/own"};
    ASSERT_TRUE(merge_image(config, image()).ok());
    EXPECT_THAT(config.cmd, IsEmpty());
    const Command command = command_of(config);
    EXPECT_EQ(command.path, "/own");
    EXPECT_THAT(command.args, IsEmpty());
}

TEST(Create, an_empty_entrypoint_means_none) {
    api::ContainerConfig config;
    config.entrypoint = {""};
    const auto merged = merge_image(config, image());
    ASSERT_FALSE(merged.ok());
    EXPECT_EQ(merged.error().message(), "no command specified");
    EXPECT_TRUE(config.entrypoint.is_null());
}

TEST(Mounts, volumes_of_the_image_are_anonymous_unless_something_is_mounted_there) {
    api::ContainerConfig config;
    config.volumes = {{"/data", {}}, {"/cache", {}}};
    api::HostConfig host;
    host.binds = {"/tmp:/cache:ro", "named:/x"};
    const auto mounts = plan_mounts(config, host, [](std::string_view) { return nullptr; });
    ASSERT_TRUE(mounts.ok());
    ASSERT_EQ(mounts->size(), 3U);
    EXPECT_EQ(mounts->at(0).type, "bind");
    EXPECT_FALSE(mounts->at(0).rw);
    EXPECT_EQ(mounts->at(0).propagation, "rprivate");
    EXPECT_EQ(mounts->at(1).name, "named");
    EXPECT_EQ(mounts->at(1).mode, "z");
    EXPECT_TRUE(mounts->at(2).anonymous);
    EXPECT_EQ(mounts->at(2).destination, "/data");
    EXPECT_EQ(mounts->at(2).mode, "");
}

TEST(Names, are_checked) {
    EXPECT_EQ(*check_name("/web-1.a_b"), "web-1.a_b");
    for (const char* bad : {"a", "-x", "", "a b", "/", "a/b", "ü1"}) {
        EXPECT_FALSE(check_name(bad).ok()) << bad;
    }
    EXPECT_EQ(check_name("a").error().message(),
              "Invalid container name (a), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
    EXPECT_TRUE(check_name(random_name()).ok());
}

TEST(Signals, by_name_and_number) {
    EXPECT_EQ(*parse_signal("KILL"), 9);
    EXPECT_EQ(*parse_signal("sigterm"), 15);
    EXPECT_EQ(*parse_signal("10"), 10);
    EXPECT_EQ(*parse_signal("RTMIN+3"), 37);
    EXPECT_EQ(*parse_signal("SIGRTMAX"), 64);
    for (const char* bad : {"", "0", "65", "-1", "FOO", "RTMIN+99"}) {
        EXPECT_FALSE(parse_signal(bad).ok()) << bad;
    }
}

TEST(Ports, bindings_become_requests) {
    api::ContainerConfig config;
    config.exposed_ports = {{"53/udp", {}}, {"80/tcp", {}}};
    api::HostConfig host;
    api::PortBinding binding;
    binding.host_ip = "127.0.0.1";
    binding.host_port = "8000-8010";
    host.port_bindings["80/tcp"].push_back(binding);
    host.port_bindings["81/tcp"].push_back(binding);  // not exposed
    host.publish_all_ports = true;
    const auto requests = port_requests(config, host);
    ASSERT_TRUE(requests.ok());
    ASSERT_EQ(requests->size(), 2U);
    EXPECT_EQ(requests->at(0).host_port_first, 8000);
    EXPECT_EQ(requests->at(0).host_port_last, 8010);
    EXPECT_EQ(requests->at(1).protocol, networks::Protocol::udp);
    EXPECT_EQ(requests->at(1).host_port_first, 0);
    const auto shown = ports_in_use(config, {});
    EXPECT_TRUE(shown.at("80/tcp").is_null());
}

TEST(Ports, a_bad_binding_is_refused_exposed_or_not) {
    api::HostConfig host;
    api::PortBinding binding;
    binding.host_port = "x";
    host.port_bindings["81/tcp"].push_back(binding);
    EXPECT_EQ(port_requests({}, host).error().status(), 400);
}

TEST(DetachKeys, are_bytes) {
    EXPECT_EQ(*parse_detach_keys(""), "\x10\x11");
    EXPECT_EQ(*parse_detach_keys("ctrl-a,d"),
              "\x01"
              "d");
    EXPECT_EQ(parse_detach_keys("ctrl-ö").error().status(), 400);
    EXPECT_FALSE(parse_detach_keys("xx").ok());
}

}  // namespace
}  // namespace wherry::containers
