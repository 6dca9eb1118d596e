#include <ranges>
#include <set>

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/images/parts.hpp"
#include "engine/images/records.hpp"
#include "engine/images/verbs.hpp"

namespace wherry::images {

namespace {

Task<> erase_layer_record(store::Store& store, std::string name) {
    store::Batch batch;
    batch.erase(std::string(records::layer_kind), std::move(name));
    const auto erased = co_await store.commit(std::move(batch), store::Durability::relaxed);
    if (!erased) {
        log::warn("erase the record of a layer error=\"{}\"", erased.error().message());
    }
}

}  // namespace

Images::Images(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Images::~Images() = default;

Result<std::unique_ptr<Images>> Images::open(ImagesConfig config, store::Store& store,
                                             store::Trash& trash, async::Loop& loop) {
    auto parts = std::make_unique<Parts>(store, trash, loop);
    parts->registries = std::move(config.registries);
    parts->discard_blobs = config.discard_blobs;
    Parts* const raw = parts.get();
    CHECK_OK(parts->content.prepare());
    parts->content.on_layer_gone([raw](const LayerInfo& layer) {
        raw->background.spawn(erase_layer_record(raw->store, layer.name));
    });
    CHECK_OK(parts->catalog.load());
    CHECK_OK(parts->content.sweep());
    return std::unique_ptr<Images>(new Images(std::move(parts)));
}

Task<> Images::close() {
    co_await parts_->background.join();
}

Result<const Image*> Images::get(std::string_view name) const {
    TRY(const StoredImage* stored, parts_->catalog.get(name));
    return &stored->image;
}

const Image* Images::find_by_id(std::string_view id) const noexcept {
    const StoredImage* stored = parts_->catalog.find(id);
    return stored == nullptr ? nullptr : &stored->image;
}

RootFs Images::rootfs(const Image& image) const {
    RootFs rootfs{.base = parts_->content.layout().layers(), .lowers = {}};
    for (const std::string& name : image.layers | std::views::reverse) {
        rootfs.lowers.push_back(name + "/diff");
    }
    return rootfs;
}

void Images::set_users(const ImageUsers* users) noexcept {
    parts_->users = users;
}

const Catalog& Images::catalog() const noexcept {
    return parts_->catalog;
}

std::vector<ImageUsers::Use> Images::users_of(std::string_view id) const {
    return parts_->users == nullptr ? std::vector<ImageUsers::Use>() : parts_->users->users_of(id);
}

std::string Images::layer_folder(std::string_view name) const {
    return parts_->content.layout().layer(name);
}

std::uint64_t Images::shared_size(const StoredImage& image) const {
    std::uint64_t bytes = 0;
    for (const LayerRef& layer : image.layers) {
        bytes += layer.use_count() > 1 ? layer->size : 0;
    }
    return bytes;
}

std::uint64_t Images::layers_size() const {
    std::set<const void*> seen;
    std::uint64_t bytes = 0;
    for (const auto& [id, image] : catalog().all()) {
        for (const LayerRef& layer : image.layers) {
            bytes += seen.insert(layer.get()).second ? layer->size : 0;
        }
    }
    return bytes;
}

Task<Result<PullPlan>> Images::prepare_pull(PullRequest request) {
    return images::prepare_pull(*parts_, std::move(request));
}

Task<Result<>> Images::pull(PullPlan plan, Progress& progress) {
    return run_pull(*parts_, std::move(plan), progress);
}

Task<Result<ImageArchive>> Images::receive(http::BodyReader& body) {
    return receive_archive(*parts_, body);
}

Task<Result<>> Images::load(ImageArchive archive, LoadOptions options, Progress& progress) {
    return load_images(*parts_, std::move(archive), std::move(options), progress);
}

Task<Result<std::string>> Images::import(http::BodyReader& body, ImportOptions options) {
    return import_image(*parts_, body, std::move(options));
}

Result<SavePlan> Images::prepare_save(const std::vector<std::string>& names) const {
    return images::prepare_save(*parts_, names);
}

Task<Result<>> Images::save(SavePlan plan, http::BodyWriter& out) {
    return run_save(*parts_, std::move(plan), out);
}

Task<Result<>> Images::tag(std::string name, api::Reference reference) {
    CO_TRY(const auto guard, co_await parts_->catalog.mutex().lock());
    std::string id;
    std::vector<store::Event> events;
    {
        CO_TRY(const StoredImage* stored, parts_->catalog.get(name));
        id = stored->image.id;
        events.push_back(image_event("tag", id, reference.familiar(), &stored->image));
    }
    co_return co_await parts_->catalog.tag(std::move(id), std::move(reference), std::move(events));
}

Task<Result<std::vector<Removed>>> Images::remove(std::string name, RemoveOptions options) {
    return remove_image(*parts_, std::move(name), options);
}

Task<Result<Pruned>> Images::prune(PruneFilter filter) {
    return prune_images(*parts_, std::move(filter));
}

Task<Result<>> Images::check_login(Credentials credentials) {
    std::string domain = credentials.server_address;
    if (domain.empty() || domain == "https://index.docker.io/v1/") {
        domain = api::default_domain;
    }
    if (const auto url = Url::parse(domain)) {
        domain = url->authority();
    }
    RegistryConfig config = parts_->registries;
    config.mirrors.clear();  // a login is for the registry itself
    auto endpoints = endpoints_of(domain, config);
    if (!endpoints) {
        co_return std::move(endpoints).error();
    }
    std::optional<Error> last;
    for (RegistryEndpoint& endpoint : *endpoints) {
        RegistryClient::Target target{.endpoint = std::move(endpoint), .repository = ""};
        RegistryClient registry(parts_->loop.executor(), std::move(target), credentials,
                                config.certs_dir);
        auto answered = co_await registry.ping();
        if (answered) {
            co_return Result<>();
        }
        last = std::move(answered).error();
        if (last->kind() == ErrorKind::unauthorized || last->kind() == ErrorKind::cancelled) {
            break;
        }
    }
    if (last->kind() == ErrorKind::denied) {
        co_return Error(ErrorKind::unauthorized, last->message());
    }
    if (last->kind() == ErrorKind::unavailable) {
        co_return Error(ErrorKind::internal, last->message());
    }
    co_return *last;
}

}  // namespace wherry::images
