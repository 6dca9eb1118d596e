// Start: network, folders and monitor are prepared side by side, then the monitor runs the payload.
// The commit is not synced: a power cut ends the payload too, and a new daemon learns from the
// run's folder and its monitor what goes on.
#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/trace.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/log_options.hpp"
#include "engine/containers/start_plan.hpp"
#include "os/sealed_copy.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

Task<Result<>> Containers::start(std::string name) {
    CO_TRY(auto container, catalog_.get(name));
    co_return co_await async::shielded(start_now(std::move(container), std::move(name)));
}

Task<Result<>> Containers::start_now(ContainerPtr container, std::string name) {
    CO_CHECK_OK(co_await settled(container));
    CO_TRY(const auto guard, co_await hold(container));
    CO_CHECK_OK(check_allowed(Operation::start, container->status(), container->named(name)));
    if (container->removed) {
        co_return fail(ErrorKind::not_found, "No such container: {}", name);
    }
    container->state.stopped_by_hand = false;
    container->state.restart_count = 0;
    container->last_restart_delay = {};
    co_return co_await start_locked(container);
}

Task<Result<>> Containers::start_locked(ContainerPtr container) {
    const trace::Span span(container->id(), "start");
    if (closing_) {
        co_return Error(ErrorKind::unavailable, "the engine is shutting down");
    }
    networks::Endpoint endpoint;
    const Result<> started = co_await run_container(container, endpoint);
    if (!started) {
        co_await give_up_start(container, started.error());
        co_return container->state.error.empty()
            ? started.error()
            : Error(started.error().kind(), container->state.error, started.error().status());
    }
    co_return Result<>();
}

namespace {

/// What the two preparations of a start leave.
struct Prepared {
    std::optional<Result<networks::Endpoint>> endpoint;
    std::optional<Result<PreparedRun>> run;
    std::optional<Result<std::unique_ptr<MonitorClient>>> monitor;
};

/// With `joined` the network is another container's.
Task<> connect(networks::EndpointProvider& networks, networks::EndpointRequest request,
               os::UniqueFd joined, Prepared& out) {
    const trace::Span span(request.container_id, "start.network");
    if (joined) {
        networks::Endpoint endpoint;
        endpoint.netns = std::move(joined);
        out.endpoint.emplace(std::move(endpoint));
        co_return;
    }
    Result<networks::Endpoint> result = co_await networks.connect(std::move(request));
    out.endpoint.emplace(std::move(result));
}

struct LaunchInput {
    async::Pool& pool;
    RunPreparation preparation;
    LaunchPlan launch;
};

Task<> prepare_and_launch(LaunchInput input, Prepared& out) {
    const std::string id = input.launch.container_id;
    trace::Span preparing(id, "start.folders");
    const auto work = [plan = std::move(input.preparation)] { return prepare_run(plan); };
    Result<PreparedRun> run = co_await async::blocking(input.pool, work);
    preparing.end();
    const bool ready = run.ok();
    out.run.emplace(std::move(run));
    if (ready) {
        const trace::Span launching(id, "start.monitor");
        Result<std::unique_ptr<MonitorClient>> monitor = co_await async::with_deadline(
            MonitorClient::launch(std::move(input.launch)), Containers::monitor_deadline);
        out.monitor.emplace(std::move(monitor));
    }
}

std::vector<os::UniqueFd> take_descriptors(networks::Endpoint& endpoint,
                                           wire::StartRequest& request) {
    std::vector<os::UniqueFd> fds;
    if (endpoint.netns) {
        request.fds.push_back(wire::FdRole::network_namespace);
        fds.push_back(std::move(endpoint.netns));
    }
    for (os::UniqueFd& reserved : endpoint.reserved) {
        request.fds.push_back(wire::FdRole::held);
        fds.push_back(std::move(reserved));
    }
    for (networks::Relay& relay : endpoint.relays) {
        wire::Relay message;
        message.fd = static_cast<std::uint32_t>(fds.size());
        message.protocol = relay.protocol == networks::Protocol::udp ? wire::RelayProtocol::udp
                                                                     : wire::RelayProtocol::tcp;
        message.address = relay.target_address;
        message.port = relay.target_port;
        request.fds.push_back(wire::FdRole::relay);
        request.relays.push_back(std::move(message));
        fds.push_back(std::move(relay.listener));
    }
    return fds;
}

}  // namespace

