// Image names as Docker reads them: "alpine" is "docker.io/library/alpine:latest".
#pragma once

#include <string>
#include <string_view>

#include "api/digest.hpp"
#include "base/result.hpp"

namespace wherry::api {

struct Reference {
    std::string domain;  ///< "docker.io", "localhost:5000"
    std::string path;    ///< "library/alpine"
    std::string tag;     ///< "" where there is none
    std::string digest;  ///< "sha256:HEX", or "" where there is none

    /// Refuses what is no name with the reference's text ("invalid reference format", 400); no tag
    /// is added.
    [[nodiscard]] static Result<Reference> parse(std::string_view text);

    /// "docker.io/library/alpine"
    [[nodiscard]] std::string repository() const { return domain + "/" + path; }
    /// The repository as people write it: "alpine", "user/image", "localhost:5000/x".
    [[nodiscard]] std::string familiar_name() const;
    /// With tag and digest: "alpine:3@sha256:…".
    [[nodiscard]] std::string familiar() const { return familiar_name() + suffix(); }
    /// "docker.io/library/alpine:3"
    [[nodiscard]] std::string canonical() const { return repository() + suffix(); }
    [[nodiscard]] bool is_name_only() const noexcept { return tag.empty() && digest.empty(); }
    /// With "latest" where there is neither tag nor digest.
    [[nodiscard]] Reference with_default_tag() const;

    [[nodiscard]] bool operator==(const Reference&) const = default;

  private:
    [[nodiscard]] std::string suffix() const;
};

inline constexpr std::string_view default_domain = "docker.io";

/// `[\w][\w.-]{0,127}`
[[nodiscard]] bool is_tag(std::string_view text) noexcept;

}  // namespace wherry::api
