#include "server/routes/images.hpp"

#include "api/filters.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "codec/json/value.hpp"
#include "engine/images/verbs.hpp"
#include "server/engine.hpp"
#include "server/reply.hpp"
#include "server/routes/progress_reply.hpp"
#include "server/routes/registry_auth.hpp"

namespace wherry::server {

namespace {

constexpr api::ApiVersion platform_since{1, 32};

http::Response lines_reply(images::ProgressLines& lines) {
    http::Response response;
    response.headers.set("Content-Type", "application/json");
    response.body = lines.take();
    return response;
}

/// Shared by the reply's body, which may be copied before it runs.
struct PullRun {
    images::Images& images;
    images::PullPlan plan;
};

Task<Result<>> write_pull(std::shared_ptr<PullRun> run, http::BodyWriter& out) {
    const auto lines = std::make_shared<images::ProgressLines>();
    co_return co_await tell_progress(lines, run->images.pull(std::move(run->plan), *lines), out);
}

struct ArchiveRun {
    images::Images& images;
    images::SavePlan plan;
};

Task<Result<>> write_archive(std::shared_ptr<ArchiveRun> run, http::BodyWriter& out) {
    return run->images.save(std::move(run->plan), out);
}

struct LoadRun {
    images::Images& images;
    images::ImageArchive archive;
    images::LoadOptions options;
};

Task<Result<>> write_load(std::shared_ptr<LoadRun> run, http::BodyWriter& out) {
    const auto lines = std::make_shared<images::ProgressLines>();
    co_return co_await tell_progress(
        lines, run->images.load(std::move(run->archive), std::move(run->options), *lines), out);
}

Result<api::Reference> with_tag(api::Reference reference, std::string_view tag) {
    if (api::is_digest(tag)) {
        reference.digest = tag;
        reference.tag.clear();
    } else if (!tag.empty()) {
        if (!api::is_tag(tag)) {
            return fail(ErrorKind::invalid, "invalid tag format");
        }
        reference.tag = tag;
    }
    return reference;
}

/// `repo` and `tag` as one name; nothing without a repo.
Result<std::optional<api::Reference>> repo_and_tag(const http::Query& query) {
    const std::string_view repo = query.get("repo");
    if (repo.empty()) {
        return std::optional<api::Reference>();
    }
    TRY(api::Reference reference, api::Reference::parse(repo));
    if (!reference.digest.empty() || api::is_digest(query.get("tag"))) {
        return fail(ErrorKind::invalid, "cannot import digest reference");
    }
    TRY(reference, with_tag(std::move(reference), query.get("tag")));
    return std::optional(reference.with_default_tag());
}

Result<std::optional<api::PlatformSpec>> platform_of(const Call& call) {
    const std::string_view text = call.query().get("platform");
    if (text.empty() || call.version < platform_since) {
        return std::optional<api::PlatformSpec>();
    }
    TRY(api::PlatformSpec platform, api::PlatformSpec::parse(text));
    return std::optional(std::move(platform));
}

Task<Result<http::Response>> pull(Call& call) {
    std::string_view name = call.query().get("fromImage");
    if (name.ends_with(':')) {
        name.remove_suffix(1);  // "pull -a" of old clients
    }
    images::PullRequest request;
    CO_TRY(request.reference, api::Reference::parse(name));
    CO_TRY(request.reference, with_tag(std::move(request.reference), call.query().get("tag")));
    CO_TRY(request.platform, platform_of(call));
    CO_TRY(request.credentials, decode_registry_auth(call.request.headers.get("X-Registry-Auth")));
    CO_TRY(images::PullPlan plan, co_await call.engine.images().prepare_pull(std::move(request)));
    auto run =
        std::make_shared<PullRun>(PullRun{.images = call.engine.images(), .plan = std::move(plan)});
    co_return stream_reply("application/json",
                           [run](http::BodyWriter& out) { return write_pull(run, out); });
}

Task<Result<http::Response>> import(Call& call) {
    const std::string source(call.query().get("fromSrc"));
    if (source.empty()) {
        co_return fail(ErrorKind::internal, "Get \"http:\": http: no Host in request URL");
    }
    if (source != "-") {
        co_return fail(ErrorKind::unsupported,
                       "import from a URL is not built yet: send the "
                       "archive with fromSrc=-");
    }
    images::ImportOptions options;
    CO_TRY(options.name, repo_and_tag(call.query()));
    options.message = call.query().get("message");
    if (options.message.empty()) {
        options.message = "Imported from " + source;
    }
    for (const std::string_view change : call.query().all("changes")) {
        options.changes.emplace_back(change);
    }
    CO_TRY(options.platform, platform_of(call));
    CO_TRY(const std::string id,
           co_await call.engine.images().import(*call.request.body, std::move(options)));
    images::ProgressLines lines;
    lines.message(id, "");
    co_return lines_reply(lines);
}

json::Value removed_json(const std::vector<images::Removed>& removed) {
    json::Array list;
    for (const images::Removed& line : removed) {
        json::Value item;
        if (line.untagged.empty()) {
            item.set("Deleted", line.deleted);
        } else {
            item.set("Untagged", line.untagged);
        }
        list.push_back(std::move(item));
    }
    return list;
}

}  // namespace

Task<Result<http::Response>> image_create(Call& call) {
    if (!call.query().get("fromImage").empty()) {
        co_return co_await pull(call);
    }
    co_return co_await import(call);
}

Task<Result<http::Response>> image_load(Call& call) {
    images::LoadOptions options;
    options.quiet = call.query().flag("quiet", true);
    // The whole request is read before the reply begins: many clients cannot do both at once.
    auto archive = co_await call.engine.images().receive(*call.request.body);
    if (!archive) {
        if (archive.error().kind() == ErrorKind::cancelled) {
            co_return archive.error();
        }
        images::ProgressLines lines;
        lines.error(archive.error());
        co_return lines_reply(lines);
    }
    auto run = std::make_shared<LoadRun>(LoadRun{.images = call.engine.images(),
                                                 .archive = std::move(*archive),
                                                 .options = std::move(options)});
    co_return stream_reply("application/json",
                           [run](http::BodyWriter& out) { return write_load(run, out); });
}

namespace {

Task<Result<http::Response>> save(Call& call, std::vector<std::string> names) {
    CO_TRY(images::SavePlan plan, call.engine.images().prepare_save(names));
    auto run = std::make_shared<ArchiveRun>(
        ArchiveRun{.images = call.engine.images(), .plan = std::move(plan)});
    co_return stream_reply("application/x-tar",
                           [run](http::BodyWriter& out) { return write_archive(run, out); });
}

}  // namespace

Task<Result<http::Response>> image_get(Call& call) {
    std::vector<std::string> names;
    names.push_back(call.param(0));
    co_return co_await save(call, std::move(names));
}

Task<Result<http::Response>> image_get_all(Call& call) {
    std::vector<std::string> names;
    for (const std::string_view name : call.query().all("names")) {
        names.emplace_back(name);
    }
    co_return co_await save(call, std::move(names));
}

Task<Result<http::Response>> image_tag(Call& call) {
    CO_TRY(const auto reference, repo_and_tag(call.query()));
    if (!reference) {
        co_return empty_reply(200);
    }
    CO_CHECK_OK(co_await call.engine.images().tag(call.param(0), *reference));
    co_return empty_reply(201);
}

Task<Result<http::Response>> image_delete(Call& call) {
    if (text::trim(call.param(0)).empty()) {
        co_return fail(ErrorKind::invalid, "image name cannot be blank");
    }
    const images::RemoveOptions options{.force = call.query().flag("force")};
    CO_TRY(const auto removed, co_await call.engine.images().remove(call.param(0), options));
    co_return json_text(200, removed_json(removed).dump());
}

Task<Result<http::Response>> image_prune(Call& call) {
    CO_TRY(const api::Filters filters, api::Filters::parse(call.query().get("filters")));
    CO_CHECK_OK(filters.check_keys({"dangling", "label", "label!", "until"}));
    images::PruneFilter filter;
    CO_TRY(filter.dangling_only, filters.flag("dangling", true));
    CO_TRY(const auto until, filters.until(now()));
    filter.wanted = [filters, until](const images::StoredImage& stored) {
        const auto& config = stored.image.config;
        const auto created = parse_rfc3339(config.created);
        return filters.labels("label", config.config.labels) &&
               (!filters.has("label!") || !filters.labels("label!", config.config.labels)) &&
               (!until || (created && *created < *until));
    };
    CO_TRY(const auto pruned, co_await call.engine.images().prune(std::move(filter)));
    json::Value out;
    out.set("ImagesDeleted", pruned.removed.empty() ? json::Value() : removed_json(pruned.removed));
    out.set("SpaceReclaimed", static_cast<std::int64_t>(pruned.reclaimed_bytes));
    co_return json_text(200, out.dump());
}

}  // namespace wherry::server
