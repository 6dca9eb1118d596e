#include "sdk/by_hand.hpp"

namespace wherry {

AsyncClient AsyncClient::connect(const ClientOptions& options) {
    return AsyncClient(std::make_shared<sdk::Core>(options, sdk::process_environment()));
}

std::string AsyncClient::explain() const {
    return core_->explain();
}
Task<Result<std::string>> AsyncClient::api_version() const {
    return sdk::api_version(core_, CallOptions());
}

Task<Result<Ping>> AsyncClient::ping() const {
    return sdk::ping(core_, CallOptions());
}
Task<Result<Ping>> AsyncClient::ping(In<CallOptions> call) const {
    return sdk::ping(core_, call);
}

Task<Result<AsyncStream<Progress>>> AsyncClient::image_pull(std::string_view reference) const {
    return sdk::pull(core_, std::string(reference), ImagePullOptions(), CallOptions());
}
Task<Result<AsyncStream<Progress>>> AsyncClient::image_pull(std::string_view reference,
                                                            In<ImagePullOptions> options) const {
    return sdk::pull(core_, std::string(reference), options, CallOptions());
}
Task<Result<AsyncStream<Progress>>> AsyncClient::image_pull(std::string_view reference,
                                                            In<ImagePullOptions> options,
                                                            In<CallOptions> call) const {
    return sdk::pull(core_, std::string(reference), options, call);
}

Task<Result<AsyncSession>> AsyncClient::container_attach(std::string_view id,
                                                         In<ContainerAttachOptions> options) const {
    return sdk::attach(core_, std::string(id), options, CallOptions());
}
Task<Result<AsyncSession>> AsyncClient::container_attach(std::string_view id,
                                                         In<ContainerAttachOptions> options,
                                                         In<CallOptions> call) const {
    return sdk::attach(core_, std::string(id), options, call);
}

Task<Result<Exit>> AsyncClient::container_wait(std::string_view id) const {
    return sdk::wait_for_exit(core_, std::string(id), WaitUntil::not_running, CallOptions());
}
Task<Result<Exit>> AsyncClient::container_wait(std::string_view id, WaitUntil until) const {
    return sdk::wait_for_exit(core_, std::string(id), until, CallOptions());
}
Task<Result<Exit>> AsyncClient::container_wait(std::string_view id, WaitUntil until,
                                               In<CallOptions> call) const {
    return sdk::wait_for_exit(core_, std::string(id), until, call);
}

Task<Result<AsyncPendingWait>> AsyncClient::container_wait_begin(std::string_view id,
                                                                 WaitUntil until) const {
    return sdk::begin_wait(core_, std::string(id), until, CallOptions());
}
Task<Result<AsyncPendingWait>> AsyncClient::container_wait_begin(std::string_view id,
                                                                 WaitUntil until,
                                                                 In<CallOptions> call) const {
    return sdk::begin_wait(core_, std::string(id), until, call);
}

Task<Result<PathStat>> AsyncClient::container_archive_info(
    std::string_view id, In<ContainerArchiveInfoOptions> options) const {
    return sdk::archive_info(core_, std::string(id), options, CallOptions());
}
Task<Result<PathStat>> AsyncClient::container_archive_info(std::string_view id,
                                                           In<ContainerArchiveInfoOptions> options,
                                                           In<CallOptions> call) const {
    return sdk::archive_info(core_, std::string(id), options, call);
}

Task<Result<AsyncSession>> AsyncClient::exec_start(std::string_view id,
                                                   In<ExecStartOptions> options) const {
    return sdk::start_exec(core_, std::string(id), options, CallOptions());
}
Task<Result<AsyncSession>> AsyncClient::exec_start(std::string_view id,
                                                   In<ExecStartOptions> options,
                                                   In<CallOptions> call) const {
    return sdk::start_exec(core_, std::string(id), options, call);
}

Task<Result<>> AsyncClient::exec_start_detached(std::string_view id) const {
    return sdk::start_exec_detached(core_, std::string(id), CallOptions());
}
Task<Result<>> AsyncClient::exec_start_detached(std::string_view id, In<CallOptions> call) const {
    return sdk::start_exec_detached(core_, std::string(id), call);
}

Task<Result<ExecResult>> AsyncClient::exec(std::string_view container,
                                           api::List<std::string> cmd) const {
    ExecOptions options;
    options.cmd = std::move(cmd);
    return sdk::exec(core_, std::string(container), std::move(options), CallOptions());
}
Task<Result<ExecResult>> AsyncClient::exec(std::string_view container,
                                           In<ExecOptions> options) const {
    return sdk::exec(core_, std::string(container), options, CallOptions());
}
Task<Result<ExecResult>> AsyncClient::exec(std::string_view container, In<ExecOptions> options,
                                           In<CallOptions> call) const {
    return sdk::exec(core_, std::string(container), options, call);
}

Task<Result<RunResult>> AsyncClient::run(std::string_view image, api::List<std::string> cmd) const {
    RunOptions options;
    options.image = image;
    options.cmd = std::move(cmd);
    return sdk::run(core_, std::move(options), CallOptions());
}
Task<Result<RunResult>> AsyncClient::run(In<RunOptions> options) const {
    return sdk::run(core_, options, CallOptions());
}
Task<Result<RunResult>> AsyncClient::run(In<RunOptions> options, In<CallOptions> call) const {
    return sdk::run(core_, options, call);
}

Task<Result<RawReply>> AsyncClient::call(In<RawCall> request) const {
    return sdk::raw_call(core_, request, CallOptions());
}
Task<Result<RawReply>> AsyncClient::call(In<RawCall> request, In<CallOptions> call) const {
    return sdk::raw_call(core_, request, call);
}

}  // namespace wherry
