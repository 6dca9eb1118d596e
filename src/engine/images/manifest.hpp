// Manifests and lists of manifests, OCI's and Docker's: reading them and choosing a platform. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "api/platform.hpp"
#include "base/result.hpp"
#include "engine/images/oci.hpp"

namespace wherry::images {

namespace media {
inline constexpr std::string_view oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view oci_layer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view oci_layer_gzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view docker_list =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view docker_manifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view docker_config = "application/vnd.docker.container.image.v1+json";
/// What we accept, in a registry's words.
inline constexpr std::string_view accept =
    "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.list.v2+json, "
    "application/vnd.docker.distribution.manifest.v2+json, */*";
}  // namespace media

struct DescriptorPlatform {
    std::string architecture;
    std::string os;
    std::string os_version;
    std::string variant;
};

struct Descriptor {
    std::string media_type;
    std::string digest;
    std::uint64_t size = 0;
    std::optional<DescriptorPlatform> platform;
    std::map<std::string, std::string> annotations;
};

struct Index {
    std::vector<Descriptor> manifests;
};

struct Manifest {
    Descriptor config;
    std::vector<Descriptor> layers;
};

/// Either of them, by what the text says of itself, else by `content_type`. Digests are checked for
/// their form; schema 1 and what is no image are refused.
[[nodiscard]] Result<std::variant<Index, Manifest>> parse_manifest(std::string_view text,
                                                                   std::string_view content_type);
/// Refuses what is no configuration of an image, or has not as many layers as its manifest.
[[nodiscard]] Result<oci::ImageConfig> parse_config(std::string_view text);

/// The manifest that suits the platform best; 404 "no matching manifest for P in the manifest list
/// entries".
[[nodiscard]] Result<Descriptor> choose_manifest(const Index& index,
                                                 const api::PlatformSpec& platform);

/// The text of a manifest made here, for images that came without one.
[[nodiscard]] std::string write_manifest(const Manifest& manifest);
/// index.json of the content store: the manifests with their names.
[[nodiscard]] std::string write_index(const std::vector<Descriptor>& manifests);

}  // namespace wherry::images
