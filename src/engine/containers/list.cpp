#include <algorithm>

#include "engine/containers/containers.hpp"
#include "engine/containers/view.hpp"

namespace wherry::containers {

namespace {

/// Newest first.
std::vector<ContainerPtr> in_order(const Catalog& catalog) {
    std::vector<ContainerPtr> out;
    out.reserve(catalog.all().size());
    for (const auto& [id, container] : catalog.all()) {
        out.push_back(container);
    }
    std::ranges::sort(out, [](const ContainerPtr& a, const ContainerPtr& b) {
        return a->record.created > b->record.created;
    });
    return out;
}

bool has_status_filter(const ListFilter& filter) {
    return filter.filters.has("status") || !filter.exited.empty();
}

}  // namespace

/// The containers that `before`, `since` and `ancestor` of the filter name.
struct Containers::ListBounds {
    std::optional<Time> before;
    std::optional<Time> since;
    bool by_image = false;
    std::vector<std::string> images;
};

Result<Containers::ListBounds> Containers::list_bounds(const ListFilter& filter) const {
    ListBounds bounds;
    for (const std::string& name : filter.filters.values("before")) {
        TRY(const auto found, catalog_.get(name));
        if (!bounds.before || found->record.created < *bounds.before) {
            bounds.before = found->record.created;
        }
    }
    for (const std::string& name : filter.filters.values("since")) {
        TRY(const auto found, catalog_.get(name));
        if (!bounds.since || found->record.created > *bounds.since) {
            bounds.since = found->record.created;
        }
    }
    for (const std::string& name : filter.filters.values("ancestor")) {
        bounds.by_image = true;
        if (const auto image = parts_.images.get(name)) {
            bounds.images.push_back((*image)->id);
        }
    }
    return bounds;
}

bool Containers::is_listed(const Container& container, const ListOptions& options,
                           const ListBounds& bounds) const {
    const bool all = options.all || options.limit > 0 || has_status_filter(options.filter) ||
                     bounds.before || bounds.since;
    if (!all && !container.state.running) {
        return false;
    }
    if ((bounds.before && container.record.created >= *bounds.before) ||
        (bounds.since && container.record.created <= *bounds.since)) {
        return false;
    }
    if (bounds.by_image &&
        std::ranges::find(bounds.images, container.record.image_id) == bounds.images.end()) {
        return false;
    }
    return matches(options.filter, container);
}

/// The name it was made with, as long as that still means its image.
std::string Containers::image_name(const Container& container) const {
    const std::string& name = container.record.config.image;
    const auto image = parts_.images.get(name);
    const bool same = image && (*image)->id == container.record.image_id;
    return same ? name : container.record.image_id;
}

Task<Result<std::vector<api::ContainerSummary>>> Containers::list(ListOptions options) {
    CO_TRY(const ListBounds bounds, list_bounds(options.filter));
    std::vector<ContainerPtr> chosen;
    const Time at = now();
    const auto link_names = catalog_.link_names();
    std::vector<api::ContainerSummary> out;
    for (ContainerPtr& container : in_order(catalog_)) {
        const bool enough =
            options.limit > 0 && out.size() >= static_cast<std::size_t>(options.limit);
        if (enough) {
            break;
        }
        if (is_listed(*container, options, bounds)) {
            out.push_back(summary_view(*container, image_name(*container), at));
            if (const auto more = link_names.find(container->id()); more != link_names.end()) {
                auto& names = out.back().names;
                names.insert(names.end(), more->second.begin(), more->second.end());
            }
            chosen.push_back(std::move(container));
        }
    }
    if (options.size) {
        for (std::size_t i = 0; i < chosen.size(); ++i) {
            Result<std::int64_t> own = co_await own_size(chosen[i]);
            const std::int64_t bytes = std::move(own).value_or(0);
            out[i].size_rw = bytes;
            out[i].size_root_fs = bytes + image_size(*chosen[i]);
        }
    }
    co_return out;
}

}  // namespace wherry::containers
