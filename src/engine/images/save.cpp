#include "engine/images/save.hpp"

#include <fcntl.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "codec/archive/tar.hpp"
#include "codec/json/value.hpp"
#include "engine/images/manifest.hpp"
#include "files/body.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

constexpr std::uint32_t file_mode = 0644;

std::string path_of(std::string_view digest) {
    const auto parts = text::cut(digest, ":");
    return "blobs/sha256/" + std::string(parts ? parts->second : digest);
}

/// One image of the archive, with the names that it was asked for by.
struct Picked {
    const StoredImage* stored = nullptr;
    std::vector<api::Reference> names;
    Descriptor manifest;
    std::vector<std::string> layers;  ///< paths in the archive
};

Result<> find_manifest(const Content& content, Picked& picked) {
    for (const std::string& digest : picked.stored->manifests) {
        const BlobRef blob = content.find_blob(digest);
        const auto text = os::read_file(content.layout().blob(digest));
        if (!blob || !text) {
            continue;
        }
        const auto parsed = parse_manifest(*text, media::oci_manifest);
        const Manifest* manifest = parsed ? std::get_if<Manifest>(&*parsed) : nullptr;
        if (manifest == nullptr || manifest->config.digest != picked.stored->image.id) {
            continue;
        }
        const bool complete = std::ranges::all_of(manifest->layers, [&](const Descriptor& layer) {
            return content.find_blob(layer.digest) != nullptr;
        });
        if (!complete) {
            continue;
        }
        const auto document = json::Value::parse(*text);
        const std::string type = document ? document->text("mediaType") : "";
        picked.manifest = {.media_type = type.empty() ? std::string(media::oci_manifest) : type,
                           .digest = digest,
                           .size = blob->size};
        for (const Descriptor& layer : manifest->layers) {
            picked.layers.push_back(path_of(layer.digest));
        }
        return {};
    }
    return fail(ErrorKind::unsupported,
                "the compressed layers of {} were discarded, it cannot be saved",
                picked.stored->image.id);
}

void add_blobs(const Content& content, const Picked& picked, SavePlan& plan) {
    const auto add = [&](std::string_view digest) {
        BlobRef blob = content.find_blob(digest);
        if (blob && std::ranges::find(plan.blobs, blob) == plan.blobs.end()) {
            plan.blobs.push_back(std::move(blob));
        }
    };
    add(picked.manifest.digest);
    add(picked.stored->image.id);
    for (const std::string& path : picked.layers) {
        add("sha256:" + path.substr(path.rfind('/') + 1));
    }
}

std::vector<Descriptor> index_entries(const Picked& picked) {
    std::vector<Descriptor> out;
    if (picked.names.empty()) {
        out.push_back(picked.manifest);
    }
    for (const api::Reference& name : picked.names) {
        Descriptor descriptor = picked.manifest;
        descriptor.annotations = {{"io.containerd.image.name", name.canonical()},
                                  {"org.opencontainers.image.ref.name", name.tag}};
        out.push_back(std::move(descriptor));
    }
    return out;
}

json::Value saved_json(const Picked& picked) {
    json::Array tags;
    for (const api::Reference& name : picked.names) {
        tags.emplace_back(name.familiar());
    }
    json::Array layers;
    for (const std::string& path : picked.layers) {
        layers.emplace_back(path);
    }
    json::Value out;
    out.set("Config", path_of(picked.stored->image.id));
    out.set("RepoTags", tags.empty() ? json::Value() : json::Value(std::move(tags)));
    out.set("Layers", std::move(layers));
    return out;
}

Result<std::map<std::string, Picked>> pick(const Parts& parts,
                                           const std::vector<std::string>& names) {
    std::map<std::string, Picked> picked;
    for (const std::string& name : names) {
        const auto found = parts.catalog.get(name);
        if (!found && found.error().kind() == ErrorKind::not_found) {
            return fail(ErrorKind::not_found, "No such image: {}", name);  // no tag added, here
        }
        TRY(const StoredImage* stored, found);
        Picked& one = picked[stored->image.id];
        one.stored = stored;
        auto parsed = api::Reference::parse(name);
        if (!parsed) {
            continue;  // an id
        }
        // A name alone takes all its tags, as the reference does.
        for (const api::Reference& known : parts.catalog.references_of(stored->image.id)) {
            const bool asked = parsed->tag.empty() || parsed->tag == known.tag;
            if (known.digest.empty() && known.repository() == parsed->repository() && asked &&
                std::ranges::find(one.names, known) == one.names.end()) {
                one.names.push_back(known);
            }
        }
    }
    return picked;
}

/// Blocks; for a pool thread.
Result<> write_save(const SavePlan& plan, const store::Layout& layout, archive::ByteSink& sink) {
    archive::TarWriter tar(sink);
    for (const BlobRef& blob : plan.blobs) {
        const archive::Entry entry{
            .path = path_of(blob->digest), .mode = file_mode, .size = blob->size};
        TRY(const auto file, os::open(layout.blob(blob->digest), O_RDONLY));
        CHECK_OK(tar.add_file(entry, file.get()));
    }
    for (const SavePlan::Text& text : plan.texts) {
        CHECK_OK(tar.add_file({.path = text.path, .mode = file_mode}, text.content));
    }
    return tar.finish();
}

}  // namespace

Result<SavePlan> prepare_save(const Parts& parts, const std::vector<std::string>& names) {
    TRY(auto picked, pick(parts, names));
    SavePlan plan;
    std::vector<Descriptor> index;
    json::Array saved;
    for (auto& [id, one] : picked) {
        CHECK_OK(find_manifest(parts.content, one));
        add_blobs(parts.content, one, plan);
        const auto entries = index_entries(one);
        index.insert(index.end(), entries.begin(), entries.end());
        saved.push_back(saved_json(one));
        plan.events.push_back(image_event("save", id, id, &one.stored->image));
    }
    plan.texts = {{.path = "index.json", .content = write_index(index)},
                  {.path = "manifest.json", .content = json::Value(std::move(saved)).dump()},
                  {.path = "oci-layout", .content = "{\"imageLayoutVersion\":\"1.0.0\"}"}};
    return plan;
}

Task<Result<>> run_save(Parts& parts, SavePlan plan, http::BodyWriter& out) {
    const store::Layout layout = parts.content.layout();
    http::BlockingBody produce = [&plan, &layout](http::BlockingWriter& writer) {
        files::BodySink sink(writer);
        return write_save(plan, layout, sink);
    };
    const http::StreamBody body = http::blocking_body(parts.bodies, std::move(produce));
    CO_CHECK_OK(co_await body(out));
    store::Batch batch;
    batch.events = std::move(plan.events);
    co_return co_await parts.store.commit(std::move(batch), store::Durability::relaxed);
}

}  // namespace wherry::images
