#include "api/version.hpp"

#include "base/text.hpp"

namespace wherry::api {

ApiVersion ApiVersion::parse(std::string_view text) {
    int parts[3] = {0, 0, 0};
    std::size_t index = 0;
    for (const auto part : text::split(text, '.')) {
        if (index < std::size(parts)) {
            parts[index++] = text::parse_int<int>(part).value_or(0);
        }
    }
    ApiVersion version(parts[0], parts[1]);
    version.patch_ = parts[2];
    return version;
}

std::string ApiVersion::text() const {
    const std::string two = text::format("{}.{}", major_, minor_);
    return patch_ == 0 ? two : text::format("{}.{}", two, patch_);
}

}  // namespace wherry::api
