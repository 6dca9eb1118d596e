#include "os/host.hpp"

#include <dirent.h>
#include <sched.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <map>
#include <string_view>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::os {

namespace {

/// KEY=VALUE lines of os-release(5), quotes taken off.
std::map<std::string, std::string, std::less<>> os_release() {
    auto bytes = read_file("/etc/os-release");
    if (!bytes) {
        bytes = read_file("/usr/lib/os-release");
    }
    std::map<std::string, std::string, std::less<>> facts;
    const std::string content = std::move(bytes).value_or("");
    for (const auto line : text::split(content, '\n')) {
        if (const auto parts = text::cut(line, "=")) {
            auto value = parts->second;
            if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'')) {
                value = value.substr(1, value.size() - 2);
            }
            facts.emplace(parts->first, value);
        }
    }
    return facts;
}

}  // namespace

HostFacts host_facts() {
    HostFacts facts;
    utsname names{};
    if (::uname(&names) == 0) {
        facts.kernel_version = names.release;
        facts.machine = names.machine;
        facts.name = names.nodename;
    }
    auto release = os_release();
    facts.operating_system = release.contains("PRETTY_NAME") ? release["PRETTY_NAME"] : "Linux";
    facts.os_version = release["VERSION_ID"];
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    facts.cpus = ::sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    struct sysinfo memory{};
    if (::sysinfo(&memory) == 0) {
        facts.memory_bytes = static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit;
    }
    return facts;
}

std::string go_architecture(const std::string& machine) {
    if (machine == "x86_64") {
        return "amd64";
    }
    if (machine == "aarch64") {
        return "arm64";
    }
    if (machine.starts_with("arm")) {
        return "arm";
    }
    return machine == "i686" ? "386" : machine;
}

std::string file_system_name(const std::string& path) {
    struct statfs info{};
    if (::statfs(path.c_str(), &info) != 0) {
        return "unknown";
    }
    switch (static_cast<std::uint64_t>(info.f_type)) {
        case 0xEF53:
            return "extfs";
        case 0x58465342:
            return "xfs";
        case 0x9123683E:
            return "btrfs";
        case 0x01021994:
            return "tmpfs";
        case 0x794C7630:
            return "overlayfs";
        case 0x2FC12FC1:
            return "zfs";
        case 0xF2F52010:
            return "f2fs";
        case 0x6969:
            return "nfs";
        default:
            return "unknown";
    }
}

OverlayFacts overlay_facts(const std::string& path) {
    OverlayFacts facts;
    if (DIR* dir = ::opendir(path.c_str()); dir != nullptr) {
        const dirent* entry = ::readdir(dir);
        facts.has_file_types = entry != nullptr && entry->d_type != DT_UNKNOWN;
        ::closedir(dir);
    }
    const auto is_on = [](const char* name) {
        const auto value = read_file(std::string("/sys/module/overlay/parameters/") + name);
        return value.ok() && value->starts_with('Y');
    };
    facts.metacopy = is_on("metacopy");
    // Either leaves entries in an upper folder that mean nothing without the layers below.
    facts.native_diff = !facts.metacopy && !is_on("redirect_dir");
    return facts;
}

int open_descriptors() {
    DIR* dir = ::opendir("/proc/self/fd");
    if (dir == nullptr) {
        return 0;
    }
    int count = -3;  // ".", ".." and the folder's own descriptor
    while (::readdir(dir) != nullptr) {
        ++count;
    }
    ::closedir(dir);
    return count;
}

bool sysctl_on(const std::string& path) {
    const auto value = read_file("/proc/sys/" + path);
    return value.ok() && text::trim(*value) == "1";
}

}  // namespace wherry::os
