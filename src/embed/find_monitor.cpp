#include "embed/find_monitor.hpp"

#include <dlfcn.h>

#include "os/search_path.hpp"

namespace wherry::embed {

namespace {

constexpr const char* monitor_name = "wherry-monitor";

/// A program's own path is as it was called, so that is asked of the kernel.
std::string own_folder() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<const void*>(&find_monitor), &info) != 0 &&
        info.dli_fname != nullptr) {
        const std::string path = info.dli_fname;
        if (path.starts_with("/") && path.find(".so") != std::string::npos) {
            return path.substr(0, path.rfind('/'));
        }
    }
    return os::program_folder();
}

}  // namespace

std::string find_monitor() {
    const std::string folder = own_folder();
    for (const char* place : {"/", "/../bin/", "/../../bin/"}) {
        if (std::string found = os::find_program(folder + place + monitor_name); !found.empty()) {
            return found;
        }
    }
    return os::find_program(monitor_name);
}

}  // namespace wherry::embed
