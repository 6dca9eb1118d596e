// The OCI image configuration (image-spec, config.md), with Docker's additions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "api/list.hpp"

namespace wherry::images::oci {

/// `config` of an image: what a container starts with unless it says otherwise. Durations in ns.
struct Healthcheck {
    api::List<std::string> test;
    std::int64_t interval = 0;
    std::int64_t timeout = 0;
    std::int64_t start_period = 0;
    std::int64_t start_interval = 0;
    std::int64_t retries = 0;
};

struct RunConfig {
    std::string user;
    api::Map<api::Empty> exposed_ports;
    api::List<std::string> env;
    api::List<std::string> entrypoint;
    api::List<std::string> cmd;
    api::Map<api::Empty> volumes;
    std::string working_dir;
    api::Map<std::string> labels;
    std::string stop_signal;
    bool args_escaped = false;
    std::optional<Healthcheck> healthcheck;
    api::List<std::string> on_build;
    api::List<std::string> shell;
};

struct History {
    std::string created;
    std::string created_by;
    std::string author;
    std::string comment;
    bool empty_layer = false;
};

struct RootFsDiffs {
    std::string type = "layers";
    api::List<std::string> diff_ids;
};

struct ImageConfig {
    std::string created;
    std::string author;
    std::string comment;
    std::string architecture;
    std::string os;
    std::string os_version;
    std::string variant;
    std::string docker_version;
    RunConfig config;
    RootFsDiffs rootfs;
    api::List<History> history;
};

}  // namespace wherry::images::oci
