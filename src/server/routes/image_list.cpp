#include <algorithm>
#include <functional>
#include <map>

#include "api/filters.hpp"
#include "api/pattern.hpp"
#include "base/clock.hpp"
#include "codec/json/value.hpp"
#include "engine/images/verbs.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/images.hpp"

namespace wherry::server {

namespace {

std::int64_t created_unix(const images::StoredImage& stored) {
    const auto time = parse_rfc3339(stored.image.config.created);
    return time ? std::chrono::floor<std::chrono::seconds>(time->time_since_epoch()).count() : 0;
}

/// What a list asks for, read once.
struct Wanted {
    api::Filters filters;
    std::optional<std::int64_t> before;
    std::optional<std::int64_t> since;
    bool has_dangling = false;
    bool dangling = false;
    bool shared_size = false;
};

Result<std::optional<std::int64_t>> bound(const images::Images& images, const Wanted& wanted,
                                          std::string_view key) {
    std::optional<std::int64_t> out;
    for (const std::string& name : wanted.filters.values(key)) {
        TRY(const images::StoredImage* stored, images.catalog().get(name));
        out = created_unix(*stored);
    }
    return out;
}

Result<Wanted> read_wanted(const Call& call, const images::Images& images) {
    Wanted wanted;
    TRY(wanted.filters, api::Filters::parse(call.query().get("filters")));
    CHECK_OK(
        wanted.filters.check_keys({"before", "dangling", "label", "reference", "since", "until"}));
    if (call.version < api::ApiVersion(1, 25) && !wanted.filters.has("reference") &&
        !call.query().get("filter").empty()) {
        wanted.filters.add("reference", call.query().get("filter"));
    }
    wanted.has_dangling = wanted.filters.has("dangling");
    TRY(wanted.dangling, wanted.filters.flag("dangling", false));
    TRY(wanted.before, bound(images, wanted, "before"));
    TRY(wanted.since, bound(images, wanted, "since"));
    TRY(const auto until, wanted.filters.until(now()));
    if (until) {
        const auto seconds =
            std::chrono::floor<std::chrono::seconds>(until->time_since_epoch()).count();
        wanted.before = std::min(wanted.before.value_or(seconds), seconds);
    }
    wanted.shared_size = call.version >= api::ApiVersion(1, 42) && call.query().flag("shared-size");
    return wanted;
}

Result<bool> matches_reference(const Wanted& wanted, const api::Reference& reference) {
    const auto patterns = wanted.filters.values("reference");
    if (patterns.empty()) {
        return true;
    }
    for (const std::string& pattern : patterns) {
        TRY(const bool whole, api::glob_match(pattern, reference.familiar()));
        TRY(const bool name, api::glob_match(pattern, reference.familiar_name()));
        if (whole || name) {
            return true;
        }
    }
    return false;
}

struct Names {
    json::Array tags;
    json::Array digests;
};

Result<Names> names_of(const images::Catalog& catalog, const Wanted& wanted, std::string_view id) {
    Names names;
    for (const api::Reference& reference : catalog.references_of(id)) {
        TRY(const bool shown, matches_reference(wanted, reference));
        if (shown) {
            (reference.digest.empty() ? names.tags : names.digests)
                .emplace_back(reference.familiar());
        }
    }
    return names;
}

bool passes(const Wanted& wanted, const images::StoredImage& stored, const Names& names) {
    const std::int64_t created = created_unix(stored);
    if ((wanted.before && created >= *wanted.before) ||
        (wanted.since && created <= *wanted.since) ||
        !wanted.filters.labels("label", stored.image.config.config.labels)) {
        return false;
    }
    if (names.tags.empty() && names.digests.empty()) {
        return !(wanted.has_dangling && !wanted.dangling) && !wanted.filters.has("reference");
    }
    return !(wanted.dangling && !names.tags.empty());
}

json::Value labels_of(const images::oci::RunConfig& config) {
    if (config.labels.is_null()) {
        return {};
    }
    json::Object labels;
    for (const auto& [name, value] : config.labels) {
        labels.emplace_back(name, value);
    }
    return labels;
}

json::Value summary(const Call& call, const Wanted& wanted, const images::StoredImage& stored,
                    Names names) {
    const images::Images& images = call.engine.images();
    if (names.tags.empty() && names.digests.empty() && call.version < api::ApiVersion(1, 43)) {
        names.tags.emplace_back("<none>:<none>");
        names.digests.emplace_back("<none>@<none>");
    }
    const auto size = static_cast<std::int64_t>(stored.image.size);
    std::int64_t containers = -1;
    if (call.version >= api::ApiVersion(1, 51)) {
        containers = static_cast<std::int64_t>(images.users_of(stored.image.id).size());
    }
    json::Value out;
    out.set("Containers", containers);
    out.set("Created", created_unix(stored));
    out.set("Id", stored.image.id);
    out.set("Labels", labels_of(stored.image.config.config));
    out.set("ParentId", "");
    out.set("RepoDigests", std::move(names.digests));
    out.set("RepoTags", std::move(names.tags));
    out.set("SharedSize", wanted.shared_size ? static_cast<std::int64_t>(images.shared_size(stored))
                                             : std::int64_t{-1});
    out.set("Size", size);
    if (call.version < api::ApiVersion(1, 44)) {
        out.set("VirtualSize", size);
    }
    return out;
}

}  // namespace

json::Value image_usage(const Call& call) {
    const images::Images& images = call.engine.images();
    Wanted all;
    all.shared_size = true;
    std::multimap<std::int64_t, json::Value, std::greater<>> found;
    for (const auto& [id, stored] : images.catalog().all()) {
        Names names = names_of(images.catalog(), all, id).value_or(Names());
        json::Value item = summary(call, all, stored, std::move(names));
        item.set("Containers", static_cast<std::int64_t>(images.users_of(id).size()));
        found.emplace(created_unix(stored), std::move(item));
    }
    json::Array list;
    for (auto& [created, item] : found) {
        list.push_back(std::move(item));
    }
    return list;
}

Task<Result<http::Response>> image_list(Call& call) {
    const images::Images& images = call.engine.images();
    CO_TRY(const Wanted wanted, read_wanted(call, images));
    std::multimap<std::int64_t, json::Value, std::greater<>> found;  // the newest first
    for (const auto& [id, stored] : images.catalog().all()) {
        CO_TRY(Names names, names_of(images.catalog(), wanted, id));
        if (passes(wanted, stored, names)) {
            found.emplace(created_unix(stored), summary(call, wanted, stored, std::move(names)));
        }
    }
    json::Array list;
    for (auto& [created, item] : found) {
        list.push_back(std::move(item));
    }
    co_return json_text(200, json::Value(std::move(list)).dump());
}

}  // namespace wherry::server
