#include "engine/images/catalog.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/images/manifest.hpp"
#include "engine/images/records.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

constexpr std::string_view digest_prefix = "sha256:";

Error no_such_image(std::string_view name) {
    return fail(ErrorKind::not_found, "No such image: {}", name);
}

records::ImageRecord record_of(const StoredImage& stored) {
    records::ImageRecord record;
    for (const LayerRef& layer : stored.layers) {
        record.layers.push_back(layer->name);
    }
    for (const BlobRef& blob : stored.blobs) {
        record.blobs.push_back({.digest = blob->digest, .size = blob->size});
    }
    record.manifests = stored.manifests;
    record.last_tagged = stored.last_tagged;
    return record;
}

void put_image(store::Batch& batch, const StoredImage& stored) {
    batch.put(std::string(records::image_kind), stored.image.id,
              records::encode(record_of(stored)));
}

void put_reference(store::Batch& batch, const api::Reference& name, std::string id) {
    batch.put(std::string(records::reference_kind), name.canonical(),
              records::encode(records::ReferenceRecord{.image = std::move(id)}));
}

template <class T>
void merge(std::vector<T>& into, const std::vector<T>& more) {
    for (const T& item : more) {
        if (std::ranges::find(into, item) == into.end()) {
            into.push_back(item);
        }
    }
}