/// What the monitor and the runtime read: specification, hosts, resolv.conf.
Task<Result<>> Containers::write_run_files(ContainerPtr container, RunFacts facts,
                                           networks::Endpoint& endpoint) {
    const Record& record = container->record;
    const trace::Span span(record.id, "start.files");
    const bool own_files = facts.joined.network_owner.empty();
    std::string hosts = with_link_hosts(std::move(endpoint.hosts), facts.joined.links);
    CO_TRY(BuiltSpec spec, plan_spec(record, settings_, layout_, std::move(facts)));
    for (const std::string& warning : spec.warnings) {
        log::warn("container={} {}", short_id(record.id), warning);
    }
    CO_TRY(BuiltProcess probe, plan_probe(record, settings_, *container->identity));
    RunTexts texts{.container_folder = own_files ? layout_.container(record.id) : "",
                   .run_folder = layout_.run(record.id),
                   .hostname = record.config.hostname,
                   .hosts = std::move(hosts),
                   .resolv_conf = std::move(endpoint.resolv_conf),
                   .spec = std::move(spec.json),
                   .probe = std::move(probe),
                   .endpoint = own_files ? encode_endpoint(endpoint.state) : ""};
    const auto write = [texts = std::move(texts)] { return write_run(texts); };
    co_return co_await async::blocking(file_pool_, write);
}

Result<> Containers::add_runtime(const Record& record, wire::StartRequest& request,
                                 std::vector<os::UniqueFd>& fds) const {
    if (record.host.runtime != settings_.crun) {
        return {};
    }
    if (runtime_copy_) {
        TRY(fds.emplace_back(), os::duplicate(runtime_copy_.get()));
        request.fds.push_back(wire::FdRole::runtime);
    }
    if (launcher_copy_) {
        TRY(fds.emplace_back(), os::duplicate(launcher_copy_.get()));
        request.fds.push_back(wire::FdRole::launcher);
    }
    return {};
}

Task<Result<wire::LogPlan>> Containers::open_log(const Record& record) {
    CO_TRY(wire::LogPlan plan, plan_log(record, layout_, settings_.host_name));
    if (!has_host_name(plan)) {
        co_return plan;
    }
    const auto look_up = [plan = std::move(plan)] { return resolve_log_address(plan); };
    co_return co_await async::blocking(log_pool_, look_up);
}

std::map<std::string, std::vector<std::string>> Containers::mounted_images(
    const Record& record) const {
    std::map<std::string, std::vector<std::string>> out;
    for (const MountRecord& mount : record.mounts) {
        const images::Image* image = parts_.images.find_by_id(mount.image_id);
        if (mount.type == "image" && image != nullptr) {
            out[image->id] = parts_.images.rootfs(*image).paths();
        }
    }
    return out;
}

Task<Result<>> Containers::run_container(ContainerPtr container, networks::Endpoint& endpoint) {
    const Record& record = container->record;
    if (!record.image_id.empty() && parts_.images.find_by_id(record.image_id) == nullptr) {
        co_return fail(ErrorKind::not_found, "No such image: {}", record.image_id);
    }
    CO_TRY(wire::LogPlan log, co_await open_log(record));
    RunImages images;
    images.root = rootfs_of(record);
    images.mounted = mounted_images(record);
    CO_TRY(Joined joined, join(*container));
    CO_TRY(auto request, plan_endpoint(record, settings_));
    const std::string run = layout_.run(record.id);
    LaunchInput launch{.pool = file_pool_,
                       .preparation = plan_preparation(record, layout_, settings_, images),
                       .launch = {.program = settings_.monitor_program,
                                  .run_folder = run,
                                  .control_path = run + "/control",
                                  .container_id = record.id}};
    Prepared prepared;
    co_await async::both(
        connect(parts_.networks, std::move(request), std::move(joined.netns), prepared),
        prepare_and_launch(std::move(launch), prepared));
    fault_point("start.prepared");
    if (prepared.monitor && prepared.monitor->ok()) {
        container->monitor = std::move(**prepared.monitor);
    }
    if (!prepared.endpoint->ok()) {
        co_return std::move(*prepared.endpoint).error().in("failed to set up container networking");
    }
    endpoint = std::move(**prepared.endpoint);
    RunFacts facts{.joined = joined};
    CO_TRY(facts.prepared, std::move(*prepared.run));
    facts.host_network = !endpoint.netns;
    container->identity = facts.prepared.identity;
    if (!prepared.monitor->ok()) {
        co_return std::move(*prepared.monitor).error().in("container " + record.name);
    }

    facts.seccomp = co_await seccomp_filter(record);
    CO_CHECK_OK(co_await write_run_files(container, std::move(facts), endpoint));

    fault_point("start.written");
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    CO_CHECK_OK(co_await hand_over_attaches(container, *monitor));
    wire::StartRequest start = plan_start(record, settings_, layout_, images.root);
    start.log = std::move(log);
    std::vector<os::UniqueFd> fds = take_descriptors(endpoint, start);
    CO_CHECK_OK(add_runtime(record, start, fds));
    trace::Span running(record.id, "start.run");
    CO_TRY(const Started started,
           co_await ask(*container, monitor->start(std::move(start), std::move(fds))));

    running.end();
    if (!joined.network_owner.empty()) {
        endpoint = networks::Endpoint();
    }
    co_await begin_run(std::move(container), started, std::move(endpoint.state));
    co_return Result<>();
}

