#include "sdk/by_hand.hpp"

namespace wherry {

PendingWait::PendingWait(std::unique_ptr<sdk::WaitState> state) : state_(std::move(state)) {}
PendingWait::PendingWait(PendingWait&&) noexcept = default;
PendingWait& PendingWait::operator=(PendingWait&&) noexcept = default;
PendingWait::~PendingWait() = default;

Result<Exit> PendingWait::get() {
    return state_->wait.run(state_->wait->async_get());
}

namespace {

Result<Session> to_session(const sdk::ClientState& state, Result<AsyncSession> opened) {
    if (!opened) {
        return std::move(opened).error();
    }
    return Session(std::make_unique<sdk::SessionState>(state.bridge, std::move(*opened)));
}

}  // namespace

Client Client::connect(const ClientOptions& options) {
    auto core = std::make_shared<sdk::Core>(options, sdk::process_environment());
    return Client(std::make_shared<sdk::ClientState>(std::move(core)));
}

std::string Client::explain() const {
    std::string text;
    state_->bridge->run_on_loop([&] { text = state_->core->explain(); });
    return text;
}

Result<std::string> Client::api_version(const CallOptions& call) const {
    return state_->run(sdk::api_version(state_->core, call));
}

Result<Ping> Client::ping(const CallOptions& call) const {
    return state_->run(sdk::ping(state_->core, call));
}

Result<Stream<Progress>> Client::image_pull(std::string_view reference,
                                            const ImagePullOptions& options,
                                            const CallOptions& call) const {
    return state_->run(sdk::pull(state_->core, std::string(reference), options, call));
}

Result<Session> Client::container_attach(std::string_view id, const ContainerAttachOptions& options,
                                         const CallOptions& call) const {
    return to_session(*state_,
                      state_->run(sdk::attach(state_->core, std::string(id), options, call)));
}

Result<Exit> Client::container_wait(std::string_view id, const WaitOptions& options,
                                    const CallOptions& call) const {
    return state_->run(sdk::wait_for_exit(state_->core, std::string(id), options.until, call));
}

Result<PendingWait> Client::container_wait_begin(std::string_view id, const WaitOptions& options,
                                                 const CallOptions& call) const {
    auto begun = state_->run(sdk::begin_wait(state_->core, std::string(id), options.until, call));
    if (!begun) {
        return std::move(begun).error();
    }
    return PendingWait(std::make_unique<sdk::WaitState>(state_->bridge, std::move(*begun)));
}

Result<PathStat> Client::container_archive_info(std::string_view id,
                                                const ContainerArchiveInfoOptions& options,
                                                const CallOptions& call) const {
    return state_->run(sdk::archive_info(state_->core, std::string(id), options, call));
}

Result<Session> Client::exec_start(std::string_view id, const ExecStartOptions& options,
                                   const CallOptions& call) const {
    return to_session(*state_,
                      state_->run(sdk::start_exec(state_->core, std::string(id), options, call)));
}

Result<> Client::exec_start_detached(std::string_view id, const CallOptions& call) const {
    return state_->run(sdk::start_exec_detached(state_->core, std::string(id), call));
}

Result<ExecResult> Client::exec(std::string_view container, const ExecOptions& options,
                                const CallOptions& call) const {
    return state_->run(sdk::exec(state_->core, std::string(container), options, call));
}
Result<RunResult> Client::run(const RunOptions& options, const CallOptions& call) const {
    return state_->run(sdk::run(state_->core, options, call));
}

Result<RawReply> Client::call(const RawCall& request, const CallOptions& call) const {
    return state_->run(sdk::raw_call(state_->core, request, call));
}

}  // namespace wherry
