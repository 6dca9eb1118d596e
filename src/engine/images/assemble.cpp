#include "engine/images/assemble.hpp"

#include <fcntl.h>

#include "codec/archive/compression.hpp"
#include "engine/images/download.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

// Six bytes of a file that was just written: not worth a thread.
std::string layer_media_type(const store::Layout& layout, const BlobInfo& blob) {
    std::string head(6, '\0');
    const auto fd = os::open(layout.blob(blob.digest), O_RDONLY);
    if (fd) {
        archive::FdSource source(fd->get());
        head.resize(source.read(head).value_or(0));
    }
    const archive::Compression compression = archive::detect_compression(head);
    std::string type(media::oci_layer);
    if (compression != archive::Compression::none) {
        type.append("+").append(archive::to_string(compression));
    }
    return type;
}

std::string manifest_text(const store::Layout& layout, const BlobInfo& config,
                          const std::vector<LayerOfBlob>& layers) {
    Manifest manifest;
    manifest.config = {
        .media_type = std::string(media::oci_config), .digest = config.digest, .size = config.size};
    for (const LayerOfBlob& one : layers) {
        manifest.layers.push_back({.media_type = layer_media_type(layout, *one.blob),
                                   .digest = one.blob->digest,
                                   .size = one.blob->size});
    }
    return write_manifest(manifest);
}

}  // namespace

Task<Result<StoredImage>> assemble(Parts& parts, Assembly assembly) {
    StoredImage stored;
    CO_TRY(stored.image.config, parse_config(assembly.config_text));
    CO_TRY(BlobRef config, co_await store_text(parts, assembly.config_text));
    stored.image.id = config->digest;
    bool has_blobs = true;
    for (const LayerOfBlob& one : assembly.layers) {
        stored.layers.push_back(one.layer);
        stored.image.layers.push_back(one.layer->name);
        stored.image.size += one.layer->size;
        has_blobs = has_blobs && one.blob != nullptr;
        if (one.blob && !parts.discard_blobs) {
            stored.blobs.push_back(one.blob);
        }
    }
    stored.blobs.insert(stored.blobs.end(), assembly.manifests.begin(), assembly.manifests.end());
    stored.manifests = std::move(assembly.manifest_digests);
    if (stored.manifests.empty() && has_blobs) {
        std::string text = manifest_text(parts.content.layout(), *config, assembly.layers);
        CO_TRY(BlobRef manifest, co_await store_text(parts, std::move(text)));
        stored.manifests.push_back(manifest->digest);
        stored.blobs.push_back(std::move(manifest));
    }
    stored.blobs.push_back(std::move(config));
    co_return stored;
}

}  // namespace wherry::images
