#include "engine/images/pull.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/images/pull_layers.hpp"

namespace wherry::images {

namespace {

std::string wanted(const api::Reference& reference) {
    return reference.digest.empty() ? reference.tag : reference.digest;
}

Task<Result<FoundImage>> find_at(Parts& parts, const PullRequest& request,
                                 RegistryEndpoint endpoint) {
    FoundImage found;
    found.reference = request.reference;
    RegistryClient::Target target{.endpoint = std::move(endpoint),
                                  .repository = request.reference.path};
    found.registry = std::make_shared<RegistryClient>(
        parts.loop.executor(), std::move(target), request.credentials, parts.registries.certs_dir);
    if (!request.reference.is_name_only()) {
        CO_TRY(found.top, co_await found.registry->manifest(wanted(request.reference)));
    }
    co_return found;
}

// The next endpoint is tried after a mirror's failure, or where a registry could not be reached.
bool leads_on(const RegistryEndpoint& endpoint, const Error& error) {
    return error.kind() != ErrorKind::cancelled &&
           (endpoint.mirror || error.kind() == ErrorKind::unavailable ||
            error.kind() == ErrorKind::internal);
}

Task<Result<FoundImage>> find_image(Parts& parts, const PullRequest& request) {
    auto endpoints = endpoints_of(request.reference.domain, parts.registries);
    if (!endpoints) {
        co_return std::move(endpoints).error();
    }
    std::optional<Error> last;
    for (RegistryEndpoint& endpoint : *endpoints) {
        const RegistryEndpoint tried = endpoint;
        auto found = co_await find_at(parts, request, std::move(endpoint));
        if (found) {
            co_return found;
        }
        log::debug("pull={} endpoint={} error=\"{}\"", request.reference.familiar(),
                   tried.base.text(), found.error().message());
        last = std::move(found).error();
        if (!leads_on(tried, *last)) {
            break;
        }
    }
    co_return translate_pull_error(std::move(*last), request.reference);
}

std::string name_in_message(const api::Reference& reference) {
    return reference.digest.empty() ? reference.tag : reference.canonical();
}

struct Fetched {
    StoredImage image;
    bool was_there = false;  ///< under this very name
};

Task<Result<Manifest>> get_manifest(Parts& parts, const FoundImage& found,
                                    const api::PlatformSpec& platform, StoredImage& image) {
    CO_TRY(auto parsed, parse_manifest(found.top.text, found.top.media_type));
    CO_TRY(BlobRef top, co_await store_text(parts, found.top.text));
    image.blobs.push_back(std::move(top));
    if (Manifest* manifest = std::get_if<Manifest>(&parsed)) {
        image.manifests.push_back(found.top.digest);
        co_return std::move(*manifest);
    }
    CO_TRY(const Descriptor chosen, choose_manifest(std::get<Index>(parsed), platform));
    CO_TRY(const FetchedManifest fetched, co_await found.registry->manifest(chosen.digest));
    CO_TRY(auto below, parse_manifest(fetched.text, fetched.media_type));
    Manifest* manifest = std::get_if<Manifest>(&below);
    if (manifest == nullptr) {
        co_return fail(ErrorKind::internal, "a list of manifests inside a list");
    }
    CO_TRY(BlobRef stored, co_await store_text(parts, fetched.text));
    image.blobs.push_back(std::move(stored));
    image.manifests.push_back(fetched.digest);
    co_return std::move(*manifest);
}

Task<Result<Fetched>> fetch_image(Parts& parts, const FoundImage& found, const PullRequest& request,
                                  Progress& progress) {
    Fetched out;
    const api::PlatformSpec platform = request.platform.value_or(api::PlatformSpec::host());
    CO_TRY(const Manifest manifest, co_await get_manifest(parts, found, platform, out.image));
    CO_TRY(SmallBlob config, co_await download_small(parts, *found.registry, manifest.config));
    out.image.image.id = manifest.config.digest;
    out.image.blobs.push_back(std::move(config.ref));
    CO_TRY(out.image.image.config, parse_config(config.text));
    const auto& diff_ids = out.image.image.config.rootfs.diff_ids;
    if (diff_ids.size() != manifest.layers.size()) {
        co_return fail(ErrorKind::internal, "layers from manifest don't match image configuration");
    }
    const std::string& os = out.image.image.config.os;
    if (!os.empty() && os != "linux") {
        co_return fail(ErrorKind::invalid,
                       "image operating system \"{}\" cannot be used on this platform: operating "
                       "system is not supported",
                       os);
    }
    const StoredImage* present = parts.catalog.find_named(found.reference);
    out.was_there = present != nullptr && present->image.id == out.image.image.id;
    LayerOrders orders{.layers = manifest.layers, .diff_ids = diff_ids};
    CO_CHECK_OK(
        co_await pull_layers(parts, *found.registry, std::move(orders), out.image, progress));
    co_return out;
}

Task<Result<bool>> pull_one(Parts& parts, FoundImage found, const PullRequest& request,
                            Progress& progress) {
    const api::Reference name = found.reference;
    progress.message("Pulling from " + name.path, name_in_message(name));
    CO_TRY(Fetched fetched, co_await fetch_image(parts, found, request, progress));
    progress.message("Digest: " + found.top.digest, "");
    std::vector<api::Reference> names;
    api::Reference by_digest = name;
    by_digest.tag.clear();
    by_digest.digest = found.top.digest;
    names.push_back(by_digest);
    if (!name.tag.empty() && name.digest.empty()) {
        names.push_back(name);
    }
    std::vector<store::Event> events;
    events.push_back(
        image_event("pull", name.familiar(), name.familiar_name(), &fetched.image.image));
    CO_CHECK_OK(co_await sync_data(parts));
    CO_CHECK_OK(
        co_await parts.catalog.add(std::move(fetched.image), std::move(names), std::move(events)));
    co_return fetched.was_there;
}

}  // namespace

Error translate_pull_error(Error error, const api::Reference& reference) {
    switch (error.kind()) {
        case ErrorKind::denied:
            return fail(ErrorKind::not_found,
                        "pull access denied for {}, repository does not exist or may require "
                        "'docker login': {}",
                        reference.familiar_name(), error.message());
        case ErrorKind::not_found:
            if (error.message().starts_with("name unknown")) {
                return fail(ErrorKind::not_found, "repository {} not found: {}",
                            reference.familiar_name(), error.message());
            }
            return fail(ErrorKind::not_found, "manifest for {} not found: {}", reference.familiar(),
                        error.message());
        case ErrorKind::unavailable:
            return {ErrorKind::internal, error.message()};
        default:
            return error;
    }
}

Task<Result<PullPlan>> prepare_pull(Parts& parts, PullRequest request) {
    if (request.reference.domain == api::default_domain &&
        request.reference.path == "library/scratch") {
        co_return Error(ErrorKind::denied, "'scratch' is a reserved name");
    }
    PullPlan plan;
    CO_TRY(plan.first, co_await find_image(parts, request));
    if (request.reference.is_name_only()) {
        auto tags = co_await plan.first.registry->tags();
        if (!tags) {
            co_return translate_pull_error(std::move(tags).error(), request.reference);
        }
        if (tags->empty()) {
            co_return fail(ErrorKind::not_found, "no tags for {}",
                           request.reference.familiar_name());
        }
        plan.first.reference.tag = tags->front();
        CO_TRY(plan.first.top, co_await plan.first.registry->manifest(tags->front()));
        plan.other_tags.assign(tags->begin() + 1, tags->end());
    }
    plan.request = std::move(request);
    co_return plan;
}

Task<Result<>> run_pull(Parts& parts, PullPlan plan, Progress& progress) {
    const api::Reference asked = plan.request.reference;
    const std::shared_ptr<RegistryClient> registry = plan.first.registry;
    auto first = co_await pull_one(parts, std::move(plan.first), plan.request, progress);
    if (!first) {
        co_return translate_pull_error(std::move(first).error(), asked);
    }
    bool up_to_date = *first;
    for (const std::string& tag : plan.other_tags) {
        FoundImage next;
        next.reference = asked;
        next.reference.tag = tag;
        next.registry = registry;
        CO_TRY(next.top, co_await registry->manifest(tag));
        CO_TRY(const bool was_there,
               co_await pull_one(parts, std::move(next), plan.request, progress));
        up_to_date = up_to_date && was_there;
    }
    progress.message(text::format(up_to_date ? "Status: Image is up to date for {}"
                                             : "Status: Downloaded newer image for {}",
                                  asked.familiar()),
                     "");
    co_return Result<>();
}

}  // namespace wherry::images
