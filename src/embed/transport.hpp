// How an SDK client reaches an embedded engine.
#pragma once

#include <memory>

#include "net/http/client.hpp"
#include "sdk/core.hpp"

namespace wherry::embed {

class Runner;

/// What clients show as the daemon's address.
inline constexpr const char* address = "embedded://";

/// A new socket pair for each connection; keeps the engine alive.
[[nodiscard]] http::Endpoint transport_to(std::shared_ptr<Runner> runner);
/// Answers every connection with the error.
[[nodiscard]] http::Endpoint transport_that_fails(Error error);

[[nodiscard]] sdk::CorePtr make_core(const ClientOptions& options, http::Endpoint transport);

}  // namespace wherry::embed
