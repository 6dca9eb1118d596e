#include "engine/volumes/catalog.hpp"

#include <algorithm>

#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "codec/json/json.hpp"
#include "engine/volumes/name.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::volumes {

namespace {

constexpr const char* record_kind = "volume";

store::Event event(const api::Volume& volume, std::string action) {
    store::Event out;
    out.type = "volume";
    out.action = std::move(action);
    out.actor_id = volume.name;
    out.attributes["driver"] = volume.driver;
    return out;
}

/// RFC 3339 with whole seconds, as the reference writes it.
std::string created_now() {
    return rfc3339_nano(std::chrono::floor<std::chrono::seconds>(now()));
}

}  // namespace

Result<std::unique_ptr<Volumes>> Volumes::open(store::Store& store, store::Trash& trash) {
    std::unique_ptr<Volumes> volumes(new Volumes(store, trash));
    TRY(const auto records, store.load(record_kind));
    for (const store::Record& record : records) {
        auto volume = json::decode<api::Volume>(record.value);
        if (!volume) {
            log::error("volume={} record cannot be read: {}", record.key, volume.error().message());
            continue;
        }
        volumes->volumes_.emplace(record.key, *std::move(volume));
    }
    return volumes;
}

std::vector<std::string> Volumes::users_of(std::string_view name) const {
    return users_ != nullptr ? users_->users_of(name) : std::vector<std::string>();
}

Result<api::Volume> Volumes::get(std::string_view name) const {
    const auto found = volumes_.find(name);
    if (found == volumes_.end()) {
        return fail(ErrorKind::not_found, "get {}: no such volume", name);
    }
    return found->second;
}

Task<Result<api::Volume>> Volumes::get_or_create(std::string name) {
    api::VolumeCreateRequest request;
    request.name = std::move(name);
    co_return co_await create(std::move(request));
}

Task<Result<api::Volume>> Volumes::create_anonymous(std::string name) {
    api::VolumeCreateRequest request;
    request.name = std::move(name);
    request.labels[std::string(anonymous_label)] = "";
    co_return co_await create(std::move(request));
}

Task<Result<api::Volume>> Volumes::create(api::VolumeCreateRequest request) {
    api::Volume volume;
    volume.name = request.name.empty() ? new_id() : request.name;
    volume.driver = request.driver.empty() ? "local" : request.driver;
    if (volume.driver != "local") {
        co_return fail(ErrorKind::not_found,
                       "create {}: error looking up volume plugin {}: plugin \"{}\" not found",
                       volume.name, volume.driver, volume.driver);
    }
    auto valid = check_name(volume.name);
    if (valid) {
        valid = check_options(request.driver_opts);
    }
    if (!valid) {
        co_return std::move(valid).error().in("create " + volume.name);
    }
    CO_TRY(const auto guard, co_await changing_.lock(volume.name));
    if (const auto found = volumes_.find(volume.name); found != volumes_.end()) {
        co_return found->second;
    }
    volume.labels = request.labels;
    if (request.name.empty()) {
        volume.labels[std::string(anonymous_label)] = "";
    }
    volume.options = request.driver_opts;
    volume.scope = "local";
    volume.created_at = created_now();
    volume.mountpoint = store_.layout().volume_data(volume.name);
    CO_CHECK_OK(os::make_dirs(store_.layout().volume(volume.name), 0711));
    CO_CHECK_OK(os::make_dirs(volume.mountpoint, 0755));
    fault_point("volume.folder-made");
    store::Batch batch;
    batch.put(record_kind, volume.name, json::encode(volume));
    batch.event(event(volume, "create"));
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    fault_point("volume.stored");
    volumes_.emplace(volume.name, volume);
    co_return volume;
}

Task<Result<>> Volumes::remove(std::string name) {
    CO_TRY(const auto guard, co_await changing_.lock(name));
    CO_TRY(const auto volume, get(name));
    const auto users = users_of(name);
    if (!users.empty()) {
        co_return fail(ErrorKind::conflict, "remove {}: volume is in use - [{}]", name,
                       text::join(users, ", "));
    }
    co_return co_await remove_unused(std::move(name));
}

/// The record goes first: a folder without a record is an orphan, never the other way round.
Task<Result<>> Volumes::remove_unused(std::string name) {
    CO_TRY(const auto volume, get(name));
    store::Batch batch;
    batch.erase(record_kind, name);
    batch.event(event(volume, "destroy"));
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    fault_point("volume.erased");
    volumes_.erase(name);
    co_return trash_.take(store_.layout().volume(name));
}

Result<std::vector<api::Volume>> Volumes::list(const api::Filters& filters) const {
    CHECK_OK(filters.check_keys({"dangling", "driver", "label", "name"}));
    TRY(const bool dangling, filters.flag("dangling", false));
    std::vector<api::Volume> out;
    for (const auto& [name, volume] : volumes_) {
        const bool wanted = filters.exact("driver", volume.driver) &&
                            filters.pattern("name", name) &&
                            filters.labels("label", volume.labels) &&
                            (!filters.has("dangling") || users_of(name).empty() == dangling);
        if (wanted) {
            out.push_back(volume);
        }
    }
    return out;
}

Task<Result<api::VolumePruneResponse>> Volumes::prune(api::Filters filters, bool all) {
    CO_CHECK_OK(filters.check_keys({"all", "label", "label!"}));
    CO_TRY(const bool named, filters.flag("all", all));
    std::vector<api::Volume> candidates;
    for (const auto& [name, volume] : volumes_) {
        const bool kept = filters.has("label!") && filters.labels("label!", volume.labels);
        if ((named || is_anonymous(volume)) && !kept && filters.labels("label", volume.labels)) {
            candidates.push_back(volume);
        }
    }
    api::VolumePruneResponse out;
    for (const api::Volume& volume : candidates) {
        auto measure = [path = volume.mountpoint] { return os::tree_size(path); };
        const auto size = co_await async::blocking(pool_, std::move(measure));
        // Whoever took it in the meantime keeps it.
        const Result<> removed = co_await remove(volume.name);
        if (removed) {
            out.volumes_deleted.push_back(volume.name);
            out.space_reclaimed += static_cast<std::int64_t>(size.ok() ? *size : 0);
        }
    }
    store::Event pruned;
    pruned.type = "volume";
    pruned.action = "prune";
    pruned.attributes["reclaimed"] = std::to_string(out.space_reclaimed);
    store::Batch batch;
    batch.event(std::move(pruned));
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::relaxed));
    co_return out;
}

Task<std::vector<api::Volume>> Volumes::usage() {
    std::vector<api::Volume> out;
    for (const auto& [name, volume] : volumes_) {
        out.push_back(volume);
    }
    for (api::Volume& volume : out) {
        auto measure = [folder = volume.mountpoint] { return os::tree_size(folder); };
        auto bytes = co_await async::blocking(pool_, std::move(measure));
        api::VolumeUsageData& usage = volume.usage_data.emplace();
        usage.size = static_cast<std::int64_t>(std::move(bytes).value_or(0));
        usage.ref_count = static_cast<std::int64_t>(users_of(volume.name).size());
    }
    co_return out;
}

}  // namespace wherry::volumes
