// The containers of an engine: every verb of the API on them, one a file. Loop thread only.
//
// A verb that changes a container holds its `transitions` mutex while it does so, runs to its end
// even if its client goes away, and waits for the monitor at most `monitor_deadline`: after that it
// answers 503 and names the container. Nothing is held across two containers.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/containers/catalog.hpp"
#include "engine/containers/copy.hpp"
#include "engine/containers/defaults.hpp"
#include "engine/containers/joined.hpp"
#include "engine/containers/list_filter.hpp"
#include "engine/containers/seccomp_bpf.hpp"
#include "engine/containers/validate.hpp"
#include "engine/images/images.hpp"
#include "engine/networks/networks.hpp"
#include "engine/store/store.hpp"
#include "engine/store/trash.hpp"
#include "engine/volumes/volumes.hpp"
#include "net/async/hangup_watch.hpp"
#include "net/async/loop.hpp"
#include "net/async/pool.hpp"
#include "net/async/sleep.hpp"
#include "net/async/task_group.hpp"

namespace wherry::files {
struct Change;
}
namespace wherry::http {
class BodyReader;
}

namespace wherry::containers {

struct ViewPlan;

/// What the containers stand on; all of it outlives them.
struct Parts {
    async::Loop& loop;
    store::Store& store;
    images::ImageCatalog& images;
    networks::EndpointProvider& networks;
    volumes::VolumeCatalog& volumes;
    store::Trash& trash;
};

struct Settings {
    std::string monitor_program;
    std::string init_program;  ///< of the host; "" where there is none
    Abilities abilities;
    Defaults defaults;
    std::vector<std::string> dns;
    std::vector<std::string> dns_search;
    std::vector<std::string> dns_options;
    std::string host_name;
    std::vector<std::string> cdi_folders = {"/etc/cdi", "/var/run/cdi"};
    std::string kernel;
    std::string go_arch;
    std::string crun;         ///< the runtime that is crun, whose ways are known; "" for none
    bool seccomp_bpf = true;  ///< crun is given compiled filters
    bool recursive_read_only = false;  ///< the kernel can (5.12)
};

struct RunFacts;

struct CreateOptions {
    std::string name;      ///< "" to have one made
    std::string platform;  ///< "os/arch[/variant]", "" for any
    std::string runtime;   ///< where the request names none and there is such a one
};
struct Created {
    std::string id;
    std::vector<std::string> warnings;
};
struct StopOptions {
    std::string signal;                     ///< "" for the container's own
    std::optional<std::int64_t> timeout_s;  ///< below 0: wait for ever
};
struct RemoveOptions {
    bool force = false;
    bool volumes = false;
    bool link = false;
};
enum class WaitCondition : std::uint8_t { not_running, next_exit, removed };
struct WaitResult {
    std::int64_t status = 0;
    std::string error;
};
struct AttachOptions {
    bool logs = false;
    bool stream = false;
    bool standard_input = false;
    bool standard_output = false;
    bool standard_error = false;
    bool framed = true;       ///< output in frames, unless there is a terminal
    std::string detach_keys;  ///< bytes
};
struct ExecStartOptions {
    bool attached = false;
    bool tty = false;  ///< output goes without frames
    api::List<std::int64_t> console_size;
};
struct Pruned {
    std::vector<std::string> ids;
    std::uint64_t bytes = 0;
};

class Containers final : public images::ImageUsers {
  public:
    /// Loads all records; what ran is looked for by `recover`, in the background.
    [[nodiscard]] static Result<std::unique_ptr<Containers>> open(Parts parts, Settings settings);
    Containers(const Containers&) = delete;
    Containers& operator=(const Containers&) = delete;
    ~Containers() override;
    /// Ends background work and waits; the containers run on.
    [[nodiscard]] Task<> close();

    [[nodiscard]] Result<ContainerPtr> get(std::string_view name) const {
        return catalog_.get(name);
    }
    /// It is known how the container is; 503 that names it where that takes too long.
    [[nodiscard]] Task<Result<>> settled(ContainerPtr container);
    [[nodiscard]] const Catalog& catalog() const noexcept { return catalog_; }
    [[nodiscard]] const Abilities& abilities() const noexcept { return settings_.abilities; }

