#include "sdk/wait.hpp"

#include "api/generated/container.hpp"
#include "sdk/streams.hpp"

namespace wherry {

std::string_view to_string(WaitUntil condition) noexcept {
    switch (condition) {
        case WaitUntil::not_running:
            return "not-running";
        case WaitUntil::next_exit:
            return "next-exit";
        case WaitUntil::removed:
            return "removed";
    }
    return "not-running";
}

}  // namespace wherry

namespace wherry::sdk {

namespace {

/// From this version on a daemon knows conditions, and answers with the head at once.
constexpr api::ApiVersion tells_at_once{1, 30};

Call make_wait(const std::string& id, WaitUntil until) {
    Call call("ContainerWait", "POST", join("/containers/", segment(id), "/wait"), "");
    if (until != WaitUntil::not_running) {
        call.add("condition", std::string(to_string(until)), "1.30");
    }
    return call;
}

Exit to_exit(api::ContainerWaitResponse response) {
    Exit exit{.code = response.status_code, .error = {}};
    if (response.error) {
        exit.error = std::move(response.error->message);
    }
    return exit;
}

class ArmedWait final : public AsyncPendingWait::Source {
  public:
    explicit ArmedWait(std::unique_ptr<MessageSource<api::ContainerWaitResponse>> source)
        : source_(std::move(source)) {}
    Task<Result<Exit>> get() override {
        CO_TRY(auto response, co_await source_->next());
        if (!response) {
            co_return Error(ErrorKind::internal, "the wait ended without an exit code");
        }
        co_return to_exit(std::move(*response));
    }

  private:
    std::unique_ptr<MessageSource<api::ContainerWaitResponse>> source_;
};

/// For daemons that answer only at the end.
class LateWait final : public AsyncPendingWait::Source {
  public:
    LateWait(CorePtr core, std::string id, CallOptions options)
        : core_(std::move(core)), id_(std::move(id)), options_(std::move(options)) {}
    Task<Result<Exit>> get() override {
        return wait_for_exit(core_, id_, WaitUntil::not_running, options_);
    }

  private:
    CorePtr core_;
    std::string id_;
    CallOptions options_;
};

}  // namespace

Task<Result<Exit>> wait_for_exit(CorePtr core, std::string id, WaitUntil until,
                                 CallOptions options) {
    Call call = make_wait(id, until);
    CO_TRY(auto response, co_await call_json<api::ContainerWaitResponse>(
                              std::move(core), std::move(call), std::move(options)));
    co_return to_exit(std::move(response));
}

Task<Result<AsyncPendingWait>> begin_wait(CorePtr core, std::string id, WaitUntil until,
                                          CallOptions options) {
    auto version = co_await core->version_for(options);
    if (!version) {
        co_return std::move(version).error();
    }
    if (api::ApiVersion::parse(*version) < tells_at_once) {
        co_return AsyncPendingWait(
            std::make_unique<LateWait>(std::move(core), std::move(id), std::move(options)));
    }
    Call call = make_wait(id, until);
    auto task = core->open(call, options, false);
    CO_TRY(auto opened, co_await guarded(std::move(task), std::move(options)));
    Body body(std::move(core), std::move(call), std::move(opened));
    auto source = std::make_unique<MessageSource<api::ContainerWaitResponse>>(std::move(body));
    co_return AsyncPendingWait(std::make_unique<ArmedWait>(std::move(source)));
}

}  // namespace wherry::sdk
