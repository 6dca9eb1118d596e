#include "engine/images/manifest.hpp"

#include "api/reference.hpp"
#include "base/text.hpp"
#include "codec/json/json.hpp"
#include "engine/images/oci_json.hpp"

namespace wherry::images {

template <class Io>
static void fields(Io& io, DescriptorPlatform& s) {
    io.field("architecture", s.architecture);
    io.field("os", s.os);
    io.field("os.version", s.os_version, json::Empty::omit);
    io.field("variant", s.variant, json::Empty::omit);
}

template <class Io>
static void fields(Io& io, Descriptor& s) {
    io.field("mediaType", s.media_type);
    io.field("digest", s.digest);
    io.field("size", s.size);
    io.field("annotations", s.annotations, json::Empty::omit);
    io.field("platform", s.platform, json::Empty::omit);
}

namespace {

// Both kinds of document at once: which it is shows when it has been read.
struct Either {
    int schema_version = 0;
    std::string media_type;
    std::optional<Descriptor> config;
    std::optional<std::vector<Descriptor>> layers;
    std::optional<std::vector<Descriptor>> manifests;
};

template <class Io>
static void fields(Io& io, Either& s) {
    io.field("schemaVersion", s.schema_version);
    io.field("mediaType", s.media_type, json::Empty::omit);
    io.field("config", s.config, json::Empty::omit);
    io.field("layers", s.layers, json::Empty::omit);
    io.field("manifests", s.manifests, json::Empty::omit);
}

Result<> check(const Descriptor& descriptor) {
    if (!api::is_digest(descriptor.digest)) {
        return fail(ErrorKind::internal, "invalid manifest: unsupported digest \"{}\"",
                    descriptor.digest);
    }
    return {};
}

bool is_index_type(std::string_view type) {
    return type == media::oci_index || type == media::docker_list;
}

bool suits(const Descriptor& descriptor, const api::PlatformSpec& platform) {
    if (!descriptor.platform) {
        return false;
    }
    const api::PlatformSpec offered{.os = descriptor.platform->os,
                                    .architecture = descriptor.platform->architecture,
                                    .variant = descriptor.platform->variant};
    return offered.normalized() == platform;
}

}  // namespace

Result<std::variant<Index, Manifest>> parse_manifest(std::string_view text,
                                                     std::string_view content_type) {
    auto parsed = json::decode<Either>(text);
    if (!parsed) {
        return fail(ErrorKind::internal, "invalid manifest: {}", parsed.error().message());
    }
    if (parsed->schema_version == 1) {
        return fail(ErrorKind::invalid,
                    "Docker Image Format v1 and Docker Image manifest version 2, schema 1 support "
                    "has been removed");
    }
    const std::string_view type =
        parsed->media_type.empty() ? content_type : std::string_view(parsed->media_type);
    if (parsed->manifests && (is_index_type(type) || !parsed->layers)) {
        for (const Descriptor& descriptor : *parsed->manifests) {
            CHECK_OK(check(descriptor));
        }
        return std::variant<Index, Manifest>(Index{.manifests = std::move(*parsed->manifests)});
    }
    if (!parsed->config || !parsed->layers) {
        return fail(ErrorKind::internal,
                    "unsupported manifest media type and no default available: {}", type);
    }
    CHECK_OK(check(*parsed->config));
    for (const Descriptor& layer : *parsed->layers) {
        CHECK_OK(check(layer));
    }
    return std::variant<Index, Manifest>(
        Manifest{.config = std::move(*parsed->config), .layers = std::move(*parsed->layers)});
}

Result<oci::ImageConfig> parse_config(std::string_view text) {
    auto config = json::decode<oci::ImageConfig>(text);
    if (!config) {
        return fail(ErrorKind::internal, "invalid image configuration: {}",
                    config.error().message());
    }
    for (const std::string& diff : config->rootfs.diff_ids) {
        if (!api::is_digest(diff)) {
            return fail(ErrorKind::internal, "invalid image configuration: diff id \"{}\"", diff);
        }
    }
    return config;
}

Result<Descriptor> choose_manifest(const Index& index, const api::PlatformSpec& platform) {
    for (const api::PlatformSpec& candidate : api::compatible_platforms(platform)) {
        for (const Descriptor& descriptor : index.manifests) {
            if (suits(descriptor, candidate)) {
                return descriptor;
            }
        }
    }
    // An entry without a platform is for whoever asks.
    for (const Descriptor& descriptor : index.manifests) {
        if (!descriptor.platform) {
            return descriptor;
        }
    }
    return fail(ErrorKind::not_found, "no matching manifest for {} in the manifest list entries",
                platform.format());
}

std::string write_manifest(const Manifest& manifest) {
    Either out{.schema_version = 2, .media_type = std::string(media::oci_manifest)};
    out.config = manifest.config;
    out.layers = manifest.layers;
    return json::encode(out);
}

std::string write_index(const std::vector<Descriptor>& manifests) {
    Either out{.schema_version = 2, .media_type = std::string(media::oci_index)};
    out.manifests = manifests;
    return json::encode(out);
}

}  // namespace wherry::images