    [[nodiscard]] Task<Result<Created>> create(CreateOptions options,
                                               api::ContainerCreateRequest request);
    [[nodiscard]] Task<Result<>> start(std::string name);
    [[nodiscard]] Task<Result<>> stop(std::string name, StopOptions options);
    [[nodiscard]] Task<Result<>> kill(std::string name, std::string signal);
    [[nodiscard]] Task<Result<>> restart(std::string name, StopOptions options);
    [[nodiscard]] Task<Result<>> pause(std::string name);
    [[nodiscard]] Task<Result<>> unpause(std::string name);
    [[nodiscard]] Task<Result<>> rename(std::string name, std::string new_name);
    /// The answer's warnings.
    [[nodiscard]] Task<Result<std::vector<std::string>>> update(
        std::string name, api::ContainerUpdateRequest request);
    [[nodiscard]] Task<Result<>> remove(std::string name, RemoveOptions options);
    [[nodiscard]] Task<Result<>> resize(std::string name, unsigned height, unsigned width);
    [[nodiscard]] Task<Result<Pruned>> prune(ListFilter filter);

    /// Waits as long as it takes; cancelled with its task.
    /// `exits_before`: of the container when the wait began.
    [[nodiscard]] Task<Result<WaitResult>> wait(ContainerPtr container, WaitCondition condition,
                                                std::uint64_t exits_before);

    /// `size` also counts the container's own layer, on a pool.
    [[nodiscard]] Task<Result<api::ContainerInspectResponse>> inspect(std::string name, bool size);
    [[nodiscard]] Task<Result<std::vector<api::ContainerSummary>>> list(ListOptions options);

    /// The container, once a daemon that has started knows how it is.
    [[nodiscard]] Task<Result<ContainerPtr>> get_settled(std::string name);

    // copy.cpp, changes.cpp
    [[nodiscard]] Task<Result<PathStat>> stat_path(std::string name, std::string path);
    [[nodiscard]] Task<Result<ArchiveReplyPtr>> read_archive(std::string name, std::string path);
    /// Unpacks the body, plain or compressed, into a folder. While a container that does not run is
    /// written to, it cannot be started or removed.
    [[nodiscard]] Task<Result<>> write_archive(std::string name, ExtractOptions options,
                                               http::BodyReader& body);
    [[nodiscard]] Task<Result<std::vector<files::Change>>> changes(std::string name);
    /// All files but those of volumes.
    [[nodiscard]] Task<Result<ArchiveReplyPtr>> export_root(std::string name);

    /// The processes of a container in the columns of ps(1); see top.hpp.
    [[nodiscard]] Task<Result<api::ContainerTopResponse>> top(std::string name,
                                                              std::string ps_args);

    /// Owns the client's connection until a monitor has it, or it has ended.
    [[nodiscard]] Task<> attach(ContainerPtr container, AttachOptions options,
                                std::unique_ptr<async::Stream> stream);
    [[nodiscard]] async::Pool& file_pool() noexcept { return file_pool_; }

    /// Answers with the new process's id.
    [[nodiscard]] Task<Result<std::string>> exec_create(std::string name,
                                                        api::ExecCreateRequest request);
    /// 404 if there is none, 409 if its container does not run.
    [[nodiscard]] Task<Result<ExecPtr>> get_exec(std::string id);
    [[nodiscard]] Task<Result<>> exec_start(ExecPtr exec);
    /// Owns the client's connection until a monitor has it; errors are told on it.
    [[nodiscard]] Task<> exec_attach(ExecPtr exec, ExecStartOptions options,
                                     std::unique_ptr<async::Stream> stream);
    [[nodiscard]] Task<Result<>> exec_resize(std::string id, unsigned height, unsigned width);
    [[nodiscard]] Task<Result<api::ExecInspectResponse>> exec_inspect(std::string id);

    [[nodiscard]] async::Pool& log_pool() noexcept { return log_pool_; }
    /// For work that lasts as long as a client is willing to wait.
    [[nodiscard]] async::Pool& bulk_pool() noexcept { return bulk_pool_; }
    [[nodiscard]] const store::Layout& layout() const noexcept { return layout_; }
    [[nodiscard]] async::Executor executor() const { return parts_.loop.executor(); }
    [[nodiscard]] store::Store& store() noexcept { return parts_.store; }

