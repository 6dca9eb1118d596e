#include "engine/containers/containers.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "engine/containers/init_layer.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"
#include "os/sealed_copy.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

Containers::Containers(Parts parts, Settings settings)
    : parts_(parts),
      settings_(std::move(settings)),
      layout_(parts.store.layout()),
      file_pool_("ctr-files", 4),
      log_pool_("ctr-logs", 8),
      bulk_pool_("ctr-bulk", 64),
      trash_(parts.trash),
      run_trash_(layout_.runs_trash(), parts.loop.executor()),
      volume_use_(*this),
      hangups_(parts.loop.executor()),
      group_(parts.loop.executor()) {}

Result<std::unique_ptr<Containers>> Containers::open(Parts parts, Settings settings) {
    // Before any monitor, so that what monitors mount stays in their namespaces.
    CHECK_OK(os::bind_private(parts.store.layout().runs()));
    CHECK_OK(make_init_layer(parts.store.layout().init_layer()));
    std::unique_ptr<Containers> made(new Containers(parts, std::move(settings)));
    if (const auto ready = made->prepare_run_folders(); !ready) {
        // A full disk, most likely: what is there is served all the same.
        log::warn("folders of runs: {}", ready.error().message());
    }
    made->copy_programs();
    CHECK_OK(made->load());
    parts.images.set_users(made.get());
    parts.volumes.set_users(&made->volume_use_);
    made->group_.spawn(made->recover());
    return made;
}

Result<> Containers::prepare_run_folders() {
    CHECK_OK(os::make_dirs(layout_.runtime_root(), 0700));
    CHECK_OK(os::make_dirs(layout_.runs_trash(), 0700));
    return run_trash_.recover();
}

// crun makes such a copy of itself at every start, and starts again from it, unless it finds that
// it is one: a container must not reach the host's program through /proc/PID/exe. The same holds
// for the program that makes execs.
void Containers::copy_programs() {
    if (auto launcher = os::sealed_copy(settings_.monitor_program)) {
        launcher_copy_ = *std::move(launcher);
    }
    const auto runtime = settings_.abilities.runtimes.find(settings_.crun);
    if (runtime == settings_.abilities.runtimes.end()) {
        return;
    }
    auto copy = os::sealed_copy(runtime->second.program);
    if (!copy) {
        log::info("runtime={} starts from its path: {}", settings_.crun, copy.error().message());
        return;
    }
    runtime_copy_ = *std::move(copy);
}

Containers::~Containers() {
    parts_.images.set_users(nullptr);
    parts_.volumes.set_users(nullptr);
}

Task<> Containers::close() {
    closing_ = true;
    for (const auto& [id, container] : catalog_.all()) {
        container->changed.notify_all();
        drop_attaches(*container);
    }
    group_.cancel();
    co_await group_.join();
    for (const auto& [id, container] : catalog_.all()) {
        container->monitor.reset();
    }
    co_await run_trash_.close();
    static_cast<void>(os::remove_tree(layout_.runs_trash()));
    static_cast<void>(os::remove_tree(layout_.runs_trash() + ".work"));
    static_cast<void>(os::remove_empty_dir(layout_.runtime_root()));
    // The runs' folder was bound onto itself for the monitors; without one, the mount goes too.
    // Lazily: a monitor that is just ending may still hold a file of it.
    const auto left = os::list_dir(layout_.runs());
    if (left.ok() && left->empty()) {
        static_cast<void>(os::unmount(layout_.runs(), true));
    }
}

store::Event Containers::event(const Container& container, std::string action) const {
    store::Event event;
    event.type = "container";
    event.action = std::move(action);
    event.actor_id = container.id();
    for (const auto& [name, value] : container.record.config.labels) {
        event.attributes[name] = value;
    }
    event.attributes["image"] = container.record.config.image;
    event.attributes["name"] = container.record.name;
    return event;
}

