// What images are made of: blobs and unpacked layers, each counted by its references. The last
// reference to go sends the files to the trash. Loop thread only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.hpp"
#include "engine/store/layout.hpp"
#include "engine/store/trash.hpp"

namespace wherry::images {

class Ingest;

struct BlobInfo {
    std::string digest;  ///< "sha256:HEX"
    std::uint64_t size = 0;
};

struct LayerInfo {
    std::string name;      ///< of its folder
    std::string chain_id;  ///< digest of it and all below it
    std::string diff_id;
    std::uint64_t size = 0;
};

using BlobRef = std::shared_ptr<const BlobInfo>;
using LayerRef = std::shared_ptr<const LayerInfo>;

class Content {
  public:
    Content(const store::Layout& layout, store::Trash& trash);

    /// Nothing arrives while the engine starts: clears the ingest folder, writes `oci-layout`.
    [[nodiscard]] Result<> prepare();
    /// Removes files and layers that nobody refers to; after all images have been read.
    [[nodiscard]] Result<> sweep();

    /// Null where nobody holds it.
    [[nodiscard]] BlobRef find_blob(std::string_view digest) const;
    [[nodiscard]] LayerRef find_layer(std::string_view chain_id) const;
    /// Puts what has arrived in its place and counts it. One step of the loop, so that no removal
    /// of the same blob comes in between, and nobody who is cancelled leaves a file behind.
    [[nodiscard]] Result<BlobRef> keep(Ingest& ingest);
    /// Counts a blob whose file is in place.
    [[nodiscard]] BlobRef hold_blob(BlobInfo blob);
    /// Counts a layer whose folder is in place.
    [[nodiscard]] LayerRef hold_layer(LayerInfo layer);
    /// A name for a new layer, short because an overlay's options have little room.
    [[nodiscard]] std::string new_layer_name() const;
    [[nodiscard]] bool has_layer_name(const std::string& name) const {
        return state_->layer_names.contains(name);
    }
    /// Told of each layer that has gone, to erase its record.
    void on_layer_gone(std::function<void(const LayerInfo&)> told) {
        state_->told = std::move(told);
    }

    /// The engine ends: references that go from here on leave their files alone.
    void let_go() noexcept { state_.reset(); }

    [[nodiscard]] const store::Layout& layout() const noexcept { return state_->layout; }

  private:
    // Outlived by references when the engine ends: those then leave the files alone.
    struct State {
        store::Layout layout;
        store::Trash& trash;
        std::unordered_map<std::string, std::weak_ptr<const BlobInfo>> blobs;
        std::unordered_map<std::string, std::weak_ptr<const LayerInfo>> layers;
        std::unordered_map<std::string, std::size_t> layer_names;
        std::function<void(const LayerInfo&)> told;
    };
    static void drop_blob(State& state, const BlobInfo& blob);
    static void drop_layer(State& state, const LayerInfo& layer);

    std::shared_ptr<State> state_;
};

/// The chain ids of a list of diff ids, lowest first (image-spec, "Layer ChainID").
[[nodiscard]] std::vector<std::string> chain_ids(const std::vector<std::string>& diff_ids);

}  // namespace wherry::images
