// Waiting for a container: armed before the start, so that nothing is missed.
#pragma once

#include "sdk/client_state.hpp"
#include "wherry/wait.hpp"

namespace wherry::sdk {

[[nodiscard]] Task<Result<AsyncPendingWait>> begin_wait(CorePtr core, std::string id,
                                                        WaitUntil until, CallOptions options);
[[nodiscard]] Task<Result<Exit>> wait_for_exit(CorePtr core, std::string id, WaitUntil until,
                                               CallOptions options);

class WaitState {
  public:
    WaitState(BridgePtr bridge, AsyncPendingWait begun)
        : wait(std::move(bridge), std::move(begun)) {}
    OnLoop<AsyncPendingWait> wait;
};

}  // namespace wherry::sdk
