// Volumes as the rest of the engine sees them. Loop thread only.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "net/async/task.hpp"

namespace wherry::volumes {

struct Volume {
    std::string name;
    std::string driver = "local";
    std::string mountpoint;
    std::string created_at;
    bool anonymous = false;
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> options;
};

/// Who uses a volume; implemented by the containers.
class VolumeUsers {
  public:
    VolumeUsers() = default;
    VolumeUsers(const VolumeUsers&) = delete;
    VolumeUsers& operator=(const VolumeUsers&) = delete;
    virtual ~VolumeUsers() = default;
    /// Ids of the containers that mount it.
    [[nodiscard]] virtual std::vector<std::string> users_of(std::string_view volume) const = 0;
};

class VolumeCatalog {
  public:
    VolumeCatalog() = default;
    VolumeCatalog(const VolumeCatalog&) = delete;
    VolumeCatalog& operator=(const VolumeCatalog&) = delete;
    virtual ~VolumeCatalog() = default;
    /// The volume of that name, made where it is missing ("": a new anonymous one).
    [[nodiscard]] virtual Task<Result<Volume>> get_or_create(std::string name) = 0;
    /// 404 "get N: no such volume".
    [[nodiscard]] virtual Result<Volume> get(std::string_view name) const = 0;
    /// 409 while somebody uses it; absence is 404.
    [[nodiscard]] virtual Task<Result<>> remove(std::string name) = 0;
    virtual void set_users(const VolumeUsers* users) noexcept = 0;
};

}  // namespace wherry::volumes
