#include "engine/containers/record.hpp"

#include "base/text.hpp"
#include "codec/json/json.hpp"

namespace wherry::containers {

namespace {

constexpr int newest_schema = 1;

/// Times are nanoseconds since 1970.
template <class Io>
void time_field(Io& io, std::string_view name, Time& time) {
    auto value = time.time_since_epoch().count();
    io.field(name, value);
    time = Time(std::chrono::nanoseconds(value));
}

struct StoredPort : networks::PublishedPort {};

template <class Io>
static void fields(Io& io, StoredPort& port) {
    auto protocol = static_cast<int>(port.protocol);
    io.field("Protocol", protocol);
    port.protocol = static_cast<networks::Protocol>(protocol);
    io.field("ContainerPort", port.container_port);
    io.field("HostIp", port.host_ip);
    io.field("HostPort", port.host_port);
}

struct StoredEndpoint {
    networks::EndpointState endpoint;
};

template <class Io>
static void fields(Io& io, StoredEndpoint& stored) {
    auto& e = stored.endpoint;
    io.field("NetworkID", e.network_id);
    io.field("NetworkName", e.network_name);
    io.field("EndpointID", e.endpoint_id);
    io.field("Gateway", e.gateway);
    io.field("IPv4", e.ipv4_address);
    io.field("IPv4Prefix", e.ipv4_prefix);
    io.field("IPv6Gateway", e.ipv6_gateway);
    io.field("IPv6", e.ipv6_address);
    io.field("IPv6Prefix", e.ipv6_prefix);
    io.field("Mac", e.mac_address);
    io.field("HostInterface", e.host_interface);
    std::vector<StoredPort> ports;
    for (const auto& port : e.ports) {
        ports.push_back({port});
    }
    io.field("Ports", ports);
    e.ports.assign(ports.begin(), ports.end());
}

struct StoredState {
    int schema = newest_schema;
    StateRecord record;
};

template <class Io>
static void fields(Io& io, StoredState& stored) {
    State& s = stored.record.state;
    io.field("Schema", stored.schema);
    io.field("Running", s.running);
    io.field("Paused", s.paused);
    io.field("Restarting", s.restarting);
    io.field("OOMKilled", s.oom_killed);
    io.field("Dead", s.dead);
    io.field("Removing", s.removing);
    io.field("StoppedByHand", s.stopped_by_hand);
    io.field("Pid", s.pid);
    io.field("ExitCode", s.exit_code);
    io.field("RestartCount", s.restart_count);
    io.field("Error", s.error);
    time_field(io, "StartedAt", s.started_at);
    time_field(io, "FinishedAt", s.finished_at);
    std::optional<StoredEndpoint> endpoint;
    if (stored.record.endpoint) {
        endpoint.emplace(*stored.record.endpoint);
    }
    io.field("Endpoint", endpoint, json::Empty::omit);
    io.field("Health", stored.record.health, json::Empty::omit);
    stored.record.endpoint.reset();
    if (endpoint) {
        stored.record.endpoint.emplace(std::move(endpoint->endpoint));
    }
}

struct StoredMount : MountRecord {};

template <class Io>
static void fields(Io& io, StoredMount& mount) {
    io.field("Point", static_cast<api::MountPoint&>(mount));
    io.field("Options", mount.options, json::Empty::omit);
    io.field("CreateSource", mount.create_source, json::Empty::omit);
    io.field("CopyUp", mount.copy_up, json::Empty::omit);
    io.field("Anonymous", mount.anonymous, json::Empty::omit);
    io.field("NonRecursive", mount.non_recursive, json::Empty::omit);
    io.field("ReadOnlyNonRecursive", mount.read_only_non_recursive, json::Empty::omit);
    io.field("ReadOnlyForceRecursive", mount.read_only_force_recursive, json::Empty::omit);
    io.field("Subpath", mount.subpath, json::Empty::omit);
    io.field("ImageId", mount.image_id, json::Empty::omit);
}

struct StoredLink : Link {};

template <class Io>
void fields(Io& io, StoredLink& link) {
    io.field("Id", link.id);
    io.field("Alias", link.alias);
}

struct StoredRecord {
    int schema = newest_schema;
    Record record;
};

template <class Io>
static void fields(Io& io, StoredRecord& stored) {
    Record& r = stored.record;
    io.field("Schema", stored.schema);
    io.field("Id", r.id);
    io.field("Name", r.name);
    io.field("Image", r.image_id);
    time_field(io, "Created", r.created);
    io.field("Path", r.path);
    io.field("Args", r.args);
    io.field("Config", r.config);
    io.field("HostConfig", r.host);
    io.field("Endpoints", r.endpoints);
    std::vector<StoredMount> mounts;
    for (const MountRecord& mount : r.mounts) {
        mounts.push_back({mount});
    }
    io.field("Mounts", mounts, json::Empty::omit);
    r.mounts.assign(mounts.begin(), mounts.end());
    std::vector<StoredLink> links;
    for (const Link& link : r.links) {
        links.push_back({link});
    }
    io.field("Links", links, json::Empty::omit);
    r.links.assign(links.begin(), links.end());
}

Result<> check_schema(int schema) {
    if (schema > newest_schema) {
        return fail(ErrorKind::unsupported, "container was written by a newer version ({})",
                    schema);
    }
    return {};
}

}  // namespace

std::string encode_record(const Record& record) {
    return json::encode(StoredRecord{.record = record});
}

Result<Record> decode_record(std::string_view json) {
    TRY(auto stored, json::decode<StoredRecord>(json));
    CHECK_OK(check_schema(stored.schema));
    return std::move(stored.record);
}

std::string encode_state(const StateRecord& record) {
    return json::encode(StoredState{.record = record});
}

Result<StateRecord> decode_state(std::string_view json) {
    TRY(auto stored, json::decode<StoredState>(json));
    CHECK_OK(check_schema(stored.schema));
    return std::move(stored.record);
}

std::string encode_endpoint(const networks::EndpointState& endpoint) {
    return json::encode(StoredEndpoint{endpoint});
}

Result<networks::EndpointState> decode_endpoint(std::string_view json) {
    TRY(auto stored, json::decode<StoredEndpoint>(json));
    return std::move(stored.endpoint);
}

}  // namespace wherry::containers
