// Device files of the host: what a container is given of them, and where a path lies on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace wherry::os {

struct DeviceFile {
    std::string path;
    char type = 'c';  ///< 'c' or 'b'
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint32_t mode = 0;  ///< permission bits
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// The device at `path`, links followed; `path` is kept. `invalid` "not a device node" for another
/// file, the system's error ("no such file or directory") where there is none.
[[nodiscard]] Result<DeviceFile> device_file(const std::string& path);
[[nodiscard]] bool is_folder(const std::string& path);

/// Every device below a folder, sorted by path, without what each container has of its own (pts,
/// shm, fd, mqueue, console). What cannot be read is left out.
[[nodiscard]] std::vector<DeviceFile> devices_below(const std::string& folder);

}  // namespace wherry::os
