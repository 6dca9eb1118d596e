// Hijacked connections: attach and exec.
#pragma once

#include "sdk/client_state.hpp"
#include "sdk/streams.hpp"
#include "wherry/async_session.hpp"

namespace wherry::sdk {

enum class Framing { declared, framed, raw };
/// Sends the call and takes its connection over. With `declared`, the reply's media type (for old
/// daemons the container's Tty) says whether output comes in frames.
[[nodiscard]] Task<Result<AsyncSession>> open_session(CorePtr core, Call call, CallOptions options,
                                                      Framing framing, std::string id);

class SessionState {
  public:
    SessionState(BridgePtr bridge, AsyncSession opened)
        : session(std::move(bridge), std::move(opened)) {}
    OnLoop<AsyncSession> session;
};

}  // namespace wherry::sdk
