#include "api/generated/exec.hpp"
#include "sdk/by_hand.hpp"

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
    auto session = co_await open_session(std::move(core), make_start(id, body),
                                         std::move(call_options), framing, std::move(id));
    co_return session;
}

Task<Result<>> start_exec_detached(CorePtr core, std::string id, CallOptions call_options) {
    api::ExecStartRequest body;
    body.detach = true;
    auto done = co_await call_none(std::move(core), make_start(id, body), std::move(call_options));
    co_return done;
}

}  // namespace wherry::sdk
