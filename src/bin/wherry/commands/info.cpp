// What an engine says about itself, in the docker command's layout.
#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/format.hpp"
#include "bin/wherry/words.hpp"
#include "codec/json/json.hpp"

namespace wherry::command {

namespace {

/// Lines " Name: value".
class Lines {
  public:
    void add(std::string_view name, std::string_view value) {
        out_ += text::format(" {}: {}\n", name, value);
    }
    void add(std::string_view name, std::int64_t value) { add(name, text::format("{}", value)); }
    void add(std::string_view name, bool value) {
        add(name, std::string_view(value ? "true" : "false"));
    }
    void add_unless_empty(std::string_view name, std::string_view value) {
        if (!value.empty()) {
            add(name, value);
        }
    }
    void line(std::string_view text) { out_.append(text).append("\n"); }
    /// A heading and a line for each, where there is any.
    void list(std::string_view heading, const std::vector<std::string>& items) {
        if (!items.empty()) {
            line(text::format(" {}:", heading));
        }
        for (const std::string& item : items) {
            line("  " + item);
        }
    }
    void pairs(const api::List<api::List<std::string>>& rows) {
        for (const auto& row : rows) {
            if (row.size() == 2) {
                line(text::format("  {}: {}", row[0], row[1]));
            }
        }
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

void add_drivers(Lines& lines, const api::SystemInfo& info) {
    lines.add_unless_empty("Storage Driver", info.driver);
    lines.pairs(info.driver_status);
    lines.add_unless_empty("Logging Driver", info.logging_driver);
    lines.add_unless_empty("Cgroup Driver", info.cgroup_driver);
    lines.add_unless_empty("Cgroup Version", info.cgroup_version);
    lines.line(" Plugins:");
    lines.add(" Volume", text::join(info.plugins.volume, " "));
    lines.add(" Network", text::join(info.plugins.network, " "));
    if (!info.plugins.authorization.empty()) {
        lines.add(" Authorization", text::join(info.plugins.authorization, " "));
    }
    lines.add(" Log", text::join(info.plugins.log, " "));
    lines.list("CDI spec directories", info.cdi_spec_dirs);
}

void add_runtimes(Lines& lines, const api::SystemInfo& info) {
    std::vector<std::string> names;
    for (const auto& [name, runtime] : info.runtimes) {
        names.push_back(name);
    }
    if (!names.empty()) {
        lines.add("Runtimes", text::join(names, " "));
        lines.add("Default Runtime", info.default_runtime);
    }
    if (info.os_type != "linux") {
        return;
    }
    lines.add("Init Binary", info.init_binary);
    lines.add("containerd version", info.containerd_commit.id);
    lines.add("runc version", info.runc_commit.id);
    lines.add("init version", info.init_commit.id);
    if (!info.security_options.empty()) {
        lines.line(" Security Options:");
    }
    for (const std::string& option : info.security_options) {
        for (const auto part : text::split(option, ',')) {
            const auto pair = text::cut(part, "=");
            if (!pair) {
                lines.line("  " + std::string(part));
            } else if (pair->first == "name") {
                lines.line("  " + std::string(pair->second));
            } else {
                const bool profile = pair->first == "profile";
                lines.line(
                    text::format("   {}: {}", profile ? "Profile" : pair->first, pair->second));
            }
        }
    }
}

void add_machine(Lines& lines, const api::SystemInfo& info) {
    lines.add_unless_empty("Kernel Version", info.kernel_version);
    lines.add_unless_empty("Operating System", info.operating_system);
    lines.add_unless_empty("OSType", info.os_type);
    lines.add_unless_empty("Architecture", info.architecture);
    lines.add("CPUs", info.ncpu);
    lines.add("Total Memory", binary_size(static_cast<double>(info.mem_total)));
    lines.add_unless_empty("Name", info.name);
    lines.add_unless_empty("ID", info.id);
    lines.add("Docker Root Dir", info.docker_root_dir);
    lines.add("Debug Mode", info.debug);
    if (info.debug) {
        lines.add(" File Descriptors", info.n_fd);
        lines.add(" Goroutines", info.n_goroutines);
        lines.add(" System Time", info.system_time);
        lines.add(" EventsListeners", info.n_events_listener);
    }
}

void add_settings(Lines& lines, const api::SystemInfo& info) {
    lines.add_unless_empty("HTTP Proxy", info.http_proxy);
    lines.add_unless_empty("HTTPS Proxy", info.https_proxy);
    lines.add_unless_empty("No Proxy", info.no_proxy);
    lines.list("Labels", info.labels);
    lines.add("Experimental", info.experimental_build);
    const api::RegistryServiceConfig& registries = info.registry_config;
    std::vector<std::string> insecure;
    for (const auto& [name, index] : registries.index_configs) {
        if (!index.secure) {
            insecure.push_back(index.name);
        }
    }
    insecure.insert(insecure.end(), registries.insecure_registry_cidrs.begin(),
                    registries.insecure_registry_cidrs.end());
    lines.list("Insecure Registries", insecure);
    lines.list("Registry Mirrors", registries.mirrors);
    lines.add("Live Restore Enabled", info.live_restore_enabled);
    if (!info.default_address_pools.empty()) {
        lines.line(" Default Address Pools:");
    }
    for (const auto& pool : info.default_address_pools) {
        lines.line(text::format("   Base: {}, Size: {}", pool.base, pool.size));
    }
    if (info.firewall_backend) {
        lines.add("Firewall Backend", info.firewall_backend->driver);
        lines.pairs(info.firewall_backend->info);
    }
}

std::string shown(const api::SystemInfo& info) {
    Lines lines;
    lines.line("Client:\n Version:    0.1.0\n Debug Mode: false\n\nServer:");
    lines.add("Containers", info.containers);
    lines.add(" Running", info.containers_running);
    lines.add(" Paused", info.containers_paused);
    lines.add(" Stopped", info.containers_stopped);
    lines.add("Images", info.images);
    lines.add_unless_empty("Server Version", info.server_version);
    add_drivers(lines, info);
    lines.add("Swarm", info.swarm.local_node_state);
    add_runtimes(lines, info);
    add_machine(lines, info);
    add_settings(lines, info);
    lines.line("");
    return lines.take();
}

int show_formatted(const Client& client, const Format& format) {
    const auto reply = client.call({.path = "/info"});
    if (!reply) {
        return report(reply.error());
    }
    const auto object = json::Value::parse(text::trim(reply->body));
    const auto line = object ? format.apply(*object) : Result<std::string>(object.error());
    if (!line) {
        return report(line.error());
    }
    print(*line + "\n");
    return 0;
}

}  // namespace

int info(const Context& context) {
    Flags flags;
    std::string wanted;
    flags.value("format", 'f', wanted);
    const auto parsed = parse(context, flags, {.least = 0, .most = 0});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    const auto format = Format::parse(wanted);
    if (!format) {
        return report(format.error());
    }
    const Client client = context.connect();
    if (!wanted.empty()) {
        return show_formatted(client, *format);
    }
    const auto told = client.info();
    if (!told) {
        return report(told.error());
    }
    print(shown(*told));
    for (const std::string& warning : told->warnings) {
        print_error(warning + "\n");
    }
    return 0;
}

}  // namespace wherry::command
