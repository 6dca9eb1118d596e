// How much room the engine's objects take (behaviour: system/df changed its form with 1.52).
#include <algorithm>

#include "codec/json/json.hpp"
#include "engine/containers/containers.hpp"
#include "engine/images/verbs.hpp"
#include "engine/volumes/catalog.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/container_gates.hpp"
#include "server/routes/images.hpp"
#include "server/routes/system.hpp"

namespace wherry::server {

namespace {

/// Which kinds were asked for; all of them unless `type` names some.
struct Kinds {
    bool containers = true;
    bool images = true;
    bool volumes = true;
    bool build_cache = true;
};

Result<Kinds> read_kinds(const Call& call) {
    const auto types = call.query().all("type");
    if (call.version < api::ApiVersion(1, 42) || types.empty()) {
        return Kinds();
    }
    Kinds kinds{.containers = false, .images = false, .volumes = false, .build_cache = false};
    for (const std::string_view type : types) {
        if (type == "container") {
            kinds.containers = true;
        } else if (type == "image") {
            kinds.images = true;
        } else if (type == "volume") {
            kinds.volumes = true;
        } else if (type == "build-cache") {
            kinds.build_cache = true;
        } else {
            return fail(ErrorKind::invalid, "unknown object type: {}", type);
        }
    }
    return kinds;
}

/// One kind's numbers, as 1.52 and later have them.
struct Usage {
    std::int64_t active = 0;
    std::int64_t reclaimable = 0;
    std::int64_t total_size = 0;
    json::Value items;  ///< null for a kind that was not asked for
};

Task<Result<Usage>> container_usage(Call& call) {
    containers::ListOptions options;
    options.all = options.size = true;
    CO_TRY(auto list, co_await call.engine.containers().list(std::move(options)));
    Usage usage;
    for (api::ContainerSummary& summary : list) {
        const std::int64_t own = summary.size_rw;
        const bool active = summary.state == "running" || summary.state == "paused" ||
                            summary.state == "restarting";
        usage.active += active ? 1 : 0;
        usage.total_size += own;
        usage.reclaimable += active ? 0 : own;
        gate_summary(summary, call.version);
    }
    CO_TRY(usage.items,
           json::Value::parse(json::encode(api::List<api::ContainerSummary>(std::move(list)))));
    co_return usage;
}

Usage usage_of_images(const Call& call) {
    Usage usage;
    usage.items = image_usage(call);
    usage.total_size = static_cast<std::int64_t>(call.engine.images().layers_size());
    usage.reclaimable = usage.total_size;
    for (const json::Value& image : usage.items.as_array()) {
        if (image.find("Containers")->as_int() > 0) {
            ++usage.active;
            usage.reclaimable -= image.find("Size")->as_int() - image.find("SharedSize")->as_int();
        }
    }
    return usage;
}

Task<Result<Usage>> volume_usage(Call& call) {
    auto volumes = co_await call.engine.volumes().usage();
    Usage usage;
    for (const api::Volume& volume : volumes) {
        const bool active = volume.usage_data->ref_count > 0;
        usage.active += active ? 1 : 0;
        usage.total_size += volume.usage_data->size;
        usage.reclaimable += active ? 0 : volume.usage_data->size;
    }
    CO_TRY(usage.items,
           json::Value::parse(json::encode(api::List<api::Volume>(std::move(volumes)))));
    co_return usage;
}

json::Value new_form(const Usage& usage, bool verbose) {
    json::Value out;
    out.set("ActiveCount", usage.active);
    out.set("TotalCount", static_cast<std::int64_t>(usage.items.as_array().size()));
    out.set("Reclaimable", usage.reclaimable);
    out.set("TotalSize", usage.total_size);
    if (verbose) {
        out.set("Items", usage.items);
    }
    return out;
}

}  // namespace

Task<Result<http::Response>> system_data_usage(Call& call) {
    CO_TRY(const Kinds kinds, read_kinds(call));
    Usage containers;
    Usage images;
    Usage volumes;
    Usage build_cache;
    if (kinds.containers) {
        CO_TRY(containers, co_await container_usage(call));
    }
    if (kinds.images) {
        images = usage_of_images(call);
    }
    if (kinds.volumes) {
        CO_TRY(volumes, co_await volume_usage(call));
    }
    if (kinds.build_cache) {
        build_cache.items = json::Array();  // there is no builder yet
    }
    const bool newer = call.version >= api::ApiVersion(1, 52);
    const bool verbose = newer && call.query().flag("verbose");
    json::Value out;
    const std::pair<const char*, const Usage*> all[] = {{"ImageUsage", &images},
                                                        {"ContainerUsage", &containers},
                                                        {"VolumeUsage", &volumes},
                                                        {"BuildCacheUsage", &build_cache}};
    for (const auto& [name, usage] : all) {
        if (newer && !usage->items.is_null()) {
            out.set(name, new_form(*usage, verbose));
        }
    }
    if (!verbose) {
        out.set("LayersSize", images.total_size);
        out.set("Images", std::move(images.items));
        out.set("Containers", std::move(containers.items));
        out.set("Volumes", std::move(volumes.items));
        out.set("BuildCache", std::move(build_cache.items));
    }
    co_return json_text(200, out.dump());
}

}  // namespace wherry::server
