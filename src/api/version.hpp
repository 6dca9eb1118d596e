// API versions: numbers parted by dots, compared part by part (behaviour: version negotiation).
#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <vector>

namespace wherry::api {

class ApiVersion {
  public:
    /// Takes any text: a part that is no number counts as 0, a missing one too ("1.045" is 1.45).
    [[nodiscard]] static ApiVersion parse(std::string_view text);
    constexpr ApiVersion(int major, int minor) : major_(major), minor_(minor) {}

    /// "1.41"; parts behind the second are kept.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::strong_ordering operator<=>(const ApiVersion& other) const = default;

  private:
    int major_;
    int minor_;
    int patch_ = 0;
};

inline constexpr ApiVersion lowest_version{1, 24};
inline constexpr ApiVersion newest_version{1, 55};

}  // namespace wherry::api
