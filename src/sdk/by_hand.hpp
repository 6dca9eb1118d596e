// The operations that are more than a request and a reply, once, for both clients.
#pragma once

#include "sdk/client_state.hpp"
#include "sdk/session.hpp"
#include "sdk/wait.hpp"
#include "wherry/requests.hpp"

namespace wherry::sdk {

[[nodiscard]] Task<Result<Ping>> ping(CorePtr core, CallOptions options);
[[nodiscard]] Task<Result<std::string>> api_version(CorePtr core, CallOptions options);
[[nodiscard]] Task<Result<AsyncStream<Progress>>> pull(CorePtr core, std::string reference,
                                                       ImagePullOptions options, CallOptions call);
[[nodiscard]] Task<Result<AsyncSession>> attach(CorePtr core, std::string id,
                                                ContainerAttachOptions options, CallOptions call);
[[nodiscard]] Task<Result<PathStat>> archive_info(CorePtr core, std::string id,
                                                  ContainerArchiveInfoOptions options,
                                                  CallOptions call);
[[nodiscard]] Task<Result<AsyncSession>> start_exec(CorePtr core, std::string id,
                                                    ExecStartOptions options, CallOptions call);
[[nodiscard]] Task<Result<>> start_exec_detached(CorePtr core, std::string id, CallOptions call);
[[nodiscard]] Task<Result<ExecResult>> exec(CorePtr core, std::string container,
                                            ExecOptions options, CallOptions call);
[[nodiscard]] Task<Result<RawReply>> raw_call(CorePtr core, RawCall request, CallOptions call);
[[nodiscard]] Task<Result<RunResult>> run(CorePtr core, RunOptions options, CallOptions call);

}  // namespace wherry::sdk