void Containers::add_network_event(const Container& container, std::string action,
                                   std::vector<store::Event>& events) const {
    if (!container.endpoint) {
        return;
    }
    const auto network = parts_.networks.resolve(container.endpoint->network_id);
    store::Event event;
    event.type = "network";
    event.action = std::move(action);
    event.actor_id = container.endpoint->network_id;
    event.attributes["container"] = container.id();
    event.attributes["name"] = container.endpoint->network_name;
    event.attributes["type"] = network.ok() ? network->driver : "bridge";
    events.push_back(std::move(event));
}

Task<Result<>> Containers::settled(ContainerPtr container) {
    if (container->restored.is_set()) {
        co_return Result<>();
    }
    Result<> waited = co_await async::with_deadline(container->restored.wait(), monitor_deadline);
    if (!waited && waited.error().kind() == ErrorKind::unavailable) {
        co_return fail(ErrorKind::unavailable, "container {}: its monitor does not answer",
                       container->record.name);
    }
    co_return waited;
}

Task<Result<async::Mutex::Guard>> Containers::hold(ContainerPtr container) {
    if (!container->transitions.locked()) {
        co_return co_await container->transitions.lock();
    }
    auto guard = co_await async::with_deadline(container->transitions.lock(), monitor_deadline);
    if (!guard && guard.error().kind() == ErrorKind::unavailable) {
        co_return fail(ErrorKind::unavailable, "container {}: another operation does not end",
                       container->record.name);
    }
    co_return guard;
}

void Containers::add_volume_events(const Container& container, const std::string& action,
                                   std::vector<store::Event>& events) {
    for (const MountRecord& mount : container.record.mounts) {
        if (mount.type != "volume") {
            continue;
        }
        store::Event event;
        event.type = "volume";
        event.action = action;
        event.actor_id = mount.name;
        event.attributes["container"] = container.id();
        event.attributes["driver"] = mount.driver;
        if (action == "mount") {
            event.attributes["destination"] = mount.destination;
            event.attributes["propagation"] = mount.propagation;
            event.attributes["read/write"] = mount.rw ? "true" : "false";
        }
        events.push_back(std::move(event));
    }
}

Task<Result<>> Containers::commit_state(const Container& container,
                                        std::vector<store::Event> events,
                                        store::Durability durability) {
    store::Batch batch;
    State state = container.state;
    if (container.ending) {
        set_ended(state, *container.ending);
    }
    const StateRecord record{
        .state = state, .endpoint = container.endpoint, .health = container.health};
    batch.put(std::string(state_kind), container.id(), encode_state(record));
    for (store::Event& event : events) {
        batch.event(std::move(event));
    }
    co_return co_await parts_.store.commit(std::move(batch), durability);
}

images::RootFs Containers::rootfs_of(const Record& record) const {
    images::RootFs root;
    if (const images::Image* image = parts_.images.find_by_id(record.image_id)) {
        root = parts_.images.rootfs(*image);
    }
    root.lowers.push_back(layout_.init_layer());
    return root;
}

std::vector<images::ImageUsers::Use> Containers::users_of(std::string_view image_id) const {
    std::vector<Use> out;
    for (const auto& [id, container] : catalog_.all()) {
        const auto& mounts = container->record.mounts;
        const bool mounted = std::ranges::any_of(
            mounts, [&](const MountRecord& mount) { return mount.image_id == image_id; });
        if (mounted || container->record.image_id == image_id) {
            out.push_back({.container_id = id, .running = container->state.running});
        }
    }
    return out;
}

std::vector<std::string> Containers::volume_users(std::string_view volume) const {
    std::vector<std::string> out;
    for (const auto& [id, container] : catalog_.all()) {
        const auto& mounts = container->record.mounts;
        if (std::ranges::any_of(mounts, [&](const MountRecord& mount) {
                return mount.type == "volume" && mount.name == volume;
            })) {
            out.push_back(id);
        }
    }
    return out;
}

}  // namespace wherry::containers
