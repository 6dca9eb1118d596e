// Images as the rest of the engine sees them: found by name, given as a root file system, kept
// while somebody uses them. The verbs (pull, load, import, tag, remove) are declared beside it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/images/oci.hpp"

namespace wherry::images {

/// An image of the catalogue. `id` is its config's digest ("sha256:HEX").
struct Image {
    std::string id;
    oci::ImageConfig config;
    std::vector<std::string> layers;        ///< names of the unpacked layers, lowest first
    std::vector<std::string> repo_tags;     ///< familiar names, "alpine:latest"
    std::vector<std::string> repo_digests;  ///< "alpine@sha256:…"
    std::uint64_t size = 0;                 ///< bytes of the unpacked layers
};

/// What a container's overlay stands on.
struct RootFs {
    std::string base;                 ///< folder that the lowers are relative to
    std::vector<std::string> lowers;  ///< "NAME/diff", or an absolute path; topmost first

    /// The lowers as absolute paths.
    [[nodiscard]] std::vector<std::string> paths() const {
        std::vector<std::string> out;
        for (const std::string& lower : lowers) {
            out.push_back(lower.starts_with('/') ? lower : base + "/" + lower);
        }
        return out;
    }
};

/// Who uses an image; implemented by the containers, asked before an image is removed.
class ImageUsers {
  public:
    struct Use {
        std::string container_id;
        bool running = false;
    };
    ImageUsers() = default;
    ImageUsers(const ImageUsers&) = delete;
    ImageUsers& operator=(const ImageUsers&) = delete;
    virtual ~ImageUsers() = default;
    [[nodiscard]] virtual std::vector<Use> users_of(std::string_view image_id) const = 0;
};

/// Finds images for others. Loop thread only; pointers hold until the next co_await.
class ImageCatalog {
  public:
    ImageCatalog() = default;
    ImageCatalog(const ImageCatalog&) = delete;
    ImageCatalog& operator=(const ImageCatalog&) = delete;
    virtual ~ImageCatalog() = default;
    /// By name, id or unique prefix of an id; else 404 "No such image: NAME:TAG".
    [[nodiscard]] virtual Result<const Image*> get(std::string_view name) const = 0;
    /// By full id; null when it is gone.
    [[nodiscard]] virtual const Image* find_by_id(std::string_view id) const noexcept = 0;
    [[nodiscard]] virtual RootFs rootfs(const Image& image) const = 0;
    /// Tells the catalogue whom to ask; they must outlive it or be unset with null.
    virtual void set_users(const ImageUsers* users) noexcept = 0;
};

}  // namespace wherry::images
