// What a member writes when it is empty (zero, "", false, no elements).
#pragma once

#include <cstdint>

namespace wherry::json {

enum class Empty : std::uint8_t {
    omit,   ///< nothing at all
    null,   ///< null where it is absent, [] or {} where it is present without elements
    write,  ///< 0, "", false, [], {}; an absent optional is null
};

}  // namespace wherry::json
