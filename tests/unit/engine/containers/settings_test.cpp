// What create and update decide, and what a run is planned from: pure functions.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/json.hpp"
#include "engine/containers/catalog.hpp"
#include "engine/containers/ceilings.hpp"
#include "engine/containers/cpuset.hpp"
#include "engine/containers/device_requests.hpp"
#include "engine/containers/links.hpp"
#include "engine/containers/mounts.hpp"
#include "engine/containers/security_options.hpp"
#include "engine/containers/sysctls.hpp"
#include "engine/containers/update_limits.hpp"
#include "engine/containers/yaml.hpp"

namespace wherry::containers {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CpuList, holds_numbers_and_ranges) {
    EXPECT_EQ(parse_cpu_list("0-2,5"), (std::set<int>{0, 1, 2, 5}));
    EXPECT_EQ(parse_cpu_list("1,0"), (std::set<int>{0, 1}));
    EXPECT_EQ(parse_cpu_list(""), std::set<int>());
    for (const char* wrong : {"x", "0-", "-1", "3-1", "1-99999"}) {
        EXPECT_FALSE(parse_cpu_list(wrong).has_value()) << wrong;
    }
}

api::ResourcesUlimits ulimit(const char* name, std::int64_t soft, std::int64_t hard) {
    api::ResourcesUlimits out;
    out.name = name;
    out.soft = soft;
    out.hard = hard;
    return out;
}

TEST(Ceilings, cut_what_is_above_them) {
    const os::LimitCeilings ceilings{.ulimits = {{"nofile", 1000}}, .oom_score_adj = 0};
    EXPECT_EQ(within(ulimit("nofile", 10, 5000), ceilings).hard, 1000);
    EXPECT_EQ(within(ulimit("nofile", -1, -1), ceilings).soft, 1000);
    EXPECT_EQ(within(ulimit("nofile", 10, 500), ceilings).hard, 500);
    EXPECT_EQ(within(ulimit("core", -1, -1), ceilings).hard, -1);
    EXPECT_EQ(within(-500, ceilings), 0);
    EXPECT_EQ(within(300, ceilings), 300);
}

TEST(Ceilings, are_told) {
    const os::LimitCeilings ceilings{.ulimits = {{"nofile", 1000}}, .oom_score_adj = 0};
    api::HostConfig host;
    host.ulimits = {ulimit("nofile", 10, 500)};
    EXPECT_THAT(ceiling_warnings(host, ceilings), IsEmpty());
    host.ulimits = {ulimit("nofile", 10, 5000)};
    host.oom_score_adj = -500;
    EXPECT_THAT(ceiling_warnings(host, ceilings),
                ElementsAre(HasSubstr("nofile cannot be raised to 10:5000"),
                            HasSubstr("cannot be lowered to -500")));
}

TEST(Sysctls, are_those_of_own_namespaces) {
    api::HostConfig host;
    host.sysctls = {
        {"net.core.somaxconn", "1"}, {"kernel.msgmax", "1"}, {"fs.mqueue.msg_max", "1"}};
    EXPECT_TRUE(check_sysctls(host).ok());
    host.sysctls = {{"net/core/somaxconn", "1"}};
    EXPECT_TRUE(check_sysctls(host).ok());
    host.network_mode = "host";
    EXPECT_EQ(check_sysctls(host).error().message(),
              "sysctl \"net/core/somaxconn\" not allowed in host network namespace");
    host.sysctls = {{"vm.swappiness", "1"}};
    EXPECT_EQ(check_sysctls(host).error().message(),
              "sysctl \"vm.swappiness\" is not in a separate kernel namespace");
}

TEST(SecurityOptions, are_read_in_both_forms) {
    const auto read = parse_security_options(
        {"no-new-privileges", "seccomp:unconfined", "apparmor=x", "label=disable", "disable"});
    ASSERT_TRUE(read.ok());
    EXPECT_TRUE(read->no_new_privileges);
    EXPECT_EQ(read->seccomp, "unconfined");
    EXPECT_EQ(read->apparmor, "x");
    EXPECT_EQ(parse_security_options({"systempaths=unconfined"}).error().status(), 500);
    EXPECT_EQ(parse_security_options({"foo"}).error().message(),
              "invalid --security-opt 1: \"foo\"");
}