    [[nodiscard]] std::vector<Use> users_of(std::string_view image_id) const override;
    [[nodiscard]] std::vector<std::string> volume_users(std::string_view volume) const;

    /// Answers the volumes' question, which has the images' name.
    class VolumeUse final : public volumes::VolumeUsers {
      public:
        explicit VolumeUse(const Containers& owner) : owner_(owner) {}
        [[nodiscard]] std::vector<std::string> users_of(std::string_view volume) const override {
            return owner_.volume_users(volume);
        }

      private:
        const Containers& owner_;
    };

    static constexpr std::chrono::seconds monitor_deadline{10};

  private:
    Containers(Parts parts, Settings settings);

    // create.cpp
    Task<Result<Created>> create_now(CreateOptions options, api::ContainerCreateRequest request);
    [[nodiscard]] Result<std::string> choose_name(const std::string& wanted) const;
    Result<> merge_from_image(Record& record, const std::string& platform) const;
    Task<Result<>> make_volumes(const std::string& id, std::vector<MountRecord>& mounts);
    Task<> drop_new_volumes(const Record& record);
    Result<> settle_host(const api::HostConfig& host, std::vector<std::string>& warnings) const;
    Result<> resolve_donors(api::HostConfig& host) const;
    [[nodiscard]] Result<std::vector<Link>> resolve_links(const api::HostConfig& host) const;
    Result<> resolve_image_mounts(Record& record, std::vector<std::string>& warnings) const;
    Task<Result<>> make_files(const Record& record);

    /// What the container's own layer lies on: the image's layers, and the init layer below them.
    [[nodiscard]] images::RootFs rootfs_of(const Record& record) const;

    // joined.cpp
    [[nodiscard]] Result<Joined> join(Container& container) const;
    Result<> join_network(Container& container, Joined& out) const;
    Result<> join_processes(const Container& container, Joined& out) const;
    Result<> join_links(const Container& container, Joined& out) const;
    [[nodiscard]] std::string shared_memory_of(const Container& donor) const;

    // start.cpp
    Task<Result<>> start_now(ContainerPtr container, std::string name);
    /// `transitions` is held.
    Task<Result<>> start_locked(ContainerPtr container);
    /// What the monitor is told of the log; looks a server's name up.
    Task<Result<wire::LogPlan>> open_log(const Record& record);
    Task<Result<>> run_container(ContainerPtr container, networks::Endpoint& endpoint);
    Task<Result<>> write_run_files(ContainerPtr container, RunFacts facts,
                                   networks::Endpoint& endpoint);
    Result<> add_runtime(const Record& record, wire::StartRequest& request,
                         std::vector<os::UniqueFd>& fds) const;
    Task<SeccompFilterPtr> seccomp_filter(const Record& record);
    Task<> begin_run(ContainerPtr container, Started started, networks::EndpointState endpoint);
    /// The layers of the images that it mounts, by id.
    [[nodiscard]] std::map<std::string, std::vector<std::string>> mounted_images(
        const Record& record) const;
    Task<Result<>> hand_over_attaches(ContainerPtr container, MonitorClient& monitor);
    Task<> give_up_start(ContainerPtr container, Error error);
    Task<> clean_run(ContainerPtr container);
    Task<> leave_network(ContainerPtr container);
    Task<> remove_run(ContainerPtr container);
    Task<> end_monitor(ContainerPtr container);

    // exit.cpp
    void watch(const ContainerPtr& container);
    Task<> watch_run(ContainerPtr container, std::shared_ptr<MonitorClient> monitor);
    Task<> finish_run(ContainerPtr container, std::shared_ptr<MonitorClient> monitor,
                      ExitRecord exit, bool lost);
    /// `transitions` is held. False if the engine ends before the end could be written.
    Task<bool> end_run(ContainerPtr container, ExitRecord exit, bool lost);
    [[nodiscard]] ExitRecord left_record(const Container& container, ExitRecord fallback) const;
    Task<bool> record_end(ContainerPtr container, std::vector<store::Event> events);
    Task<> acknowledge(ContainerPtr container);
    Task<> sweep_lost_run(ContainerPtr container);
    /// False where its policy lets it rest. `ran`: not after a start that failed.
    bool schedule_restart(const ContainerPtr& container, bool ran = true);
    Task<> restart_later(ContainerPtr container, std::chrono::milliseconds delay);
    Task<> restart_after_wait(ContainerPtr container);

