// The one list of all routes, top to bottom: the first whose pattern matches answers. `not_built`
// answers 501 and stands so in docs/api-coverage.md. `/session` and `/grpc` are missing on purpose:
// 404 tells BuildKit's clients that there is none. The catalogue's other operations are all here
// (checked by tests/unit/server/route_table_test.cpp).
#include "server/routes/containers.hpp"
#include "server/routes/exec.hpp"
#include "server/routes/images.hpp"
#include "server/routes/networks.hpp"
#include "server/routes/plugins.hpp"
#include "server/routes/system.hpp"
#include "server/routes/volumes.hpp"

namespace wherry::server {

namespace {

// clang-format off
constexpr Route table[] = {
    // Before the containers, whose DELETE pattern would take these.
    {"GET", "/containers/{id}/checkpoints", "CheckpointList", not_built},
    {"POST", "/containers/{id}/checkpoints", "CheckpointCreate", not_built},
    {"DELETE", "/containers/{id}/checkpoints/{checkpoint}", "CheckpointDelete", not_built},
    // Container
    {"GET", "/containers/json", "ContainerList", container_list},
    {"POST", "/containers/create", "ContainerCreate", container_create},
    {"GET", "/containers/{id}/json", "ContainerInspect", container_inspect},
    {"GET", "/containers/{id}/top", "ContainerTop", container_top},
    {"GET", "/containers/{id}/logs", "ContainerLogs", container_logs},
    {"GET", "/containers/{id}/changes", "ContainerChanges", container_changes},
    {"GET", "/containers/{id}/export", "ContainerExport", container_export},
    {"GET", "/containers/{id}/stats", "ContainerStats", container_stats},
    {"POST", "/containers/{id}/resize", "ContainerResize", container_resize},
    {"POST", "/containers/{id}/start", "ContainerStart", container_start},
    {"POST", "/containers/{id}/stop", "ContainerStop", container_stop},
    {"POST", "/containers/{id}/restart", "ContainerRestart", container_restart},
    {"POST", "/containers/{id}/kill", "ContainerKill", container_kill},
    {"POST", "/containers/{id}/update", "ContainerUpdate", container_update},
    {"POST", "/containers/{id}/rename", "ContainerRename", container_rename},
    {"POST", "/containers/{id}/pause", "ContainerPause", container_pause},
    {"POST", "/containers/{id}/unpause", "ContainerUnpause", container_unpause},
    {"POST", "/containers/{id}/attach", "ContainerAttach", container_attach},
    {"GET", "/containers/{id}/attach/ws", "ContainerAttachWebsocket", container_attach_websocket},
    {"POST", "/containers/{id}/wait", "ContainerWait", container_wait},
    {"DELETE", "/containers/{id}", "ContainerDelete", container_delete},
    {"HEAD", "/containers/{id}/archive", "ContainerArchiveInfo", container_archive_head},
    {"GET", "/containers/{id}/archive", "ContainerArchive", container_archive_get},
    {"PUT", "/containers/{id}/archive", "PutContainerArchive", container_archive_put},
    {"POST", "/containers/prune", "ContainerPrune", container_prune},
    // Exec
    {"POST", "/containers/{id}/exec", "ContainerExec", exec_create},
    {"POST", "/exec/{id}/start", "ExecStart", exec_start},
    {"POST", "/exec/{id}/resize", "ExecResize", exec_resize},
    {"GET", "/exec/{id}/json", "ExecInspect", exec_inspect},
    // Image
    {"GET", "/images/json", "ImageList", image_list},
    {"POST", "/build", "ImageBuild", not_built},
    {"POST", "/images/create", "ImageCreate", image_create},
    {"GET", "/images/{name}/json", "ImageInspect", image_inspect},
    {"GET", "/images/{name}/history", "ImageHistory", image_history},
    {"POST", "/images/{name}/push", "ImagePush", not_built},
    {"POST", "/images/{name}/tag", "ImageTag", image_tag},
    {"DELETE", "/images/{name}", "ImageDelete", image_delete},
    {"GET", "/images/search", "ImageSearch", not_built},
    {"POST", "/images/prune", "ImagePrune", image_prune},
    {"POST", "/commit", "ImageCommit", not_built},
    {"GET", "/images/{name}/get", "ImageGet", image_get},
    {"GET", "/images/get", "ImageGetAll", image_get_all},
    {"POST", "/images/load", "ImageLoad", image_load},
    {"POST", "/build/prune", "BuildPrune", not_built},
    {"GET", "/images/{name}/attestations", "ImageAttestations", not_built, "1.55"},
    {"POST", "/build/cancel", "BuildCancel", not_built},
    // System
    {"POST", "/auth", "SystemAuth", system_auth},
    {"GET", "/info", "SystemInfo", system_info},
    {"GET", "/version", "SystemVersion", system_version},
    {"GET", "/_ping", "SystemPing", system_ping},
    {"GET", "/events", "SystemEvents", system_events},
    {"GET", "/system/df", "SystemDataUsage", system_data_usage},
    {"HEAD", "/_ping", "SystemPingHead", system_ping},
    // Volume
    {"GET", "/volumes", "VolumeList", volume_list},
    {"POST", "/volumes/create", "VolumeCreate", volume_create},
    {"GET", "/volumes/{name}", "VolumeInspect", volume_inspect},
    {"DELETE", "/volumes/{name}", "VolumeDelete", volume_delete},
    {"POST", "/volumes/prune", "VolumePrune", volume_prune},
    {"PUT", "/volumes/{name}", "VolumeUpdate", volume_update},
    // Network
    {"GET", "/networks", "NetworkList", network_list},
    {"GET", "/networks/", "NetworkList", network_list},
    {"GET", "/networks/{id}", "NetworkInspect", network_inspect},
    {"DELETE", "/networks/{id}", "NetworkDelete", network_delete},
    {"POST", "/networks/create", "NetworkCreate", network_create},
    {"POST", "/networks/{id}/connect", "NetworkConnect", not_built},
    {"POST", "/networks/{id}/disconnect", "NetworkDisconnect", not_built},
    {"POST", "/networks/prune", "NetworkPrune", not_built},
    // Plugin
    {"GET", "/plugins", "PluginList", not_built},
    {"GET", "/plugins/privileges", "GetPluginPrivileges", not_built},
    {"POST", "/plugins/pull", "PluginPull", not_built},
    {"GET", "/plugins/{name}/json", "PluginInspect", plugin_inspect},
    {"DELETE", "/plugins/{name}", "PluginDelete", not_built},
    {"POST", "/plugins/{name}/enable", "PluginEnable", not_built},
    {"POST", "/plugins/{name}/disable", "PluginDisable", not_built},
    {"POST", "/plugins/create", "PluginCreate", not_built},
    {"POST", "/plugins/{name}/push", "PluginPush", not_built},
    {"POST", "/plugins/{name}/set", "PluginSet", not_built},
    {"POST", "/plugins/{name}/upgrade", "PluginUpgrade", not_built},
    // Distribution
    {"GET", "/distribution/{name}/json", "DistributionInspect", not_built},
    // Swarm
    {"GET", "/swarm", "SwarmInspect", swarm_inactive},
    {"POST", "/swarm/init", "SwarmInit", swarm_inactive},
    {"POST", "/swarm/join", "SwarmJoin", swarm_inactive},
    {"POST", "/swarm/leave", "SwarmLeave", swarm_leave},
    {"POST", "/swarm/update", "SwarmUpdate", swarm_inactive},
    {"GET", "/swarm/unlockkey", "SwarmUnlockkey", swarm_inactive},
    {"POST", "/swarm/unlock", "SwarmUnlock", swarm_inactive},
    // Node
    {"GET", "/nodes", "NodeList", swarm_inactive},
    {"GET", "/nodes/{id}", "NodeInspect", swarm_inactive},
    {"DELETE", "/nodes/{id}", "NodeDelete", swarm_inactive},
    {"POST", "/nodes/{id}/update", "NodeUpdate", swarm_inactive},
    // Service
    {"GET", "/services", "ServiceList", swarm_inactive},
    {"POST", "/services/create", "ServiceCreate", swarm_inactive},
    {"GET", "/services/{id}/logs", "ServiceLogs", swarm_inactive},
    {"GET", "/services/{id}", "ServiceInspect", swarm_inactive},
    {"DELETE", "/services/{id}", "ServiceDelete", swarm_inactive},
    {"POST", "/services/{id}/update", "ServiceUpdate", swarm_inactive},
    // Task
    {"GET", "/tasks", "TaskList", swarm_inactive},
    {"GET", "/tasks/{id}/logs", "TaskLogs", swarm_inactive},
    {"GET", "/tasks/{id}", "TaskInspect", swarm_inactive},
    // Secret
    {"GET", "/secrets", "SecretList", swarm_inactive},
    {"POST", "/secrets/create", "SecretCreate", swarm_inactive},
    {"GET", "/secrets/{id}", "SecretInspect", swarm_inactive},
    {"DELETE", "/secrets/{id}", "SecretDelete", swarm_inactive},
    {"POST", "/secrets/{id}/update", "SecretUpdate", swarm_inactive},
    // Config
    {"GET", "/configs", "ConfigList", swarm_inactive},
    {"POST", "/configs/create", "ConfigCreate", swarm_inactive},
    {"GET", "/configs/{id}", "ConfigInspect", swarm_inactive},
    {"DELETE", "/configs/{id}", "ConfigDelete", swarm_inactive},
    {"POST", "/configs/{id}/update", "ConfigUpdate", swarm_inactive},
};
// clang-format on

}  // namespace

std::span<const Route> routes() {
    return table;
}

}  // namespace wherry::server
