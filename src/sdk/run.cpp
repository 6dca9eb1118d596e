// The run helper: create (pull first if need be), attach, wait, start, read, in that order, so that
// the shortest container loses neither a byte nor its exit code.
#include <chrono>
#include <utility>

#include "sdk/by_hand.hpp"
#include "sdk/streams.hpp"
#include "sdk/talk.hpp"

namespace wherry::sdk {

namespace {

/// From this version on the daemon removes the container itself, and waits can be for that.
constexpr api::ApiVersion removes_by_itself{1, 30};

api::ContainerCreateRequest make_spec(const RunOptions& options, bool auto_remove) {
    api::ContainerCreateRequest spec = options.spec;
    const auto set = [](std::string& member, const std::string& value) {
        if (!value.empty()) {
            member = value;
        }
    };
    set(spec.image, options.image);
    set(spec.user, options.user);
    set(spec.working_dir, options.working_dir);
    set(spec.host_config.network_mode, options.network);
    if (!options.cmd.empty()) {
        spec.cmd = options.cmd;
    }
    spec.env.insert(spec.env.end(), options.env.begin(), options.env.end());
    auto& binds = spec.host_config.binds;
    binds.insert(binds.end(), options.binds.begin(), options.binds.end());
    spec.host_config.auto_remove = auto_remove;
    spec.attach_stdout = true;
    spec.attach_stderr = true;
    if (!options.input.empty()) {
        spec.attach_stdin = true;
        spec.open_stdin = true;
        spec.stdin_once = true;
    }
    return spec;
}

Task<Result<>> pull_image(CorePtr core, const RunOptions& options, CallOptions call) {
    const std::string image = options.image.empty() ? options.spec.image : options.image;
    ImagePullOptions pull_options;
    pull_options.platform = options.platform;
    CO_TRY(auto progress,
           co_await pull(std::move(core), image, std::move(pull_options), std::move(call)));
    while (true) {
        CO_TRY(const auto step, co_await progress.async_next());
        if (!step) {
            co_return Result<>();
        }
        if (options.on_progress) {
            options.on_progress(*step);
        }
    }
}

Task<Result<std::string>> create(CorePtr core, const RunOptions& options, bool auto_remove,
                                 const CallOptions& call_options) {
    Call call("ContainerCreate", "POST", "/containers/create", "");
    call.add("name", options.name);
    call.add("platform", options.platform, "1.41");
    set_body(call, make_spec(options, auto_remove));
    auto made = co_await call_json<api::ContainerCreateResponse>(core, call, call_options);
    const bool missing = !made && made.error().kind() == ErrorKind::not_found;
    if (missing && options.pull_if_missing) {
        CO_CHECK_OK(co_await pull_image(core, options, call_options));
        auto again = co_await call_json<api::ContainerCreateResponse>(core, call, call_options);
        made = std::move(again);
    }
    if (!made) {
        co_return std::move(made).error();
    }
    co_return std::move(made->id);
}

Task<Result<>> remove(CorePtr core, std::string id) {
    Call call("ContainerDelete", "DELETE", join("/containers/", segment(id)), "");
    call.add("force", std::optional<bool>(true));
    call.add("v", std::optional<bool>(true));
    auto removed = co_await call_none(std::move(core), std::move(call), CallOptions());
    if (!removed && removed.error().kind() == ErrorKind::not_found) {
        co_return Result<>();
    }
    co_return removed;
}

Task<Result<>> run_created(CorePtr core, const RunOptions& options, CallOptions call_options,
                           bool auto_remove, RunResult& result) {
    ContainerAttachOptions attached;
    attached.stream = true;
    attached.in = !options.input.empty();
    attached.out = true;
    attached.err = true;
    CO_TRY(auto session, co_await attach(core, result.id, attached, call_options));
    const WaitUntil until = auto_remove ? WaitUntil::removed : WaitUntil::next_exit;
    CO_TRY(auto wait, co_await begin_wait(core, result.id, until, call_options));
    Call start("ContainerStart", "POST", join("/containers/", segment(result.id), "/start"), "");
    CO_CHECK_OK(co_await call_none(core, std::move(start), call_options));
    const auto started = std::chrono::steady_clock::now();
    Talk said;
    said.input = options.input;
    said.output_limit = options.output_limit;
    said.on_output = options.on_output;
    CO_CHECK_OK(co_await talk(session, said));
    result.out = std::move(said.out);
    result.err = std::move(said.err);
    result.truncated = said.truncated;
    CO_TRY(const Exit exit, co_await wait.async_get());
    result.duration = std::chrono::steady_clock::now() - started;
    result.exit_code = exit.code;
    result.error = exit.error;
    co_return Result<>();
}

Task<Result<RunResult>> run_all(CorePtr core, RunOptions options, CallOptions call) {
    CO_TRY(const std::string version, co_await core->version_for(call));
    const bool auto_remove = options.remove && api::ApiVersion::parse(version) >= removes_by_itself;
    CallOptions each = call;
    each.deadline.reset();  // it is of the whole run
    RunResult result;
    CO_TRY(result.id, co_await create(core, options, auto_remove, each));
    auto ran = co_await run_created(core, options, each, auto_remove, result);
    if (options.remove && (!ran || !auto_remove)) {
        const auto removed = co_await async::shielded(remove(core, result.id));
        if (!removed && ran) {
            result.error = removed.error().message();
        }
    }
    if (!ran) {
        co_return std::move(ran).error();
    }
    co_return result;
}

}  // namespace

Task<Result<RunResult>> run(CorePtr core, RunOptions options, CallOptions call) {
    auto task = run_all(std::move(core), std::move(options), call);
    auto result = co_await guarded(std::move(task), std::move(call));
    co_return result;
}

}  // namespace wherry::sdk
