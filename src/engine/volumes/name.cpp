#include "engine/volumes/name.hpp"

#include <algorithm>

namespace wherry::volumes {

namespace {

bool alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Result<> check_name(std::string_view name) {
    if (name.size() == 1) {
        return Error(ErrorKind::invalid,
                     "volume name is too short, names should be at least two "
                     "alphanumeric characters");
    }
    const bool good =
        !name.empty() && alphanumeric(name.front()) && std::ranges::all_of(name, [](char c) {
            return alphanumeric(c) || c == '_' || c == '.' || c == '-';
        });
    if (!good) {
        return fail(ErrorKind::invalid,
                    "\"{}\" includes invalid characters for a local volume name, only "
                    "\"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host "
                    "directory, use absolute path",
                    name);
    }
    return {};
}

Result<> check_options(const api::Map<std::string>& options) {
    for (const auto& [key, value] : options) {
        if (key == "type" || key == "o" || key == "device" || key == "size") {
            return fail(ErrorKind::unsupported, "volumes with the option \"{}\" are not built yet",
                        key);
        }
        return fail(ErrorKind::invalid, "invalid option: \"{}\"", key);
    }
    return {};
}

}  // namespace wherry::volumes