TEST(Links, are_names_with_an_alias) {
    EXPECT_EQ(parse_link("db")->alias, "db");
    EXPECT_EQ(parse_link("/db:/al")->alias, "al");
    EXPECT_EQ(parse_link("db:al")->name, "db");
    EXPECT_EQ(parse_link("").error().message(), "empty string specified for links");
    EXPECT_EQ(parse_link("a:b:c").error().message(), "bad format for links: a:b:c");
}

TEST(Links, tell_ports_and_variables_of_the_other_end) {
    api::ContainerConfig config;
    config.env = {"A=1", "PATH=/bin", "HOME=/"};
    config.exposed_ports["443/tcp"];
    config.exposed_ports["80/tcp"];
    const LinkTarget target{
        .id = "0123456789abcdef", .name = "db", .alias = "my-db", .address = "10.0.0.2"};
    EXPECT_THAT(link_variables("web", target, config),
                ElementsAre("MY_DB_NAME=/web/my-db", "MY_DB_PORT=tcp://10.0.0.2:80",
                            "MY_DB_PORT_80_TCP=tcp://10.0.0.2:80",
                            "MY_DB_PORT_80_TCP_ADDR=10.0.0.2", "MY_DB_PORT_80_TCP_PORT=80",
                            "MY_DB_PORT_80_TCP_PROTO=tcp", "MY_DB_PORT_443_TCP=tcp://10.0.0.2:443",
                            "MY_DB_PORT_443_TCP_ADDR=10.0.0.2", "MY_DB_PORT_443_TCP_PORT=443",
                            "MY_DB_PORT_443_TCP_PROTO=tcp", "MY_DB_ENV_A=1"));
    EXPECT_EQ(with_link_hosts("a\nown\n", {target}), "a\n10.0.0.2\tmy-db 0123456789ab db\nown\n");
    EXPECT_EQ(with_link_hosts("own\n", {}), "own\n");
}

struct Updated {
    const char* before;
    const char* request;
    const char* refusal;  ///< "" for none
};

TEST(Update, refuses_what_contradicts_the_settings) {
    const Updated cases[] = {
        {R"({"NanoCpus":1000})", R"({"CpuQuota":5000})",
         "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set"},
        {R"({"NanoCpus":1000})", R"({"CpuQuota":-1})", ""},
        {R"({"CpuQuota":5000})", R"({"NanoCpus":5})",
         "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set"},
        {R"({"Memory":10,"MemorySwap":20})", R"({"Memory":30})",
         "Memory limit should be smaller than already set memoryswap limit, update the memoryswap "
         "at "
         "the same time"},
        {R"({"Memory":10,"MemorySwap":20})", R"({"Memory":30,"MemorySwap":60})", ""},
        {R"({"AutoRemove":true})", R"({"RestartPolicy":{"Name":"no"}})", ""},
        {R"({"AutoRemove":true})", R"({"RestartPolicy":{"Name":"always"}})",
         "Restart policy cannot be updated because AutoRemove is enabled for the container"}};
    for (const Updated& one : cases) {
        auto host = json::decode<api::HostConfig>(one.before).value();
        const auto request = json::decode<api::ContainerUpdateRequest>(one.request).value();
        const auto applied = apply_update(host, request);
        EXPECT_EQ(applied.ok() ? "" : applied.error().message(), one.refusal) << one.request;
    }
}

TEST(Update, leaves_what_it_does_not_name) {
    auto host = json::decode<api::HostConfig>(
                    R"({"CpuShares":5,"PidsLimit":7,"RestartPolicy":{"Name":"always"}})")
                    .value();
    ASSERT_TRUE(apply_update(host, api::ContainerUpdateRequest()).ok());
    EXPECT_EQ(host.cpu_shares, 5);
    EXPECT_EQ(host.pids_limit, 7);
    EXPECT_EQ(host.restart_policy.name, "always");
    const auto request = json::decode<api::ContainerUpdateRequest>(R"({"PidsLimit":-1})").value();
    ASSERT_TRUE(apply_update(host, request).ok());
    EXPECT_EQ(host.pids_limit, 0);
    EXPECT_FALSE(updated_limits(host, false).pids.has_value());
}

