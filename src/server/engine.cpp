#include "server/engine.hpp"

#include "base/id.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/start_plan.hpp"
#include "engine/images/verbs.hpp"
#include "engine/networks/catalog.hpp"
#include "engine/store/event_log.hpp"
#include "engine/store/store.hpp"
#include "engine/store/trash.hpp"
#include "engine/volumes/catalog.hpp"
#include "net/async/loop.hpp"
#include "os/cgroup.hpp"
#include "os/tree.hpp"
#include "server/containers_settings.hpp"

namespace wherry::server {

/// In the order in which they are built; destroyed from the last to the first.
struct Engine::Parts {
    EngineConfig config;
    async::Loop& loop;
    std::string id;
    RuntimeFacts runtime;
    std::unique_ptr<store::Store> store;
    std::unique_ptr<store::Trash> trash;
    std::unique_ptr<networks::Networks> networks;
    std::unique_ptr<volumes::Volumes> volumes;
    std::unique_ptr<images::Images> images;
    std::unique_ptr<containers::Containers> containers;
};

namespace {

/// A UUID made once for a state folder, as `info` shows it.
Result<std::string> engine_id(async::Loop& loop, store::Store& store) {
    TRY(auto records, store.load("engine"));
    for (store::Record& record : records) {
        if (record.key == "id") {
            return std::move(record.value);
        }
    }
    const std::string hex = random_hex(16);
    const std::string_view digits = hex;
    std::string id = text::format("{}-{}-4{}-8{}-{}", digits.substr(0, 8), digits.substr(8, 4),
                                  digits.substr(13, 3), digits.substr(17, 3), digits.substr(20));
    store::Batch batch;
    batch.put("engine", "id", id);
    CHECK_OK(async::run(loop, store.commit(std::move(batch), store::Durability::synced)));
    return id;
}

images::ImagesConfig images_config(const EngineConfig& config) {
    images::ImagesConfig out;
    out.registries = {.mirrors = config.registry_mirrors,
                      .insecure_registries = config.insecure_registries,
                      .certs_dir = config.registry_certs};
    out.discard_blobs = config.discard_blobs;
    return out;
}

networks::NetworksConfig networks_config(const EngineConfig& config) {
    networks::NetworksConfig out;
    out.bridge = config.bridge;
    out.bridge_address = config.bridge_address;
    out.address_range = config.address_range;
    out.host_ip = config.host_ip;
    out.inter_container = config.inter_container;
    out.mtu = config.mtu;
    out.dns = config.dns;
    out.dns_search = config.dns_search;
    out.dns_options = config.dns_options;
    return out;
}

/// By a name of the configuration, or as a program.
Result<RuntimeFacts> find_default_runtime(const EngineConfig& config) {
    for (const EngineConfig::RuntimeEntry& entry : config.runtimes) {
        if (entry.name == config.runtime_program) {
            TRY(auto facts, find_runtime(entry.path));
            facts.name = entry.name;
            return facts;
        }
    }
    return find_runtime(config.runtime_program);
}

}  // namespace

Engine::Engine(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Engine::~Engine() = default;

Result<std::unique_ptr<Engine>> Engine::open(EngineConfig config, async::Loop& loop) {
    TRY(RuntimeFacts runtime, find_default_runtime(config));
    TRY(auto settings, containers_settings(config, runtime));
    const store::Layout layout(config.data_root, config.exec_root);
    TRY(auto store, store::Store::open(layout));
    TRY(std::string id, engine_id(loop, *store));
    auto trash = std::make_unique<store::Trash>(layout, loop.executor());
    CHECK_OK(trash->recover());
    TRY(auto networks, networks::Networks::open(*store, networks_config(config), loop.executor()));
    TRY(auto volumes, volumes::Volumes::open(*store, *trash));
    TRY(auto images, images::Images::open(images_config(config), *store, *trash, loop));
    auto parts = std::make_unique<Parts>(Parts{.config = std::move(config),
                                               .loop = loop,
                                               .id = std::move(id),
                                               .runtime = std::move(runtime),
                                               .store = std::move(store),
                                               .trash = std::move(trash),
                                               .networks = std::move(networks),
                                               .volumes = std::move(volumes),
                                               .images = std::move(images)});
    TRY(parts->containers, containers::Containers::open({.loop = loop,
                                                         .store = *parts->store,
                                                         .images = *parts->images,
                                                         .networks = *parts->networks,
                                                         .volumes = *parts->volumes,
                                                         .trash = *parts->trash},
                                                        std::move(settings)));
    // After all that runs was restored: it makes the table hold exactly that.
    if (!parts->config.leave_nothing || parts->networks->in_use()) {
        parts->networks->start_in_background();
    }
    return std::unique_ptr<Engine>(new Engine(std::move(parts)));
}

Task<void> Engine::close() {
    parts_->store->events().close();
    co_await parts_->containers->close();
    co_await parts_->networks->close();
    co_await parts_->images->close();
    co_await parts_->trash->close();
    if (parts_->config.leave_nothing) {
        co_await leave();
    }
}

/// What is still in use stays.
Task<> Engine::leave() {
    const Result<> withdrawn = co_await parts_->networks->withdraw();
    if (!withdrawn) {
        log::warn("networks: not taken away: {}", withdrawn.error().message());
    }
    const store::Layout& layout = parts_->store->layout();
    std::vector<std::string> folders = {layout.runs(), layout.runtime_root(), layout.exec_root()};
    for (const std::string& root : os::cgroup_roots()) {
        folders.push_back(root + std::string(containers::cgroup_parent));
    }
    for (const std::string& folder : folders) {
        static_cast<void>(os::remove_empty_dir(folder));
    }
}

const EngineConfig& Engine::config() const noexcept {
    return parts_->config;
}
const std::string& Engine::id() const noexcept {
    return parts_->id;
}
const RuntimeFacts& Engine::runtime() const noexcept {
    return parts_->runtime;
}
ObjectCounts Engine::counts() const {
    ObjectCounts counts;
    for (const auto& [id, container] : parts_->containers->catalog().all()) {
        const containers::State& state = container->state;
        (state.paused ? counts.paused : state.running ? counts.running : counts.stopped)++;
    }
    counts.images = static_cast<std::int64_t>(parts_->images->catalog().all().size());
    return counts;
}
async::Loop& Engine::loop() noexcept {
    return parts_->loop;
}
store::Store& Engine::store() noexcept {
    return *parts_->store;
}
images::Images& Engine::images() noexcept {
    return *parts_->images;
}

networks::Networks& Engine::networks() noexcept {
    return *parts_->networks;
}
containers::Containers& Engine::containers() noexcept {
    return *parts_->containers;
}
volumes::Volumes& Engine::volumes() noexcept {
    return *parts_->volumes;
}

}  // namespace wherry::server
