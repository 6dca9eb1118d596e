#include "engine/containers/device_requests.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/containers/yaml.hpp"
#include "os/device.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

std::vector<std::string> strings(const json::Value* list) {
    std::vector<std::string> out;
    if (list != nullptr) {
        for (const json::Value& item : list->as_array()) {
            out.push_back(item.as_string());
        }
    }
    return out;
}

const json::Array& items(const json::Value& value, std::string_view name) {
    static const json::Array none;
    const json::Value* found = value.find(name);
    return found == nullptr ? none : found->as_array();
}

std::optional<std::uint32_t> number(const json::Value& value, std::string_view name) {
    const json::Value* found = value.find(name);
    return found == nullptr || !found->is_int()
               ? std::nullopt
               : std::optional(static_cast<std::uint32_t>(found->as_int()));
}

/// What the file leaves out is looked up on the host when the device is used.
PlannedDevice device_node(const json::Value& node) {
    PlannedDevice out;
    out.device.path = node.text("path");
    out.host_path = node.text("hostPath").empty() ? out.device.path : node.text("hostPath");
    out.device.type = node.text("type");
    out.device.major = number(node, "major").value_or(0);
    out.device.minor = number(node, "minor").value_or(0);
    out.device.file_mode = number(node, "fileMode");
    out.device.uid = number(node, "uid");
    out.device.gid = number(node, "gid");
    out.permissions = node.text("permissions").empty() ? "rwm" : node.text("permissions");
    return out;
}

PlannedMount cdi_mount(const json::Value& mount) {
    PlannedMount out;
    out.type = mount.text("type").empty() ? "bind" : mount.text("type");
    out.source = mount.text("hostPath");
    out.destination = mount.text("containerPath");
    out.options = strings(mount.find("options"));
    if (out.options.empty()) {
        out.options = {"rbind", "ro"};
    }
    return out;
}

void add_edits(DeviceEdits& out, const json::Value* edits) {
    if (edits == nullptr) {
        return;
    }
    for (std::string& entry : strings(edits->find("env"))) {
        out.env.push_back(std::move(entry));
    }
    for (const json::Value& node : items(*edits, "deviceNodes")) {
        out.devices.push_back(device_node(node));
    }
    for (const json::Value& mount : items(*edits, "mounts")) {
        out.mounts.push_back(cdi_mount(mount));
    }
    for (const json::Value& hook : items(*edits, "hooks")) {
        out.hooks.push_back({.stage = hook.text("hookName"),
                             .path = hook.text("path"),
                             .args = strings(hook.find("args")),
                             .env = strings(hook.find("env"))});
    }
    for (const json::Value& gid : items(*edits, "additionalGids")) {
        out.additional_gids.push_back(static_cast<std::uint32_t>(gid.as_int()));
    }
}

void append(DeviceEdits& out, const DeviceEdits& more) {
    const auto add = [](auto& list, const auto& from) {
        list.insert(list.end(), from.begin(), from.end());
    };
    add(out.env, more.env);
    add(out.devices, more.devices);
    add(out.mounts, more.mounts);
    add(out.hooks, more.hooks);
    add(out.additional_gids, more.additional_gids);
}

Result<CdiDevices> read_file(const std::string& path) {
    TRY(const std::string text, os::read_file(path));
    TRY(const json::Value spec,
        path.ends_with(".json") ? json::Value::parse(text) : parse_yaml(text));
    return read_cdi_spec(spec);
}

/// Later folders win, as a machine's own files do over its packages'. A bad file is told and
/// skipped.
CdiDevices read_folders(const std::vector<std::string>& folders) {
    CdiDevices out;
    for (const std::string& folder : folders) {
        auto names = os::list_dir(folder);
        if (!names) {
            continue;
        }
        std::ranges::sort(*names);
        for (const std::string& name : *names) {
            const std::string path = folder + "/" + name;
            if (!name.ends_with(".json") && !name.ends_with(".yaml") && !name.ends_with(".yml")) {
                continue;
            }
            auto devices = read_file(path);
            if (!devices) {
                log::warn("cdi={} {}", path, devices.error().message());
                continue;
            }
            for (auto& [device, edits] : *devices) {
                out.insert_or_assign(device, std::move(edits));
            }
        }
    }
    return out;
}

/// As Go prints a list of lists.
std::string shown(const api::List<api::List<std::string>>& capabilities) {
    std::vector<std::string> groups;
    for (const auto& group : capabilities) {
        groups.push_back(
            "[" + text::join(std::vector<std::string>(group.begin(), group.end()), " ") + "]");
    }
    return "[" + text::join(groups, " ") + "]";
}

Result<> complete(PlannedDevice& planned) {
    if (!planned.device.type.empty()) {
        return {};
    }
    auto file = os::device_file(planned.host_path);
    if (!file) {
        return std::move(file).error().in("CDI device injection failed");
    }
    planned.device.type = std::string(1, file->type);
    planned.device.major = file->major;
    planned.device.minor = file->minor;
    planned.device.file_mode = planned.device.file_mode.value_or(file->mode);
    planned.device.uid = planned.device.uid.value_or(file->uid);
    planned.device.gid = planned.device.gid.value_or(file->gid);
    return {};
}

}  // namespace

Result<CdiDevices> read_cdi_spec(const json::Value& spec) {
    const std::string& kind = spec.text("kind");
    if (kind.find('/') == std::string::npos) {
        return fail(ErrorKind::invalid, "a CDI specification has no kind");
    }
    CdiDevices out;
    for (const json::Value& device : items(spec, "devices")) {
        // A name of digits alone is a number in YAML.
        const json::Value* name = device.find("name");
        if (name == nullptr) {
            return Error(ErrorKind::invalid, "a CDI device has no name");
        }
        const std::string text =
            name->is_int() ? text::format("{}", name->as_int()) : name->as_string();
        DeviceEdits& edits = out[kind + "=" + text];
        add_edits(edits, spec.find("containerEdits"));
        add_edits(edits, device.find("containerEdits"));
    }
    return out;
}

Result<DeviceEdits> resolve_device_requests(const api::List<api::DeviceRequest>& requests,
                                            const std::vector<std::string>& spec_folders) {
    DeviceEdits out;
    for (const api::DeviceRequest& request : requests) {
        if (request.driver != "cdi") {
            return fail(ErrorKind::internal,
                        "could not select device driver \"{}\" with capabilities: {}",
                        request.driver, shown(request.capabilities));
        }
        const CdiDevices known = read_folders(spec_folders);
        std::vector<std::string> unknown;
        for (const std::string& id : request.device_ids) {
            if (const auto at = known.find(id); at != known.end()) {
                append(out, at->second);
            } else {
                unknown.push_back(id);
            }
        }
        if (!unknown.empty()) {
            return fail(ErrorKind::internal,
                        "CDI device injection failed: unresolvable CDI devices {}",
                        text::join(unknown, ", "));
        }
    }
    for (PlannedDevice& planned : out.devices) {
        CHECK_OK(complete(planned));
    }
    return out;
}

}  // namespace wherry::containers
