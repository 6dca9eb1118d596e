#include "os/search_path.hpp"

#include <unistd.h>

#include <climits>
#include <cstdlib>

#include "base/text.hpp"

namespace wherry::os {

namespace {

constexpr const char* system_folders =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool executable(const std::string& path) {
    return ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string find_program(const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos) {
        return executable(name) ? name : "";
    }
    // Read at the start, before there are threads that could change it.
    const char* path = ::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
    const std::string folders = text::format("{}:{}", path != nullptr ? path : "", system_folders);
    for (const auto folder : text::split(folders, ':')) {
        std::string candidate = text::format("{}/{}", folder, name);
        if (!folder.empty() && executable(candidate)) {
            return candidate;
        }
    }
    return "";
}

std::string program_folder() {
    char buffer[PATH_MAX];
    const auto size = ::readlink("/proc/self/exe", buffer, sizeof buffer);
    if (size <= 0) {
        return "";
    }
    const std::string path(buffer, static_cast<std::size_t>(size));
    return path.substr(0, path.rfind('/'));
}

}  // namespace wherry::os
