#include "api/generated/exec.hpp"
#include "sdk/by_hand.hpp"
#include "sdk/talk.hpp"

namespace wherry::sdk {

namespace {

Call make_start(const std::string& id, const api::ExecStartRequest& body) {
    Call call("ExecStart", "POST", join("/exec/", segment(id), "/start"), "");
    set_body(call, body);
    return call;
}

}  // namespace

Task<Result<AsyncSession>> start_exec(CorePtr core, std::string id, ExecStartOptions options,
                                      CallOptions call_options) {
    api::ExecStartRequest body;
    body.tty = options.tty;
    if (options.tty && options.height > 0) {
        body.console_size = {options.height, options.width};
    }
    const Framing framing = options.tty ? Framing::raw : Framing::framed;
    Call start = make_start(id, body);
    auto session = co_await open_session(std::move(core), std::move(start), std::move(call_options),
                                         framing, std::move(id));
    co_return session;
}

Task<Result<>> start_exec_detached(CorePtr core, std::string id, CallOptions call_options) {
    api::ExecStartRequest body;
    body.detach = true;
    auto done = co_await call_none(std::move(core), make_start(id, body), std::move(call_options));
    co_return done;
}

namespace {

api::ExecCreateRequest make_exec(const ExecOptions& options) {
    api::ExecCreateRequest body;
    body.cmd = options.cmd;
    body.env = options.env;
    body.user = options.user;
    body.working_dir = options.working_dir;
    body.privileged = options.privileged;
    body.tty = options.tty;
    body.attach_stdin = !options.input.empty();
    body.attach_stdout = true;
    body.attach_stderr = true;
    return body;
}

Task<Result<ExecResult>> exec_all(CorePtr core, std::string container, ExecOptions options,
                                  CallOptions call_options) {
    CallOptions each = call_options;
    each.deadline.reset();  // it is of the whole
    Call create("ContainerExec", "POST", join("/containers/", segment(container), "/exec"), "");
    set_body(create, make_exec(options));
    CO_TRY(auto made, co_await call_json<api::IDResponse>(core, std::move(create), each));
    ExecStartOptions start;
    start.tty = options.tty;
    CO_TRY(auto session, co_await start_exec(core, made.id, start, each));
    Talk said;
    said.input = std::move(options.input);
    said.output_limit = options.output_limit;
    said.on_output = std::move(options.on_output);
    CO_CHECK_OK(co_await talk(session, said));
    const Call inspect("ExecInspect", "GET", join("/exec/", segment(made.id), "/json"), "");
    CO_TRY(const auto end, co_await call_json<api::ExecInspectResponse>(core, inspect, each));
    ExecResult result;
    result.id = std::move(made.id);
    result.exit_code = end.exit_code.value_or(0);
    result.out = std::move(said.out);
    result.err = std::move(said.err);
    result.truncated = said.truncated;
    co_return result;
}

}  // namespace

Task<Result<ExecResult>> exec(CorePtr core, std::string container, ExecOptions options,
                              CallOptions call) {
    auto task = exec_all(std::move(core), std::move(container), std::move(options), call);
    auto result = co_await guarded(std::move(task), std::move(call));
    co_return result;
}

}  // namespace wherry::sdk
