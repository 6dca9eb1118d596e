// What happened to an object of the engine (API section "events"; behaviour: actions and
// attributes).
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "base/clock.hpp"

namespace wherry::store {

struct Event {
    std::uint64_t number = 0;  ///< counts up over restarts; given by the store
    std::string type;          ///< container, image, network, volume, daemon …
    std::string action;        ///< create, start, die, …
    std::string actor_id;
    std::map<std::string, std::string, std::less<>> attributes;
    Time time{};  ///< given by the store where it is zero
};

}  // namespace wherry::store
