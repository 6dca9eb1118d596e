#include "engine/images/load_items.hpp"

#include "api/reference.hpp"
#include "base/text.hpp"
#include "codec/json/json.hpp"

namespace wherry::images {

namespace {

constexpr int max_depth = 4;

struct SavedImage {
    std::string config;
    std::vector<std::string> repo_tags;
    std::vector<std::string> layers;
};

template <class Io>
static void fields(Io& io, SavedImage& s) {
    io.field("Config", s.config);
    io.field("RepoTags", s.repo_tags);
    io.field("Layers", s.layers);
}

std::string blob_path(std::string_view digest) {
    constexpr std::string_view prefix = "sha256:";
    return "blobs/sha256/" + std::string(digest.substr(prefix.size()));
}

/// A manifest found below index.json, with the indexes on the way.
struct FoundManifest {
    Manifest manifest;
    std::vector<ArchivedManifest> way;
    std::string name;
};

std::string name_of(const Descriptor& descriptor) {
    for (const char* key : {"io.containerd.image.name", "org.opencontainers.image.ref.name"}) {
        const auto found = descriptor.annotations.find(key);
        // A mere tag ("latest") is no name.
        if (found != descriptor.annotations.end() &&
            found->second.find_first_of(":/") != std::string::npos) {
            return found->second;
        }
    }
    return "";
}

class Walker {
  public:
    explicit Walker(const ImageArchive& archive) : archive_(archive) {}

    /// All manifests that are there; with a platform, one of each index.
    // NOLINTNEXTLINE(misc-no-recursion): max_depth bounds it
    Result<> walk(const Descriptor& descriptor, const api::PlatformSpec* platform,
                  FoundManifest so_far) {
        const std::string path = blob_path(descriptor.digest);
        if (!archive_.has(path) || so_far.way.size() >= max_depth) {
            return {};
        }
        TRY(const std::string text, archive_.text(path));
        auto parsed = parse_manifest(text, descriptor.media_type);
        if (!parsed) {
            return {};  // an artifact that is no image
        }
        const bool is_index = std::holds_alternative<Index>(*parsed);
        so_far.way.push_back({.path = path, .digest = descriptor.digest, .is_index = is_index});
        if (!is_index) {
            so_far.manifest = std::move(std::get<Manifest>(*parsed));
            found.push_back(std::move(so_far));
            return {};
        }
        return walk_index(std::get<Index>(*parsed), platform, so_far);
    }

    // NOLINTNEXTLINE(misc-no-recursion): max_depth bounds it
    Result<> walk_index(const Index& index, const api::PlatformSpec* platform,
                        const FoundManifest& so_far) {
        if (platform != nullptr) {
            TRY(const Descriptor chosen, choose_manifest(index, *platform));
            return walk(chosen, platform, so_far);
        }
        for (const Descriptor& below : index.manifests) {
            CHECK_OK(walk(below, platform, so_far));
        }
        return {};
    }

    std::vector<FoundManifest> found;

  private:
    const ImageArchive& archive_;
};

Result<std::vector<FoundManifest>> manifests_of(const ImageArchive& archive,
                                                const api::PlatformSpec* platform) {
    TRY(const std::string text, archive.text("index.json"));
    TRY(const auto parsed, parse_manifest(text, media::oci_index));
    const Index* top = std::get_if<Index>(&parsed);
    if (top == nullptr) {
        return fail(ErrorKind::invalid, "index.json is no index");
    }
    Walker walker(archive);
    for (const Descriptor& descriptor : top->manifests) {
        FoundManifest start;
        start.name = name_of(descriptor);
        CHECK_OK(walker.walk(descriptor, platform, std::move(start)));
    }
    return std::move(walker.found);
}

Result<std::vector<LoadItem>> docker_items(const ImageArchive& archive) {
    TRY(const std::string text, archive.text("manifest.json"));
    TRY(auto saved, json::decode<std::vector<SavedImage>>(text));
    std::vector<FoundManifest> known;
    if (archive.has("index.json")) {
        auto found = manifests_of(archive, nullptr);
        if (found) {
            known = std::move(*found);
        }
    }
    std::vector<LoadItem> items;
    for (SavedImage& image : saved) {
        LoadItem item{.config_path = std::move(image.config),
                      .layer_paths = std::move(image.layers),
                      .names = std::move(image.repo_tags),
                      .manifests = {}};
        for (FoundManifest& one : known) {
            if (blob_path(one.manifest.config.digest) == item.config_path) {
                item.manifests = one.way;
            }
        }
        items.push_back(std::move(item));
    }
    return items;
}

Result<std::vector<LoadItem>> oci_items(const ImageArchive& archive,
                                        const api::PlatformSpec& platform) {
    TRY(auto found, manifests_of(archive, &platform));
    std::vector<LoadItem> items;
    for (FoundManifest& one : found) {
        LoadItem item;
        item.config_path = blob_path(one.manifest.config.digest);
        for (const Descriptor& layer : one.manifest.layers) {
            item.layer_paths.push_back(blob_path(layer.digest));
        }
        if (!one.name.empty()) {
            item.names.push_back(std::move(one.name));
        }
        item.manifests = std::move(one.way);
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

Result<std::vector<LoadItem>> list_items(const ImageArchive& archive,
                                         const api::PlatformSpec& platform) {
    if (archive.has("manifest.json")) {
        return docker_items(archive);
    }
    if (archive.has("index.json")) {
        return oci_items(archive, platform);
    }
    return fail(ErrorKind::invalid,
                "unrecognized image archive: neither manifest.json nor index.json in it");
}

}  // namespace wherry::images
