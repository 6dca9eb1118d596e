#include "server/build_info.hpp"

namespace wherry::server {

const std::string& engine_version() {
    static const std::string version = std::string("29.7.0+wherry.") + WHERRY_VERSION;
    return version;
}

std::string_view wherry_version() {
    return WHERRY_VERSION;
}

std::string_view git_commit() {
    return WHERRY_COMMIT;
}

std::string build_time() {
    // git's "2026-11-24T10:00:00+00:00" gets a fraction: clients parse what the reference sends.
    const std::string_view time = WHERRY_COMMIT_TIME;
    if (time.size() < 20) {
        return "unknown";
    }
    return std::string(time.substr(0, 19)) + ".000000000" + std::string(time.substr(19));
}

std::string_view compiler() {
#ifdef __clang_version__
    static const std::string name = "clang++ " + std::to_string(__clang_major__) + "." +
                                    std::to_string(__clang_minor__) + "." +
                                    std::to_string(__clang_patchlevel__);
    return name;
#else
    return "g++ " __VERSION__;
#endif
}

}  // namespace wherry::server
