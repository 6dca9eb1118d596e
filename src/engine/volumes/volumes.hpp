// Volumes as the rest of the engine sees them. Loop thread only.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/generated/volume.hpp"
#include "base/result.hpp"
#include "net/async/task.hpp"

namespace wherry::volumes {

/// A volume that nobody named has this label.
inline constexpr std::string_view anonymous_label = "com.docker.volume.anonymous";
[[nodiscard]] inline bool is_anonymous(const api::Volume& volume) {
    return volume.labels.contains(anonymous_label);
}

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
    [[nodiscard]] virtual Task<Result<api::Volume>> get_or_create(std::string name) = 0;
    /// A new volume that nobody named, under a name (`new_id`) that the caller has noted.
    [[nodiscard]] virtual Task<Result<api::Volume>> create_anonymous(std::string name) = 0;
    /// The same with driver, options and labels, which are for a new one alone.
    [[nodiscard]] virtual Task<Result<api::Volume>> create(api::VolumeCreateRequest request) = 0;
    /// 404 "get N: no such volume".
    [[nodiscard]] virtual Result<api::Volume> get(std::string_view name) const = 0;
    /// 409 while somebody uses it; absence is 404.
    [[nodiscard]] virtual Task<Result<>> remove(std::string name) = 0;
    /// Tells the catalogue whom to ask; they must outlive it or be unset with null.
    virtual void set_users(const VolumeUsers* users) noexcept = 0;
};

}  // namespace wherry::volumes
