#include "bin/wherry/run_options.hpp"

#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"

namespace wherry::command {

namespace {

void add_environment(api::ContainerCreateRequest& request, const std::string& item) {
    if (item.find('=') != std::string::npos) {
        request.env.push_back(item);
        return;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment
    if (const char* value = std::getenv(item.c_str()); value != nullptr) {
        request.env.push_back(item + "=" + value);
    }
}

Result<> add_volume(api::ContainerCreateRequest& request, const std::string& item) {
    const auto colon = item.find(':');
    if (colon == std::string::npos) {
        request.volumes[item];
        return {};
    }
    const std::string source = item.substr(0, colon);
    if (source.empty()) {
        return fail(ErrorKind::invalid, "invalid spec: {}: empty section between colons", item);
    }
    if (source.starts_with('.')) {
        const auto path = std::filesystem::absolute(source).lexically_normal();
        request.host_config.binds.push_back(path.string() + item.substr(colon));
    } else {
        request.host_config.binds.push_back(item);
    }
    return {};
}

}  // namespace

void add_run_flags(Flags& flags, RunFlags& target) {
    flags.flag("detach", 'd', target.detach);
    flags.flag("interactive", 'i', target.interactive);
    flags.flag("tty", 't', target.tty);
    flags.flag("rm", 0, target.remove);
    flags.value("name", 0, target.name);
    flags.list("env", 'e', target.env);
    flags.list("volume", 'v', target.volumes);
    flags.list("publish", 'p', target.publish);
    flags.value("workdir", 'w', target.workdir);
    flags.value("user", 'u', target.user);
    flags.value("network", 0, target.network);
    flags.value("entrypoint", 0, target.entrypoint);
    flags.value("detach-keys", 0, target.detach_keys);
    flags.stop_at_first_argument();
}

Result<api::ContainerCreateRequest> to_request(const RunFlags& flags,
                                               const std::vector<std::string>& arguments) {
    api::ContainerCreateRequest request;
    request.image = arguments.front();
    if (arguments.size() > 1) {
        request.cmd = std::vector<std::string>(arguments.begin() + 1, arguments.end());
    }
    if (flags.entrypoint_given) {
        request.entrypoint = std::vector<std::string>{flags.entrypoint};
    }
    request.tty = flags.tty;
    request.open_stdin = flags.interactive;
    request.attach_stdin = flags.interactive && !flags.detach;
    request.stdin_once = request.attach_stdin;
    request.attach_stdout = !flags.detach;
    request.attach_stderr = !flags.detach;
    request.user = flags.user;
    request.working_dir = flags.workdir;
    request.host_config.network_mode = flags.network.empty() ? "default" : flags.network;
    request.host_config.auto_remove = flags.remove;
    for (const auto& item : flags.env) {
        add_environment(request, item);
    }
    for (const auto& item : flags.volumes) {
        CHECK_OK(add_volume(request, item));
    }
    for (const auto& item : flags.publish) {
        CHECK_OK(publish(request, item));
    }
    return request;
}

Result<std::string> detach_bytes(std::string_view keys) {
    std::string out;
    for (const auto key : text::split(keys, ',')) {
        if (key.size() == 1) {
            out += key;
        } else if (key.starts_with("ctrl-") && key.size() == 6) {
            const char c = key[5];
            const bool letter = c >= 'a' && c <= 'z';
            if (!letter && c != '@' && (c < '[' || c > '_')) {
                return fail(ErrorKind::invalid, "invalid detach keys ({}) provided", keys);
            }
            out += static_cast<char>(letter ? c - 'a' + 1 : c - '@');
        } else {
            return fail(ErrorKind::invalid, "invalid detach keys ({}) provided", keys);
        }
    }
    return out;
}

}  // namespace wherry::command
