#include "engine/images/remove.hpp"

#include <algorithm>
#include <ranges>
#include <set>

#include "base/id.hpp"
#include "base/scope_guard.hpp"
#include "base/text.hpp"

namespace wherry::images {

namespace {

std::string_view short_image_id(std::string_view id) {
    constexpr std::string_view prefix = "sha256:";
    return short_id(id.starts_with(prefix) ? id.substr(prefix.size()) : id);
}

bool names_by_id(std::string_view id, std::string_view asked) {
    constexpr std::string_view prefix = "sha256:";
    const std::string_view hex = id.substr(prefix.size());
    return !asked.empty() && (id.starts_with(asked) || hex.starts_with(asked));
}

/// What is going to happen to one image, decided before anything is changed.
struct Removal {
    std::string id;
    std::vector<api::Reference> names;
    bool with_image = false;
    std::vector<store::Event> events;
    std::vector<Removed> lines;

    void untag(const api::Reference& name, const StoredImage& stored, bool tell) {
        names.push_back(name);
        lines.push_back({.untagged = name.familiar(), .deleted = ""});
        if (tell) {
            events.push_back(image_event("untag", id, id, &stored.image));
        }
    }
};

struct Conflict {
    Error error;
    bool used = false;  ///< by a container
};

std::vector<ImageUsers::Use> users_of(const Parts& parts, std::string_view id) {
    return parts.users == nullptr ? std::vector<ImageUsers::Use>() : parts.users->users_of(id);
}

enum class Checks { hard, hard_and_stopped, all };

std::optional<Conflict> find_conflict(const Parts& parts, const Removal& removal,
                                      std::size_t names_left, Checks checks) {
    const auto conflict = [&](std::string_view how, std::string_view why, bool used) {
        return Conflict{
            .error = fail(ErrorKind::conflict, "conflict: unable to delete {} ({}) - {}",
                          short_image_id(removal.id), how, why),
            .used = used};
    };
    const auto users = users_of(parts, removal.id);
    for (const auto& user : users) {
        if (user.running) {
            return conflict("cannot be forced",
                            text::format("image is being used by running container {}",
                                         short_id(user.container_id)),
                            true);
        }
    }
    if (checks == Checks::all && names_left > 0) {
        return conflict("must be forced", "image is referenced in multiple repositories", false);
    }
    if (checks != Checks::hard && !users.empty()) {
        return conflict("must be forced",
                        text::format("image is being used by stopped container {}",
                                     short_id(users.front().container_id)),
                        true);
    }
    return std::nullopt;
}

std::vector<api::Reference> without(std::vector<api::Reference> names,
                                    const std::vector<api::Reference>& gone) {
    std::erase_if(names, [&](const api::Reference& name) {
        return std::ranges::find(gone, name) != gone.end();
    });
    return names;
}

void delete_image(const StoredImage& stored, Removal& removal,
                  const std::vector<api::Reference>& names_left) {
    for (const api::Reference& name : names_left) {
        removal.untag(name, stored, true);
    }
    removal.with_image = true;
    removal.events.push_back(image_event("delete", removal.id, removal.id, &stored.image));
    removal.lines.push_back({.untagged = "", .deleted = removal.id});
    for (const LayerRef& layer : stored.layers | std::views::reverse) {
        if (layer.use_count() == 1) {
            removal.lines.push_back({.untagged = "", .deleted = layer->chain_id});
        }
    }
}

// The name asked for goes; with the last tag of a repository its digests go too.
Result<std::vector<api::Reference>> untag_by_name(const StoredImage& stored, std::string_view asked,
                                                  std::vector<api::Reference> names,
                                                  Removal& removal) {
    TRY(api::Reference wanted, api::Reference::parse(asked));
    wanted = wanted.with_default_tag();
    if (!wanted.digest.empty()) {
        wanted.tag.clear();
    }
    removal.untag(wanted, stored, true);
    names = without(std::move(names), removal.names);
    if (!wanted.digest.empty()) {
        return names;
    }
    const std::string repository = wanted.repository();
    const bool other_tag = std::ranges::any_of(names, [&](const api::Reference& name) {
        return name.digest.empty() && name.repository() == repository;
    });
    if (!other_tag) {
        for (const api::Reference& name : names) {
            if (name.repository() == repository) {
                removal.untag(name, stored, false);
            }
        }
        names = without(std::move(names), removal.names);
    }
    return names;
}

Result<> plan_by_name(const Parts& parts, const StoredImage& stored, std::string_view asked,
                      const RemoveOptions& options, Removal& removal) {
    auto names = parts.catalog.references_of(removal.id);
    const auto users = users_of(parts, removal.id);
    if (!options.force && is_single_reference(names) && !users.empty()) {
        return fail(ErrorKind::conflict,
                    "conflict: unable to remove repository reference \"{}\" (must force) - "
                    "container {} is using its referenced image {}",
                    asked, short_id(users.front().container_id), short_image_id(removal.id));
    }
    TRY(const auto left, untag_by_name(stored, asked, std::move(names), removal));
    if (!left.empty()) {
        return {};
    }
    const auto conflict =
        find_conflict(parts, removal, 0, options.force ? Checks::hard : Checks::all);
    if (!conflict) {
        delete_image(stored, removal, left);
    }
    return {};  // an image in use stays, without a name
}

Result<> plan_by_id(const Parts& parts, const StoredImage& stored, const RemoveOptions& options,
                    Removal& removal) {
    const auto names = parts.catalog.references_of(removal.id);
    const bool single = is_single_reference(names);
    Checks checks = Checks::hard;
    if (!options.force) {
        checks = single ? Checks::hard_and_stopped : Checks::all;
    }
    if (auto conflict = find_conflict(parts, removal, names.size(), checks)) {
        return std::move(conflict->error);
    }
    delete_image(stored, removal, names);
    return {};
}

Task<Result<>> carry_out(Parts& parts, Removal& removal) {
    co_return co_await parts.catalog.remove(removal.id, removal.names, removal.with_image,
                                            std::move(removal.events));
}

}  // namespace

bool is_single_reference(const std::vector<api::Reference>& names) {
    if (names.size() <= 1) {
        return names.size() == 1;
    }
    const api::Reference* tag = nullptr;
    std::set<std::string> repositories;
    for (const api::Reference& name : names) {
        if (!name.digest.empty()) {
            repositories.insert(name.repository());
        } else if (tag == nullptr) {
            tag = &name;
        } else {
            return false;
        }
    }
    const api::Reference& single = tag != nullptr ? *tag : names.front();
    return repositories.size() == 1 && repositories.contains(single.repository());
}

Task<Result<std::vector<Removed>>> remove_image(Parts& parts, std::string name,
                                                RemoveOptions options) {
    CO_TRY(const auto guard, co_await parts.catalog.mutex().lock());
    Removal removal;
    {
        CO_TRY(const StoredImage* stored, parts.catalog.get(name));
        removal.id = stored->image.id;
        if (names_by_id(removal.id, name)) {
            CO_CHECK_OK(plan_by_id(parts, *stored, options, removal));
        } else {
            CO_CHECK_OK(plan_by_name(parts, *stored, name, options, removal));
        }
    }
    CO_CHECK_OK(co_await carry_out(parts, removal));
    co_return std::move(removal.lines);
}

Task<Result<Pruned>> prune_images(Parts& parts, PruneFilter filter) {
    if (parts.pruning) {
        co_return fail(ErrorKind::conflict, "a prune operation is already running");
    }
    parts.pruning = true;
    const auto done = on_exit([&]() noexcept { parts.pruning = false; });
    CO_TRY(const auto guard, co_await parts.catalog.mutex().lock());
    std::vector<std::string> candidates;
    for (const auto& [id, stored] : parts.catalog.all()) {
        const bool dangling = stored.image.repo_tags.empty();
        if ((dangling || !filter.dangling_only) && users_of(parts, id).empty() &&
            (!filter.wanted || filter.wanted(stored))) {
            candidates.push_back(id);
        }
    }
    Pruned pruned;
    for (const std::string& id : candidates) {
        const StoredImage* stored = parts.catalog.find(id);
        if (stored == nullptr || !users_of(parts, id).empty()) {
            continue;
        }
        Removal removal;
        removal.id = id;
        for (const LayerRef& layer : stored->layers) {
            pruned.reclaimed_bytes += layer.use_count() == 1 ? layer->size : 0;
        }
        delete_image(*stored, removal, parts.catalog.references_of(id));
        CO_CHECK_OK(co_await carry_out(parts, removal));
        pruned.removed.insert(pruned.removed.end(), removal.lines.begin(), removal.lines.end());
    }
    store::Batch batch;
    store::Event event = image_event("prune", "", "", nullptr);
    event.attributes = {{"reclaimed", text::format("{}", pruned.reclaimed_bytes)}};
    batch.event(std::move(event));
    CO_CHECK_OK(co_await parts.store.commit(std::move(batch), store::Durability::relaxed));
    co_return pruned;
}

}  // namespace wherry::images
