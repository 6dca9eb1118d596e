#include "engine/images/load.hpp"

#include "base/text.hpp"
#include "engine/images/assemble.hpp"
#include "engine/images/download.hpp"
#include "engine/images/load_items.hpp"
#include "files/body.hpp"

namespace wherry::images {

namespace {

// The archive's file becomes a blob of the store (once: several images may share it).
Task<Result<BlobRef>> keep_blob(Parts& parts, const ImageArchive& archive, std::string path) {
    const auto ingest = archive.find(path);
    if (ingest == nullptr) {
        co_return fail(ErrorKind::invalid, "open {}: no such file or directory", path);
    }
    if (BlobRef known = parts.content.find_blob(ingest->digest())) {
        co_return known;
    }
    co_return parts.content.keep(*ingest);
}

struct LayerPlan {
    std::string path;
    std::string diff_id;
    std::string chain_id;
};

Task<Result<LayerOfBlob>> load_layer(Parts& parts, const ImageArchive& archive, LayerPlan plan,
                                     Progress& progress) {
    LayerOfBlob one;
    one.layer = parts.content.find_layer(plan.chain_id);
    if (one.layer && parts.discard_blobs) {
        co_return one;
    }
    CO_TRY(one.blob, co_await keep_blob(parts, archive, plan.path));
    if (!one.layer) {
        LayerOrder order{.diff_id = plan.diff_id,
                         .chain_id = plan.chain_id,
                         .label = short_digest(plan.diff_id),
                         .status = "Loading layer"};
        CO_TRY(one.layer, co_await make_layer(parts, one.blob, std::move(order), progress));
    }
    co_return one;
}

Task<Result<Assembly>> gather(Parts& parts, const ImageArchive& archive, const LoadItem& item,
                              Progress& progress) {
    Assembly assembly;
    CO_TRY(assembly.config_text, archive.text(item.config_path));
    CO_TRY(const oci::ImageConfig config, parse_config(assembly.config_text));
    const auto& diff_ids = config.rootfs.diff_ids;
    if (diff_ids.size() != item.layer_paths.size()) {
        co_return fail(ErrorKind::invalid,
                       "invalid manifest, layers length mismatch: expected {}, "
                       "got {}",
                       diff_ids.size(), item.layer_paths.size());
    }
    const auto chain = chain_ids(diff_ids);
    for (std::size_t i = 0; i < chain.size(); ++i) {
        LayerPlan plan{.path = item.layer_paths[i], .diff_id = diff_ids[i], .chain_id = chain[i]};
        CO_TRY(LayerOfBlob one, co_await load_layer(parts, archive, std::move(plan), progress));
        assembly.layers.push_back(std::move(one));
    }
    for (const ArchivedManifest& manifest : item.manifests) {
        CO_TRY(BlobRef blob, co_await keep_blob(parts, archive, manifest.path));
        if (blob->digest != manifest.digest) {
            co_return fail(ErrorKind::invalid, "{} does not have the digest that its name says",
                           manifest.path);
        }
        assembly.manifests.push_back(std::move(blob));
        if (!manifest.is_index) {
            assembly.manifest_digests.push_back(manifest.digest);
        }
    }
    co_return assembly;
}

Result<std::vector<api::Reference>> references_of(const std::vector<std::string>& names) {
    std::vector<api::Reference> out;
    for (const std::string& name : names) {
        TRY(const api::Reference reference, api::Reference::parse(name));
        out.push_back(reference.with_default_tag());
    }
    return out;
}

Task<Result<>> load_item(Parts& parts, const ImageArchive& archive, const LoadItem& item,
                         const LoadOptions& options, Progress& progress) {
    CO_TRY(std::vector<api::Reference> names, references_of(item.names));
    NoProgress silent;
    Progress& layers = options.quiet ? static_cast<Progress&>(silent) : progress;
    CO_TRY(Assembly assembly, co_await gather(parts, archive, item, layers));
    CO_TRY(StoredImage stored, co_await assemble(parts, std::move(assembly)));
    const std::string id = stored.image.id;
    CO_CHECK_OK(co_await sync_data(parts));
    std::vector<std::string> loaded;
    for (const api::Reference& name : names) {
        const StoredImage* had = parts.catalog.find_named(name);
        if (had != nullptr && had->image.id != id) {
            progress.stream(
                text::format("The image {} already exists, renaming the old one with "
                             "ID {} to empty string\n",
                             name.familiar(), had->image.id));
        }
        loaded.push_back(text::format("Loaded image: {}\n", name.familiar()));
    }
    if (loaded.empty()) {
        loaded.push_back(text::format("Loaded image ID: {}\n", id));
    }
    std::vector<store::Event> events;
    events.push_back(image_event("load", id, id, &stored.image));
    CO_CHECK_OK(co_await parts.catalog.add(std::move(stored), std::move(names), std::move(events)));
    for (const std::string& line : loaded) {
        progress.stream(line);
    }
    co_return Result<>();
}

}  // namespace

Task<Result<ImageArchive>> receive_archive(Parts& parts, http::BodyReader& body) {
    const store::Layout layout = parts.content.layout();
    const auto read = [layout](archive::ByteSource& source) {
        return ImageArchive::read(source, layout);
    };
    co_return co_await files::with_body(parts.bodies, body, read);
}

Task<Result<>> load_images(Parts& parts, ImageArchive archive, LoadOptions options,
                           Progress& progress) {
    const api::PlatformSpec platform = options.platform.value_or(api::PlatformSpec::host());
    CO_TRY(const std::vector<LoadItem> items, list_items(archive, platform));
    for (const LoadItem& item : items) {
        CO_CHECK_OK(co_await load_item(parts, archive, item, options, progress));
    }
    co_return Result<>();
}

}  // namespace wherry::images
