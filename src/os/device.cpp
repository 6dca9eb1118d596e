#include "os/device.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "os/syscall.hpp"

namespace wherry::os {

namespace {

constexpr std::string_view own_names[] = {"pts",      "shm",   "fd",      "mqueue", ".lxc",
                                          ".lxd-net", ".udev", "console", "ptmx"};

DeviceFile described(std::string path, const struct stat& facts) {
    return {.path = std::move(path),
            .type = S_ISBLK(facts.st_mode) ? 'b' : 'c',
            .major = ::major(facts.st_rdev),
            .minor = ::minor(facts.st_rdev),
            .mode = facts.st_mode & 0777U,
            .uid = facts.st_uid,
            .gid = facts.st_gid};
}

bool is_device(const struct stat& facts) {
    return S_ISBLK(facts.st_mode) || S_ISCHR(facts.st_mode);
}

void collect(const std::string& folder, std::vector<DeviceFile>& out) {
    const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()), &::closedir);
    while (dir) {
        const dirent* entry = ::readdir(dir.get());
        if (entry == nullptr) {
            return;
        }
        const std::string_view name = entry->d_name;
        if (name == "." || name == ".." ||
            std::ranges::find(own_names, name) != std::end(own_names)) {
            continue;
        }
        std::string path = folder + "/" + std::string(name);
        struct stat facts{};
        if (::lstat(path.c_str(), &facts) != 0) {
            continue;
        }
        if (S_ISDIR(facts.st_mode)) {
            collect(path, out);
        } else if (is_device(facts)) {
            out.push_back(described(std::move(path), facts));
        }
    }
}

}  // namespace

Result<DeviceFile> device_file(const std::string& path) {
    struct stat facts{};
    CHECK_OK(checked("stat", path, [&] { return ::stat(path.c_str(), &facts); }));
    if (!is_device(facts)) {
        return Error(ErrorKind::invalid, "not a device node");
    }
    return described(path, facts);
}

bool is_folder(const std::string& path) {
    struct stat facts{};
    return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

std::vector<DeviceFile> devices_below(const std::string& folder) {
    std::vector<DeviceFile> out;
    collect(folder, out);
    std::ranges::sort(out, {}, &DeviceFile::path);
    return out;
}

}  // namespace wherry::os
