// Images with all that can be done to them; one object an engine. Loop thread only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "engine/images/catalog.hpp"
#include "engine/images/images.hpp"
#include "engine/images/import.hpp"
#include "engine/images/load.hpp"
#include "engine/images/progress.hpp"
#include "engine/images/pull.hpp"
#include "engine/images/remove.hpp"
#include "engine/images/save.hpp"

namespace wherry::images {

struct Parts;

struct ImagesConfig {
    RegistryConfig registries;
    bool discard_blobs = false;  ///< compressed layers go once they are unpacked
};

class Images final : public ImageCatalog {
  public:
    /// Reads the records, removes what an interrupted operation left.
    [[nodiscard]] static Result<std::unique_ptr<Images>> open(ImagesConfig config,
                                                              store::Store& store,
                                                              store::Trash& trash,
                                                              async::Loop& loop);
    ~Images() override;
    /// Ends background work; before the destruction.
    [[nodiscard]] Task<> close();

    [[nodiscard]] Result<const Image*> get(std::string_view name) const override;
    [[nodiscard]] const Image* find_by_id(std::string_view id) const noexcept override;
    [[nodiscard]] RootFs rootfs(const Image& image) const override;
    void set_users(const ImageUsers* users) noexcept override;

    [[nodiscard]] const Catalog& catalog() const noexcept;
    [[nodiscard]] std::vector<ImageUsers::Use> users_of(std::string_view id) const;
    /// Where an image's topmost layer lies.
    [[nodiscard]] std::string layer_folder(std::string_view name) const;
    /// Bytes that an image shares with others.
    [[nodiscard]] std::uint64_t shared_size(const StoredImage& image) const;
    /// Bytes of all layers, each once.
    [[nodiscard]] std::uint64_t layers_size() const;

    /// `pull` in two steps: what fails in the first is the request's status.
    [[nodiscard]] Task<Result<PullPlan>> prepare_pull(PullRequest request);
    [[nodiscard]] Task<Result<>> pull(PullPlan plan, Progress& progress);
    /// `load` in two steps: the archive (docker save's or an OCI layout) as it streams by, then
    /// the images in it.
    [[nodiscard]] Task<Result<ImageArchive>> receive(http::BodyReader& body);
    [[nodiscard]] Task<Result<>> load(ImageArchive archive, LoadOptions options,
                                      Progress& progress);
    /// An image of one layer out of a tar; its id.
    [[nodiscard]] Task<Result<std::string>> import(http::BodyReader& body, ImportOptions options);
    /// Images as an archive that `load` takes, their blobs as they came.
    [[nodiscard]] Result<SavePlan> prepare_save(const std::vector<std::string>& names) const;
    [[nodiscard]] Task<Result<>> save(SavePlan plan, http::BodyWriter& out);
    [[nodiscard]] Task<Result<>> tag(std::string name, api::Reference reference);
    [[nodiscard]] Task<Result<std::vector<Removed>>> remove(std::string name,
                                                            RemoveOptions options);
    [[nodiscard]] Task<Result<Pruned>> prune(PruneFilter filter);
    /// Whether a registry takes these credentials; 401 otherwise.
    [[nodiscard]] Task<Result<>> check_login(Credentials credentials);

  private:
    explicit Images(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace wherry::images
