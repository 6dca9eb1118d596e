// The volumes of the engine: records in the store, folders below its data root.
#pragma once

#include <map>
#include <memory>

#include "api/filters.hpp"
#include "engine/store/store.hpp"
#include "engine/store/trash.hpp"
#include "engine/volumes/volumes.hpp"
#include "net/async/mutex.hpp"
#include "net/async/pool.hpp"

namespace wherry::volumes {

class Volumes final : public VolumeCatalog {
  public:
    /// Reads the records. `store` and `trash` outlive the catalogue.
    [[nodiscard]] static Result<std::unique_ptr<Volumes>> open(store::Store& store,
                                                               store::Trash& trash);

    [[nodiscard]] Task<Result<api::Volume>> get_or_create(std::string name) override;
    [[nodiscard]] Task<Result<api::Volume>> create_anonymous(std::string name) override;
    [[nodiscard]] Result<api::Volume> get(std::string_view name) const override;
    [[nodiscard]] Task<Result<>> remove(std::string name) override;
    void set_users(const VolumeUsers* users) noexcept override { users_ = users; }

    /// Idempotent for the same driver; the reference's errors else.
    [[nodiscard]] Task<Result<api::Volume>> create(api::VolumeCreateRequest request) override;
    /// By name; filters: dangling, driver, label, name.
    [[nodiscard]] Result<std::vector<api::Volume>> list(const api::Filters& filters) const;
    /// All of them, with their users counted and their bytes, which a pool thread sums up.
    [[nodiscard]] Task<std::vector<api::Volume>> usage();
    /// Removes what nobody uses; named ones only with `all`. Answers once it is in the trash.
    [[nodiscard]] Task<Result<api::VolumePruneResponse>> prune(api::Filters filters, bool all);

  private:
    Volumes(store::Store& store, store::Trash& trash) : store_(store), trash_(trash) {}

    [[nodiscard]] std::vector<std::string> users_of(std::string_view name) const;
    [[nodiscard]] Task<Result<>> remove_unused(std::string name);

    store::Store& store_;
    store::Trash& trash_;
    const VolumeUsers* users_ = nullptr;
    std::map<std::string, api::Volume, std::less<>> volumes_;
    async::KeyMutex changing_;
    async::Pool pool_{"volumes", 1};
};

}  // namespace wherry::volumes
