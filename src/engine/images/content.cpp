#include "engine/images/content.hpp"

#include "base/fault.hpp"
#include "base/id.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/images/ingest.hpp"
#include "engine/images/sha256.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::images {

namespace {

void warn_if_failed(const Result<>& done, std::string_view what) {
    if (!done) {
        log::warn("{} error=\"{}\"", what, done.error().message());
    }
}

}  // namespace

Content::Content(const store::Layout& layout, store::Trash& trash)
    : state_(std::make_shared<State>(State{.layout = layout, .trash = trash})) {}

Result<> Content::prepare() {
    const store::Layout& layout = state_->layout;
    TRY(const auto leftovers, os::list_dir(layout.ingest()));
    for (const std::string& name : leftovers) {
        CHECK_OK(os::remove_file(text::format("{}/{}", layout.ingest(), name)));
    }
    // Not written again: an engine starts on a full disk too.
    const std::string marker = layout.images() + "/oci-layout";
    constexpr const char* text = "{\"imageLayoutVersion\":\"1.0.0\"}\n";
    return os::exists(marker) ? Result<>() : os::replace_file(marker, text, false);
}

Result<> Content::sweep() {
    const store::Layout& layout = state_->layout;
    TRY(const auto blobs, os::list_dir(layout.blobs()));
    for (const std::string& hex : blobs) {
        if (!find_blob("sha256:" + hex)) {
            log::info("blob={} removed: no image refers to it", hex);
            CHECK_OK(state_->trash.take(layout.blob(hex)));
        }
    }
    TRY(const auto layers, os::list_dir(layout.layers()));
    for (const std::string& name : layers) {
        if (!state_->layer_names.contains(name)) {
            log::info("layer={} removed: no image refers to it", name);
            CHECK_OK(state_->trash.take(layout.layer(name)));
        }
    }
    return {};
}

BlobRef Content::find_blob(std::string_view digest) const {
    const auto found = state_->blobs.find(std::string(digest));
    return found == state_->blobs.end() ? nullptr : found->second.lock();
}

LayerRef Content::find_layer(std::string_view chain_id) const {
    const auto found = state_->layers.find(std::string(chain_id));
    return found == state_->layers.end() ? nullptr : found->second.lock();
}

Result<BlobRef> Content::keep(Ingest& ingest) {
    BlobInfo blob{.digest = ingest.digest(), .size = ingest.size()};
    CHECK_OK(ingest.commit(state_->layout));
    fault_point("image.blob-kept");
    return hold_blob(std::move(blob));
}

BlobRef Content::hold_blob(BlobInfo blob) {
    if (auto known = find_blob(blob.digest)) {
        return known;
    }
    const std::weak_ptr<State> weak = state_;
    const BlobRef held(new BlobInfo(std::move(blob)), [weak](const BlobInfo* gone) {
        const std::unique_ptr<const BlobInfo> owned(gone);
        if (const auto state = weak.lock()) {
            drop_blob(*state, *owned);
        }
    });
    state_->blobs[held->digest] = held;
    return held;
}

LayerRef Content::hold_layer(LayerInfo layer) {
    const std::weak_ptr<State> weak = state_;
    const LayerRef held(new LayerInfo(std::move(layer)), [weak](const LayerInfo* gone) {
        const std::unique_ptr<const LayerInfo> owned(gone);
        if (const auto state = weak.lock()) {
            drop_layer(*state, *owned);
        }
    });
    state_->layers[held->chain_id] = held;
    ++state_->layer_names[held->name];
    return held;
}

void Content::drop_blob(State& state, const BlobInfo& blob) {
    state.blobs.erase(blob.digest);
    warn_if_failed(state.trash.take(state.layout.blob(blob.digest)), "blob=" + blob.digest);
}

void Content::drop_layer(State& state, const LayerInfo& layer) {
    // The same chain may have been unpacked again meanwhile, under another name.
    if (const auto found = state.layers.find(layer.chain_id);
        found != state.layers.end() && found->second.expired()) {
        state.layers.erase(found);
    }
    state.layer_names.erase(layer.name);
    warn_if_failed(state.trash.take(state.layout.layer(layer.name)), "layer=" + layer.name);
    if (state.told) {
        state.told(layer);
    }
}

std::string Content::new_layer_name() const {
    while (true) {
        std::string name = random_hex(5);
        if (!state_->layer_names.contains(name) && !os::exists(state_->layout.layer(name))) {
            return name;
        }
    }
}

std::vector<std::string> chain_ids(const std::vector<std::string>& diff_ids) {
    std::vector<std::string> chain;
    for (const std::string& diff : diff_ids) {
        chain.push_back(chain.empty() ? diff : sha256(text::format("{} {}", chain.back(), diff)));
    }
    return chain;
}

}  // namespace wherry::images
