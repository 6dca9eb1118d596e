// What the store keeps of a container: the record that create writes (kind "container") and the
// small one that every start and exit writes ("container-state"). Both carry a schema version.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/generated/container.hpp"
#include "base/result.hpp"
#include "engine/containers/state.hpp"
#include "engine/networks/endpoint.hpp"

namespace wherry::containers {

inline constexpr std::string_view record_kind = "container";
inline constexpr std::string_view state_kind = "container-state";
/// Under a container's id, a list of anonymous volumes: of one that is being created they go if it
/// comes to nothing, of one that was removed they are still to be removed.
inline constexpr std::string_view volumes_kind = "container-volumes";

/// A mount of a container: what inspect shows of it, and how it is made.
struct MountRecord : api::MountPoint {
    std::vector<std::string> options;  ///< for the kernel, besides "rbind" and the propagation
    bool create_source = false;        ///< a bind whose folder is made at the start
    bool copy_up = false;              ///< a volume that takes the image's content while empty
    bool anonymous = false;            ///< removed with the container
    bool non_recursive = false;
    bool read_only_non_recursive = false;
    bool read_only_force_recursive = false;
    std::string subpath;
    std::string image_id;               ///< of an image's files
    api::Map<std::string> new_labels;   ///< of a volume that is made now; not stored
    api::Map<std::string> new_options;  ///< likewise
};

/// A legacy link to another container.
struct Link {
    std::string id;
    std::string alias;
};

struct Record {
    std::string id;
    std::string name;  ///< without slash
    std::string image_id;
    Time created{};
    std::string path;
    api::List<std::string> args;
    api::ContainerConfig config;
    api::HostConfig host;
    api::Map<api::EndpointSettings> endpoints;  ///< as asked for, by network
    std::vector<MountRecord> mounts;
    std::vector<Link> links;
};

/// State, and the network's place of the run that has it.
struct StateRecord {
    State state;
    std::optional<networks::EndpointState> endpoint;
    std::optional<api::Health> health;  ///< of a container that is probed
};

[[nodiscard]] std::string encode_record(const Record& record);
[[nodiscard]] Result<Record> decode_record(std::string_view json);
[[nodiscard]] std::string encode_state(const StateRecord& record);
[[nodiscard]] Result<StateRecord> decode_state(std::string_view json);
[[nodiscard]] std::string encode_endpoint(const networks::EndpointState& endpoint);
[[nodiscard]] Result<networks::EndpointState> decode_endpoint(std::string_view json);

}  // namespace wherry::containers