    // stop.cpp, kill.cpp, restart.cpp, pause.cpp
    Task<Result<>> stop_now(ContainerPtr container, StopOptions options);
    Task<Result<>> stop_running(ContainerPtr container, StopOptions options);
    Task<Result<>> cancel_restart(ContainerPtr container);
    Task<Result<>> kill_now(ContainerPtr container, int number);
    Task<Result<>> signal(ContainerPtr container, int number);
    Task<Result<>> restart_now(ContainerPtr container, std::string name, StopOptions options);
    Task<Result<>> pause_now(ContainerPtr container, std::string name, bool paused);
    Task<Result<>> freeze(ContainerPtr container, bool frozen);
    /// False if it still runs after `limit`.
    Task<bool> wait_end(ContainerPtr container, std::optional<std::chrono::nanoseconds> limit);
    Task<Result<>> see_end(ContainerPtr container, std::uint64_t before);

    // remove.cpp, rename.cpp, update.cpp
    Task<Result<>> end_by_force(ContainerPtr container);
    Task<Result<>> remove_link(std::string name);
    Task<Result<>> remove_now(ContainerPtr container, std::string name, RemoveOptions options);
    /// `transitions` is held, and nothing runs.
    Task<Result<>> erase(ContainerPtr container, bool volumes);
    Task<> auto_remove(ContainerPtr container);
    Task<Result<>> update_now(ContainerPtr container, std::string name,
                              api::ContainerUpdateRequest request);
    Task<Result<>> tell_limits(const Container& container, const api::HostConfig& host);
    Task<Result<>> rename_now(ContainerPtr container, std::string new_name);
    Task<> remove_files(std::string id);
    Task<> remove_volumes(std::string id, std::vector<std::string> names);

    // copy.cpp
    enum class View : std::uint8_t { readable, writable, layers };
    [[nodiscard]] ViewPlan plan_view(const Container& container, View kind) const;
    /// An event alone.
    Task<Result<>> tell(ContainerPtr container, std::string action);

    // attach.cpp
    Task<> attach_later(ContainerPtr container, std::shared_ptr<PendingAttach> pending);
    Task<Result<>> hand_over(ContainerPtr container, async::Stream& stream,
                             wire::AttachRequest request);
    Task<> watch_attach(ContainerPtr container, std::shared_ptr<MonitorClient> monitor,
                        std::uint32_t id);
    void drop_attaches(Container& container);

    // exec_create.cpp, exec_start.cpp, exec_end.cpp
    struct ExecEnd {
        std::int64_t status = 0;
        Time at{};
    };
    Task<Result<std::string>> exec_create_now(ContainerPtr container, std::string name,
                                              api::ExecCreateRequest request);
    void drop_stale_execs(Container& container, store::Batch& batch);
    [[nodiscard]] store::Event exec_event(const Container& container, const Exec& exec,
                                          std::string action) const;
    [[nodiscard]] Result<ExecPtr> find_exec(std::string_view id) const;
    [[nodiscard]] Result<ContainerPtr> container_of(const Exec& exec) const;
    /// The connection of an attached start, and our end of it where it could not be given away.
    struct ExecClient {
        async::Stream* stream = nullptr;
        std::unique_ptr<async::Stream> relay;
    };
    Task<Result<>> start_exec(ExecPtr exec, ExecStartOptions options, ExecClient& client);
    Task<Result<>> start_exec_detached(ExecPtr exec);
    Task<Result<>> run_exec(ContainerPtr container, ExecPtr exec, ExecStartOptions options,
                            ExecClient& client);
    Result<async::Stream::Released> take_socket(ExecClient& client);
    Task<Result<Identity>> exec_identity(ContainerPtr container, ExecPtr exec);
    Task<> watch_exec(ContainerPtr container, ExecPtr exec, std::shared_ptr<MonitorClient> monitor);
    Task<> watch_exec_detach(ContainerPtr container, ExecPtr exec,
                             std::shared_ptr<MonitorClient> monitor, std::uint32_t id);
    Task<> store_exec(ContainerPtr container, ExecPtr exec, std::vector<store::Event> events);
    Task<> end_exec(ContainerPtr container, ExecPtr exec, ExecEnd end);
    Task<> settle_execs(ContainerPtr container);
    Result<> load_execs();
    Task<> recover_execs(ContainerPtr container);

