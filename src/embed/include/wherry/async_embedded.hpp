// The embedded engine for coroutines. Programs that include this link Boost.Asio.
#pragma once

#include "wherry/async.hpp"
#include "wherry/embedded.hpp"

namespace wherry {

/// The engine has a thread of its own; the client belongs to the loop of who calls it.
[[nodiscard]] AsyncClient async_client(const EmbeddedEngine& engine,
                                       const ClientOptions& options = {});

}  // namespace wherry
