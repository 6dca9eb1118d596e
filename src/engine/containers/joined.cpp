#include "engine/containers/joined.hpp"

#include <fcntl.h>

#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/run_mounts.hpp"
#include "os/file.hpp"

namespace wherry::containers {

std::string_view donor_of(std::string_view mode) {
    constexpr std::string_view prefix = "container:";
    return mode.starts_with(prefix) ? mode.substr(prefix.size()) : std::string_view();
}

namespace {

std::string namespace_path(const Container& donor, const char* kind) {
    return text::format("/proc/{}/ns/{}", donor.state.pid, kind);
}

/// 409 (500 for a process namespace, as the reference has it) unless the donor runs.
Result<> check_donor(const Container& donor, const char* what, ErrorKind kind) {
    if (donor.state.restarting) {
        return fail(ErrorKind::conflict,
                    "Container {} is restarting, wait until the container is running", donor.id());
    }
    if (!donor.state.alive()) {
        return fail(kind, "failed to join {} namespace: container {} is not running", what,
                    donor.id());
    }
    return {};
}

}  // namespace

/// Where another container's /dev/shm lies, "" if it is its own alone.
std::string Containers::shared_memory_of(const Container& donor) const {
    const std::string& mode = donor.record.host.ipc_mode;
    if (mode == "shareable") {
        return shared_memory_place(layout_.run(donor.id()));
    }
    if (mode == "host") {
        return "/dev/shm";
    }
    const ContainerPtr next = catalog_.find_by_id(donor_of(mode));
    // A container cannot name itself before it exists, so this ends.
    return next ? shared_memory_of(*next) : std::string();
}

Result<> Containers::join_network(Container& container, Joined& out) const {
    const std::string_view name = donor_of(container.record.host.network_mode);
    if (name.empty()) {
        return {};
    }
    const auto found = catalog_.get(name);
    if (!found) {
        return fail(ErrorKind::internal, "joining network namespace of container: {}",
                    found.error().message());
    }
    const Container& donor = **found;
    if (!donor.state.alive()) {
        return fail(ErrorKind::conflict,
                    "cannot join network namespace of a non running container: container {} is {}",
                    donor.record.name, to_string(donor.status()));
    }
    TRY(out.netns, os::open(namespace_path(donor, "net"), O_RDONLY));
    // The files are those of the container that the network was made for.
    ContainerPtr owner = *found;
    while (auto next = catalog_.find_by_id(donor_of(owner->record.host.network_mode))) {
        owner = std::move(next);
    }
    out.network_owner = owner->id();
    container.record.config.hostname = donor.record.config.hostname;
    container.record.config.domainname = donor.record.config.domainname;
    return {};
}

Result<> Containers::join_processes(const Container& container, Joined& out) const {
    if (const std::string_view name = donor_of(container.record.host.pid_mode); !name.empty()) {
        auto donor = catalog_.get(name);
        if (!donor) {
            return std::move(donor).error().in("failed to join PID namespace");
        }
        CHECK_OK(check_donor(**donor, "PID", ErrorKind::internal));
        out.pid_namespace = namespace_path(**donor, "pid");
    }
    const std::string& ipc = container.record.host.ipc_mode;
    if (ipc.starts_with("container:")) {
        auto donor = catalog_.get(donor_of(ipc));
        if (!donor) {
            return std::move(donor).error().in("failed to join IPC namespace");
        }
        CHECK_OK(check_donor(**donor, "IPC", ErrorKind::conflict));
        out.shared_memory = shared_memory_of(**donor);
        if (out.shared_memory.empty()) {
            return fail(ErrorKind::invalid,
                        "failed to join IPC namespace: container {}: non-shareable IPC (hint: use "
                        "IpcMode:shareable for the donor container)",
                        (*donor)->id());
        }
        out.ipc_namespace = namespace_path(**donor, "ipc");
    } else if (ipc == "shareable") {
        out.shared_memory = shared_memory_place(layout_.run(container.id()));
    }
    return {};
}

/// Legacy links are a matter of the default bridge.
Result<> Containers::join_links(const Container& container, Joined& out) const {
    const Record& record = container.record;
    if (record.host.network_mode != "bridge") {
        return {};
    }
    for (const Link& link : record.links) {
        const ContainerPtr child = catalog_.find_by_id(link.id);
        if (!child) {
            continue;
        }
        if (!child->state.alive() || !child->endpoint) {
            return fail(ErrorKind::internal,
                        "Cannot link to a non running container: /{} AS /{}/{}", child->record.name,
                        record.name, link.alias);
        }
        LinkTarget target{.id = child->id(),
                          .name = child->record.name,
                          .alias = link.alias,
                          .address = child->endpoint->ipv4_address};
        target.variables = link_variables(record.name, target, child->record.config);
        out.links.push_back(std::move(target));
    }
    return {};
}

/// Those that must run for it to start.
std::vector<ContainerPtr> Containers::needed_by(const Container& container) const {
    const api::HostConfig& host = container.record.host;
    std::vector<ContainerPtr> out;
    const auto add = [&](std::string_view name) {
        const auto found = name.empty() ? nullptr : catalog_.get(name).value_or(nullptr);
        if (found && found.get() != &container) {
            out.push_back(found);
        }
    };
    add(donor_of(host.network_mode));
    add(donor_of(host.pid_mode));
    add(donor_of(host.ipc_mode));
    for (const Link& link : container.record.links) {
        add(link.id);
    }
    return out;
}

Result<Joined> Containers::join(Container& container) const {
    Joined out;
    CHECK_OK(join_network(container, out));
    CHECK_OK(join_processes(container, out));
    CHECK_OK(join_links(container, out));
    return out;
}

}  // namespace wherry::containers