    // probes.cpp
    void begin_health(Container& container);
    Task<> watch_news(ContainerPtr container, std::shared_ptr<MonitorClient> monitor);
    Task<> take_out_of_memory(ContainerPtr container);
    Task<> take_health(ContainerPtr container, wire::HealthState told);
    Task<> pause_health(ContainerPtr container, bool paused);
    Task<> recover_health(ContainerPtr container);

    // recovery.cpp
    Result<> load();
    Task<> recover();
    void restore_endpoint(Container& container);
    Task<> recover_one(ContainerPtr container);
    Task<> see_needed_resumed(ContainerPtr container);
    [[nodiscard]] std::vector<ContainerPtr> needed_by(const Container& container) const;
    Task<bool> recover_run(ContainerPtr container);
    Task<Result<std::shared_ptr<MonitorClient>>> find_monitor(ContainerPtr container);
    Task<> recover_with_monitor(ContainerPtr container);
    Task<> recover_without_monitor(ContainerPtr container);
    Task<> start_by_policy(ContainerPtr container);
    Task<> finish_volumes();
    Task<> sweep_orphans();

    // inspect.cpp, list.cpp
    struct ListBounds;
    Task<Result<std::int64_t>> own_size(ContainerPtr container);
    [[nodiscard]] std::int64_t image_size(const Container& container) const;
    [[nodiscard]] Result<ListBounds> list_bounds(const ListFilter& filter) const;
    [[nodiscard]] bool is_listed(const Container& container, const ListOptions& options,
                                 const ListBounds& bounds) const;
    [[nodiscard]] std::string image_name(const Container& container) const;

    // containers.cpp
    Result<> prepare_run_folders();
    void copy_programs();
    /// Its `transitions`; 503 that names it where something else keeps it too long.
    Task<Result<async::Mutex::Guard>> hold(ContainerPtr container);
    Task<Result<>> commit_state(const Container& container, std::vector<store::Event> events,
                                store::Durability durability);
    [[nodiscard]] store::Event event(const Container& container, std::string action) const;
    /// Adds "connect" or "disconnect" of the container's network, where it has one.
    void add_network_event(const Container& container, std::string action,
                           std::vector<store::Event>& events) const;
    /// Adds "mount" or "unmount" of each of its volumes.
    static void add_volume_events(const Container& container, const std::string& action,
                                  std::vector<store::Event>& events);
    template <class T>
    Task<Result<T>> ask(const Container& container, Task<Result<T>> task) {
        const std::string name = container.record.name;
        Result<T> result = co_await async::with_deadline(std::move(task), monitor_deadline);
        if (!result.ok() && result.error().kind() == ErrorKind::unavailable) {
            co_return std::move(result).error().in("container " + name);
        }
        co_return std::move(result);
    }

    Parts parts_;
    Settings settings_;
    const store::Layout& layout_;
    Catalog catalog_;
    std::map<std::string, ExecPtr, std::less<>> execs_;
    bool closing_ = false;
    bool pruning_ = false;
    std::vector<store::Record> unfinished_volumes_;  // found at the start
    std::set<std::string, std::less<>> creating_;    // ids that have files, but no record yet
    SeccompFilters seccomp_filters_;
    os::UniqueFd launcher_copy_;  // of settings_.monitor_program, closed where there is none
    os::UniqueFd runtime_copy_;   // of settings_.crun; closed: it is started from its path
    async::Pool file_pool_;
    async::Pool log_pool_;
    async::Pool bulk_pool_;
    store::Trash& trash_;
    store::Trash run_trash_;
    VolumeUse volume_use_;
    async::HangupWatch hangups_;
    async::TaskGroup group_;
};

}  // namespace wherry::containers
