// Events as the database keeps them.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engine/store/event.hpp"

namespace wherry::store {

[[nodiscard]] std::string event_to_json(const Event& event);
[[nodiscard]] Result<Event> event_from_json(std::string_view text);

}  // namespace wherry::store