/// The payload runs: recorded, told, watched. `endpoint` is empty where the network is another
/// container's.
Task<> Containers::begin_run(ContainerPtr container, Started started,
                             networks::EndpointState endpoint) {
    const trace::Span committing(container->id(), "start.commit");
    fault_point("start.running");
    container->state.set_running(started.pid, started.started_at);
    if (!endpoint.network_id.empty()) {
        container->endpoint = std::move(endpoint);
    }
    begin_health(*container);
    std::vector<store::Event> events;
    add_volume_events(*container, "mount", events);
    add_network_event(*container, "connect", events);
    events.push_back(event(*container, "start"));
    const Result<> stored =
        co_await commit_state(*container, std::move(events), store::Durability::relaxed);
    if (!stored) {
        log::error("container={} started, but its record was not written: {}",
                   short_id(container->id()), stored.error().message());
    }
    fault_point("start.stored");
    watch(container);
    container->changed.notify_all();
}

/// Null: the runtime takes none, or makes its own and says what is wrong with the profile.
Task<SeccompFilterPtr> Containers::seccomp_filter(const Record& record) {
    if (!settings_.seccomp_bpf || record.host.runtime != settings_.crun) {
        co_return nullptr;
    }
    auto source = seccomp_source(record.host, settings_.go_arch, settings_.kernel);
    if (!source || !*source) {
        co_return nullptr;
    }
    std::string content = (*source)->content();
    if (SeccompFilterPtr known = seccomp_filters_.find(content)) {
        co_return known;
    }
    const auto make = [from = **std::move(source)] { return make_seccomp_filter(from); };
    auto made = co_await async::blocking(file_pool_, make);
    if (!made) {
        co_return nullptr;
    }
    auto filter = std::make_shared<const SeccompFilter>(*std::move(made));
    seccomp_filters_.add(std::move(content), filter);
    co_return filter;
}

Task<> Containers::give_up_start(ContainerPtr container, Error error) {
    StartFailure failure;
    if (container->monitor && !container->monitor->start_unanswered()) {
        failure = container->monitor->start_failure();
    }
    const StartError told = start_error(container->record, failure, error);
    log::info("container={} not started: {}", short_id(container->id()), told.error.message());
    if (container->monitor && container->monitor->start_unanswered()) {
        // It may still come to something that nobody would own.
        co_await end_monitor(container);
    }
    co_await clean_run(container);
    container->state.set_start_failed(told.exit_code, told.error.message());
    std::vector<store::Event> no_events;
    const Result<> stored =
        co_await commit_state(*container, std::move(no_events), store::Durability::relaxed);
    if (!stored) {
        log::error("container={} {}", short_id(container->id()), stored.error().message());
    }
    container->changed.notify_all();
    if (container->record.host.auto_remove) {
        const Result<> erased = co_await erase(container, true);
        if (!erased) {
            log::error("container={} not removed: {}", short_id(container->id()),
                       erased.error().message());
        }
    }
}

/// A monitor that does not do as it is told is killed, and its run with it.
Task<> Containers::end_monitor(ContainerPtr container) {
    const std::shared_ptr<MonitorClient> monitor = std::exchange(container->monitor, nullptr);
    monitor->kill_monitor();
    co_await sweep_lost_run(container);
}

/// Takes back what a start, or a run, has made: the network's place, the monitor, its folder.
Task<> Containers::clean_run(ContainerPtr container) {
    const trace::Span span(container->id(), "exit.clean");
    const std::shared_ptr<MonitorClient> monitor = std::exchange(container->monitor, nullptr);
    if (monitor) {
        // It may have ended by itself already.
        const Result<> quit = co_await async::with_deadline(monitor->quit(), monitor_deadline);
        if (!quit && !monitor->connection_lost()) {
            container->monitor = monitor;
            co_await end_monitor(container);
        }
    }
    co_await leave_network(container);
    co_await remove_run(container);
}

Task<> Containers::leave_network(ContainerPtr container) {
    fault_point("clean.begun");
    const Result<> left = co_await parts_.networks.disconnect(container->id());
    fault_point("clean.disconnected");
    if (!left) {
        log::warn("container={} network: {}", short_id(container->id()), left.error().message());
    }
    container->endpoint.reset();
}

Task<> Containers::remove_run(ContainerPtr container) {
    if (has_run_mounts(container->record)) {
        const auto drop = [folder = layout_.run(container->id())] {
            return drop_run_mounts(folder);
        };
        const Result<> dropped = co_await async::blocking(file_pool_, drop);
        if (!dropped) {
            log::error("container={} {}", short_id(container->id()), dropped.error().message());
            co_return;
        }
    }
    const std::string run = layout_.run(container->id());
    Result<> gone = run_trash_.take(run);
    if (!gone) {  // a full disk has no room for a name in the trash
        const auto remove = [run] { return os::remove_tree(run); };
        gone = co_await async::blocking(file_pool_, remove);
    }
    if (!gone) {
        log::warn("container={} {}", short_id(container->id()), gone.error().message());
    }
    co_return;
}

}  // namespace wherry::containers