bool is_id_prefix(std::string_view text) {
    return !text.empty() && text.size() <= 64 &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

store::Event image_event(std::string_view action, std::string_view actor, std::string_view name,
                         const Image* image) {
    store::Event event;
    event.type = "image";
    event.action = action;
    event.actor_id = actor;
    if (image != nullptr) {
        event.attributes.insert(image->config.config.labels.begin(),
                                image->config.config.labels.end());
    }
    event.attributes["name"] = name;
    return event;
}

Catalog::Catalog(store::Store& store, Content& content) : store_(store), content_(content) {}

Result<> Catalog::load() {
    std::map<std::string, LayerRef> layers;
    CHECK_OK(load_layers(layers));
    CHECK_OK(load_images(layers));
    CHECK_OK(load_references());
    for (auto& [id, stored] : images_) {
        refresh_names(id);
    }
    return {};
}

Result<> Catalog::load_layers(std::map<std::string, LayerRef>& layers) {
    TRY(const auto found, store_.load(records::layer_kind));
    for (const store::Record& record : found) {
        TRY(auto layer, records::decode_layer(record.value));
        if (!os::exists(content_.layout().layer(record.key) + "/diff")) {
            log::warn("layer={} its folder is missing", record.key);
            continue;
        }
        layers[record.key] = content_.hold_layer({.name = record.key,
                                                  .chain_id = std::move(layer.chain_id),
                                                  .diff_id = std::move(layer.diff_id),
                                                  .size = layer.size});
    }
    return {};
}

Result<> Catalog::load_images(const std::map<std::string, LayerRef>& layers) {
    TRY(const auto found, store_.load(records::image_kind));
    for (const store::Record& record : found) {
        auto stored = restore(record, layers);
        if (!stored) {
            log::warn("image={} left out: {}", record.key, stored.error().message());
            continue;
        }
        images_.emplace(record.key, std::move(*stored));
    }
    return {};
}

Result<StoredImage> Catalog::restore(const store::Record& record,
                                     const std::map<std::string, LayerRef>& layers) {
    TRY(auto read, records::decode_image(record.value));
    StoredImage stored;
    stored.image.id = record.key;
    TRY(const std::string text, os::read_file(content_.layout().blob(record.key)));
    TRY(stored.image.config, parse_config(text));
    for (const std::string& name : read.layers) {
        const auto layer = layers.find(name);
        if (layer == layers.end()) {
            return fail(ErrorKind::internal, "its layer {} is missing", name);
        }
        stored.layers.push_back(layer->second);
        stored.image.layers.push_back(name);
        stored.image.size += layer->second->size;
    }
    for (records::Blob& blob : read.blobs) {
        stored.blobs.push_back(
            content_.hold_blob({.digest = std::move(blob.digest), .size = blob.size}));
    }
    stored.manifests = std::move(read.manifests);
    stored.last_tagged = std::move(read.last_tagged);
    return stored;
}

Result<> Catalog::load_references() {
    TRY(const auto found, store_.load(records::reference_kind));
    for (const store::Record& record : found) {
        TRY(auto read, records::decode_reference(record.value));
        TRY(auto reference, api::Reference::parse(record.key));
        if (images_.contains(read.image)) {
            references_[record.key] = {.image_id = std::move(read.image),
                                       .reference = std::move(reference)};
        }
    }
    return {};
}

const StoredImage* Catalog::find(std::string_view id) const noexcept {
    const auto found = images_.find(id);
    return found == images_.end() ? nullptr : &found->second;
}

const StoredImage* Catalog::find_named(const api::Reference& reference) const {
    // With a tag and a digest, the digest decides.
    api::Reference wanted = reference;
    if (!wanted.digest.empty()) {
        wanted.tag.clear();
    }
    const auto found = references_.find(wanted.canonical());
    return found == references_.end() ? nullptr : find(found->second.image_id);
}

Result<const StoredImage*> Catalog::get(std::string_view name) const {
    std::string_view hex = name;
    if (hex.starts_with(digest_prefix)) {
        hex.remove_prefix(digest_prefix.size());
    }
    if (hex.size() == 64 && is_id_prefix(hex)) {
        const std::string id = std::string(digest_prefix) + std::string(hex);
        if (const StoredImage* found = find(id)) {
            return found;
        }
        return no_such_image(id);
    }
    const bool may_be_name = hex.size() == name.size();
    Result<api::Reference> parsed = api::Reference::parse(name);
    if (may_be_name) {
        if (!parsed) {
            return std::move(parsed).error();
        }
        *parsed = parsed->with_default_tag();
        if (const StoredImage* found = find_named(*parsed)) {
            return found;
        }
        if (!parsed->digest.empty()) {
            if (const StoredImage* found = find(parsed->digest)) {
                return found;
            }
            return no_such_image(parsed->familiar());
        }
    }
    if (is_id_prefix(hex)) {
        const std::string prefix = std::string(digest_prefix) + std::string(hex);
        const auto first = images_.lower_bound(prefix);
        if (first != images_.end() && first->first.starts_with(prefix)) {
            const auto second = std::next(first);
            if (second == images_.end() || !second->first.starts_with(prefix)) {
                return &first->second;
            }
        }
    }
    return no_such_image(parsed ? parsed->familiar() : std::string(name));
}

std::vector<api::Reference> Catalog::references_of(std::string_view id) const {
    std::vector<api::Reference> out;
    for (const auto& [text, named] : references_) {
        if (named.image_id == id) {
            out.push_back(named.reference);
        }
    }
    return out;
}

void Catalog::refresh_names(std::string_view id) {
    const auto found = images_.find(id);
    if (found == images_.end()) {
        return;
    }
    Image& image = found->second.image;
    image.repo_tags.clear();
    image.repo_digests.clear();
    for (const api::Reference& reference : references_of(id)) {
        (reference.digest.empty() ? image.repo_tags : image.repo_digests)
            .push_back(reference.familiar());
    }
    std::ranges::sort(image.repo_tags);
    std::ranges::sort(image.repo_digests);
}

Task<Result<>> Catalog::add(StoredImage image, std::vector<api::Reference> names,
                            std::vector<store::Event> events) {
    CO_TRY(const auto guard, co_await mutex_.lock());
    const std::string id = image.image.id;
    if (const StoredImage* known = find(id)) {
        // The same image by another way: it keeps what it has, and gains what is new.
        StoredImage merged = *known;
        merge(merged.blobs, image.blobs);
        merge(merged.manifests, image.manifests);
        if (!image.last_tagged.empty()) {
            merged.last_tagged = image.last_tagged;
        }
        image = std::move(merged);
    }
    store::Batch batch;
    for (const LayerRef& layer : image.layers) {
        batch.put(
            std::string(records::layer_kind), layer->name,
            records::encode(records::LayerRecord{
                .chain_id = layer->chain_id, .diff_id = layer->diff_id, .size = layer->size}));
    }
    put_image(batch, image);
    for (const api::Reference& name : names) {
        put_reference(batch, name, id);
    }
    batch.events = std::move(events);
    fault_point("image.synced");
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    fault_point("image.stored");
    images_.insert_or_assign(id, std::move(image));
    std::vector<std::string> losers;
    for (const api::Reference& name : names) {
        const auto had = references_.find(name.canonical());
        if (had != references_.end()) {
            losers.push_back(had->second.image_id);
        }
        references_[name.canonical()] = {.image_id = id, .reference = name};
    }
    for (const std::string& loser : losers) {
        refresh_names(loser);
    }
    refresh_names(id);
    rewrite_index();
    co_return Result<>();
}

Task<Result<>> Catalog::tag(std::string id, api::Reference name, std::vector<store::Event> events) {
    const StoredImage* known = find(id);
    if (known == nullptr) {
        co_return no_such_image(id);
    }
    StoredImage changed = *known;
    changed.last_tagged = rfc3339_nano(now());
    store::Batch batch;
    put_image(batch, changed);
    put_reference(batch, name, id);
    batch.events = std::move(events);
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    fault_point("image.tagged");
    images_.insert_or_assign(id, std::move(changed));
    const std::string canonical = name.canonical();
    const auto had = references_.find(canonical);
    const std::string loser = had == references_.end() ? std::string() : had->second.image_id;
    references_[canonical] = {.image_id = id, .reference = std::move(name)};
    refresh_names(loser);
    refresh_names(id);
    rewrite_index();
    co_return Result<>();
}

Task<Result<>> Catalog::remove(std::string id, std::vector<api::Reference> names, bool with_image,
                               std::vector<store::Event> events) {
    store::Batch batch;
    for (const api::Reference& name : names) {
        batch.erase(std::string(records::reference_kind), name.canonical());
    }
    if (with_image) {
        batch.erase(std::string(records::image_kind), id);
    }
    batch.events = std::move(events);
    CO_CHECK_OK(co_await store_.commit(std::move(batch), store::Durability::synced));
    fault_point("image.erased");
    for (const api::Reference& name : names) {
        references_.erase(name.canonical());
    }
    if (with_image) {
        images_.erase(id);  // its references to blobs and layers go, and with the last the files
    } else {
        refresh_names(id);
    }
    rewrite_index();
    co_return Result<>();
}

// For other tools that read the folder as an OCI layout; the records are the truth.
void Catalog::rewrite_index() const {
    std::vector<Descriptor> manifests;
    for (const auto& [id, stored] : images_) {
        for (const std::string& digest : stored.manifests) {
            const BlobRef blob = content_.find_blob(digest);
            if (!blob) {
                continue;
            }
            Descriptor descriptor{.media_type = std::string(media::oci_manifest),
                                  .digest = digest,
                                  .size = blob->size};
            if (stored.image.repo_tags.empty()) {
                manifests.push_back(descriptor);
            }
            for (const std::string& tag : stored.image.repo_tags) {
                descriptor.annotations["org.opencontainers.image.ref.name"] = tag;
                manifests.push_back(descriptor);
            }
        }
    }
    const std::string path = content_.layout().images() + "/index.json";
    const auto written = os::replace_file(path, write_index(manifests), false);
    if (!written) {
        log::warn("{}", written.error().message());
    }
}

}  // namespace wherry::images
