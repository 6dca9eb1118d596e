// create (pulls first, if the image is missing), attach, wait, start: the docker command's order.
#include <unistd.h>

#include <optional>

#include "api/reference.hpp"
#include "api/version.hpp"
#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/interaction.hpp"
#include "bin/wherry/output.hpp"
#include "bin/wherry/pull_image.hpp"
#include "bin/wherry/run_options.hpp"
#include "bin/wherry/terminal.hpp"

namespace wherry::command {

namespace {

constexpr int failed = 125;
constexpr int not_executable = 126;
constexpr int not_found = 127;

int report_run(const Error& error, int code) {
    print_error(text::format("wherry: {}\n\nRun 'wherry run --help' for more information\n",
                             words_of(error)));
    return code;
}

/// What a shell would say for a command that cannot be started.
int start_code(std::string_view message) {
    const auto has = [&](std::string_view part) {
        return message.find(part) != std::string_view::npos;
    };
    if (has("executable file not found") || has("no such file or directory")) {
        return not_found;
    }
    return has("permission denied") || has("is a directory") ? not_executable : failed;
}

Result<std::string> create(const Client& client, const api::ContainerCreateRequest& request,
                           const std::string& name) {
    ContainerCreateOptions options;
    options.name = name;
    auto made = client.container_create(request, options);
    if (!made && made.error().kind() == ErrorKind::not_found) {
        TRY(const auto reference, api::Reference::parse(request.image));
        const auto full = reference.with_default_tag();
        print_error(text::format("Unable to find image '{}' locally\n", full.familiar()));
        const PullOutput output{
            .terminal = is_terminal(STDERR_FILENO), .quiet = false, .write = print_error};
        CHECK_OK(pull_image(client, full.canonical(), {}, output));
        made = client.container_create(request, options);
    }
    if (!made) {
        return std::move(made).error();
    }
    for (const auto& warning : made->warnings) {
        print_error("WARNING: " + warning + "\n");
    }
    return std::move(made->id);
}

Result<Session> attach(const Client& client, const std::string& id,
                       const api::ContainerCreateRequest& request, const RunFlags& flags) {
    ContainerAttachOptions options;
    options.stream = true;
    options.in = request.attach_stdin;
    options.out = true;
    options.err = true;
    options.detach_keys = flags.detach_keys;
    return client.container_attach(id, options);
}

/// Output until its end; false if it was cut off.
Result<> show_output(Session& session) {
    while (true) {
        TRY(const auto piece, session.next());
        if (!piece) {
            return {};
        }
        if (!write_output(*piece)) {
            return {};
        }
    }
}

/// Whether the daemon could remove the container before a wait for it has come: then the command
/// removes it.
bool removes_late(const Client& client) {
    const auto version = client.api_version();
    return version && api::ApiVersion::parse(*version) < api::ApiVersion(1, 30);
}

int run_attached(const Client& client, const std::string& id, const RunFlags& flags,
                 const api::ContainerCreateRequest& request) {
    auto session = attach(client, id, request, flags);
    if (!session) {
        return report_run(session.error(), failed);
    }
    WaitOptions condition;
    condition.until = request.host_config.auto_remove ? WaitUntil::removed : WaitUntil::next_exit;
    auto wait = client.container_wait_begin(id, condition);
    if (!wait) {
        return report_run(wait.error(), failed);
    }
    const auto started = client.container_start(id);
    if (!started) {
        return report_run(started.error(), start_code(started.error().message()));
    }
    const bool raw = flags.tty && flags.interactive;
    std::optional<RawMode> mode;
    if (raw) {
        if (auto entered = RawMode::enter(STDIN_FILENO)) {
            mode.emplace(std::move(*entered));
        }
    }
    if (flags.tty) {
        resize(client, id);
    }
    Result<> shown;
    bool left = false;
    {
        const SignalPump signals({.client = &client, .id = id, .resize = flags.tty, .proxy = !raw});
        std::optional<InputPump> input;
        if (request.attach_stdin) {
            const auto keys = detach_bytes(flags.detach_keys);
            input.emplace(*session, flags.tty && keys ? *keys : std::string());
        }
        shown = show_output(*session);
        left = input && input->left();
    }
    if (mode) {
        mode->restore();
    }
    if (left) {
        return 0;
    }
    if (!shown) {
        return report(shown.error());
    }
    const auto exit = wait->get();
    if (!exit) {
        return report(exit.error());
    }
    if (flags.remove && !request.host_config.auto_remove) {
        ContainerDeleteOptions everything;
        everything.force = true;
        everything.volumes = true;
        if (const auto removed = client.container_delete(id, everything); !removed) {
            print_error(words_of(removed.error()) + "\n");
        }
    }
    if (!exit->error.empty()) {
        print_error("Error waiting for container: " + exit->error + "\n");
        return failed;
    }
    return static_cast<int>(exit->code);
}

}  // namespace

int run(const Context& context) {
    Flags flags;
    RunFlags chosen;
    add_run_flags(flags, chosen);
    const auto parsed = parse(context, flags, {.least = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    chosen.entrypoint_given = flags.given("entrypoint");
    if (chosen.tty && chosen.interactive && !chosen.detach && !is_terminal(STDIN_FILENO)) {
        print_error("the input device is not a TTY\n");
        return 1;
    }
    if (const auto keys = detach_bytes(chosen.detach_keys); !keys) {
        return report_run(keys.error(), failed);
    }
    auto request = to_request(chosen, parsed.arguments);
    if (!request) {
        return report_run(request.error(), failed);
    }
    if (!chosen.detach) {
        SignalPump::block();
    }
    const Client client = context.connect();
    if (!chosen.detach && removes_late(client)) {
        request->host_config.auto_remove = false;
    }
    const auto id = create(client, *request, chosen.name);
    if (!id) {
        return report_run(id.error(), failed);
    }
    if (!chosen.detach) {
        return run_attached(client, *id, chosen, *request);
    }
    const auto started = client.container_start(*id);
    if (!started) {
        print(*id + "\n");
        return report_run(started.error(), start_code(started.error().message()));
    }
    print(*id + "\n");
    return 0;
}

}  // namespace wherry::command
