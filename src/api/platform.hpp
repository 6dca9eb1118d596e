// Platforms as the API writes them: "linux/arm64/v8".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace wherry::api {

struct PlatformSpec {
    std::string os;
    std::string architecture;
    std::string variant;

    /// "os/arch[/variant]"; one word alone is either, the host gives the other. Normalised.
    /// 400 with the reference's text for anything else.
    [[nodiscard]] static Result<PlatformSpec> parse(std::string_view text);
    [[nodiscard]] static PlatformSpec host();
    /// "linux/arm64/v8"
    [[nodiscard]] std::string format() const;
    /// Go's names, and no variant where it is the usual one.
    [[nodiscard]] PlatformSpec normalized() const;
    [[nodiscard]] bool operator==(const PlatformSpec&) const = default;
};

/// What runs on a platform, best first: amd64 also runs 386, arm/v7 also arm/v6 and v5.
[[nodiscard]] std::vector<PlatformSpec> compatible_platforms(const PlatformSpec& platform);

}  // namespace wherry::api
