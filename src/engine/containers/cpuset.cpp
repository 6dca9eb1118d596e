#include "engine/containers/cpuset.hpp"

#include "base/text.hpp"

namespace wherry::containers {

std::optional<std::set<int>> parse_cpu_list(std::string_view text) {
    constexpr int highest = 8192;
    std::set<int> out;
    for (const auto part : text::split(text, ',')) {
        if (part.empty()) {
            continue;
        }
        const auto range = text::cut(part, "-");
        const auto first = text::parse_int<int>(range ? range->first : part);
        const auto last = range ? text::parse_int<int>(range->second) : first;
        if (!first || !last || *first < 0 || *last < *first || *last > highest) {
            return std::nullopt;
        }
        for (int number = *first; number <= *last; ++number) {
            out.insert(number);
        }
    }
    return out;
}

}  // namespace wherry::containers