TEST(RuntimeMounts, read_only_goes_to_the_bottom_unless_told_otherwise) {
    MountRecord bind;
    bind.type = "bind";
    bind.source = "/srv";
    bind.destination = "/x";
    bind.propagation = "rprivate";
    const auto options = [&](bool can) {
        const auto planned =
            runtime_mounts({bind}, api::HostConfig(), {.recursive_read_only = can});
        return planned.ok() ? planned->front().options
                            : std::vector<std::string>{planned.error().message()};
    };
    EXPECT_THAT(options(true), ElementsAre("rbind", "rro", "rprivate"));
    EXPECT_THAT(options(false), ElementsAre("rbind", "ro", "rprivate"));
    bind.read_only_non_recursive = true;
    EXPECT_THAT(options(true), ElementsAre("rbind", "ro", "rprivate"));
    bind.read_only_force_recursive = true;
    EXPECT_THAT(options(true), ElementsAre(HasSubstr("mount options conflict")));
}

TEST(RuntimeMounts, parts_of_volumes_are_made_below_the_run) {
    MountRecord volume;
    volume.type = "volume";
    volume.source = "/data/vol";
    volume.destination = "/x";
    volume.subpath = "in";
    volume.rw = true;
    const auto planned = runtime_mounts({volume}, api::HostConfig(), {.run_folder = "/run/c"});
    ASSERT_TRUE(planned.ok());
    EXPECT_EQ(planned->front().source, "/run/c/mounts/0");
}

TEST(Yaml, reads_what_vendors_write) {
    const auto value = parse_yaml(R"(# a comment
---
kind: v.com/x   # behind a value
list:
- a
- "quoted: #text"
- 'it''s'
nested:
    - name: one
      deep:
        number: 12
        flag: true
    -
      name: two
empty:
flow: [ro, "b c"]
)");
    ASSERT_TRUE(value.ok()) << value.error().message();
    EXPECT_EQ(
        value->dump(),
        R"({"kind":"v.com/x","list":["a","quoted: #text","it's"],"nested":[{"name":"one",)"
        R"("deep":{"number":12,"flag":true}},{"name":"two"}],"empty":null,"flow":["ro","b c"]})");
}

TEST(Yaml, refuses_what_it_does_not_know) {
    for (const char* wrong : {"a: &x 1", "a: |\n  text", "a: b\n  c: d", "just text", "a: 'x"}) {
        EXPECT_FALSE(parse_yaml(wrong).ok()) << wrong;
    }
}

TEST(Cdi, devices_have_the_file_s_edits_and_their_own) {
    const auto spec = parse_yaml(R"(kind: v.com/gpu
containerEdits:
  env: [ALL=1]
devices:
- name: 0
  containerEdits:
    deviceNodes:
    - path: /dev/gpu0
      major: 10
      type: c
    hooks:
    - hookName: createContainer
      path: /usr/bin/hook
      args: [hook, one]
)");
    const auto devices = read_cdi_spec(*spec);
    ASSERT_TRUE(devices.ok()) << devices.error().message();
    const DeviceEdits& edits = devices->at("v.com/gpu=0");
    EXPECT_THAT(edits.env, ElementsAre("ALL=1"));
    EXPECT_EQ(edits.devices.at(0).device.major, 10);
    EXPECT_EQ(edits.devices.at(0).permissions, "rwm");
    EXPECT_EQ(edits.hooks.at(0).stage, "createContainer");
    EXPECT_FALSE(read_cdi_spec(json::Value::parse(R"({"kind":"x"})").value()).ok());
}

ContainerPtr known(Catalog& catalog, const char* id, const char* network = "bridge") {
    Record record;
    record.id = record.name = id;
    record.host.network_mode = network;
    auto container = std::make_shared<Container>(std::move(record));
    catalog.add(container);
    return container;
}

TEST(Catalog, finds_a_container_by_its_link) {
    Catalog catalog;
    const auto child = known(catalog, "child");
    const auto parent = known(catalog, "parent");
    parent->record.links.push_back({.id = "child", .alias = "db"});
    EXPECT_EQ(catalog.get("/parent/db").value(), child);
    EXPECT_EQ(catalog.get("parent/nope").error().message(), "No such container: parent/nope");
    EXPECT_THAT(catalog.link_names().at("child"), ElementsAre("/parent/db"));
    EXPECT_THAT(catalog.shown_links(parent->record), ElementsAre("/child:/parent/db"));
}

}  // namespace
}  // namespace wherry::containers
