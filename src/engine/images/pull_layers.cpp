#include "engine/images/pull_layers.hpp"

#include <algorithm>

#include "engine/images/layer_job.hpp"
#include "net/async/task_group.hpp"

namespace wherry::images {

namespace {

/// One layer on its way; they live as long as the group of their tasks.
struct Slot {
    Descriptor blob;
    LayerOrder order;
    BlobRef stored;
    LayerRef layer;
    async::Event unpacked;
};

struct Work {
    Parts& parts;
    RegistryClient& registry;
    Progress& progress;
    std::vector<std::unique_ptr<Slot>> slots;
    async::TaskGroup group;
    std::optional<Error> failure;
};

Task<Result<>> pull_layer(Work& work, std::size_t index) {
    Slot& slot = *work.slots[index];
    CO_TRY(slot.stored,
           co_await download_layer(work.parts, work.registry, slot.blob, work.progress));
    if (index > 0) {
        CO_CHECK_OK(co_await work.slots[index - 1]->unpacked.wait());
    }
    CO_TRY(slot.layer, co_await make_layer(work.parts, slot.stored, slot.order, work.progress));
    work.progress.step("Pull complete", slot.order.label);
    slot.unpacked.set();
    co_return Result<>();
}

Task<> pull_layer_of(Work& work, std::size_t index) {
    auto done = co_await pull_layer(work, index);
    if (!done && !work.failure) {
        work.failure = std::move(done).error();
        work.group.cancel();
    }
}

std::unique_ptr<Slot> make_slot(const LayerOrders& orders, std::size_t index,
                                const std::string& chain) {
    auto slot = std::make_unique<Slot>();
    slot->blob = orders.layers[index];
    slot->order = {.diff_id = orders.diff_ids[index],
                   .chain_id = chain,
                   .label = short_digest(orders.layers[index].digest)};
    return slot;
}

}  // namespace

Task<Result<>> pull_layers(Parts& parts, RegistryClient& registry, LayerOrders orders,
                           StoredImage& image, Progress& progress) {
    Work work{.parts = parts,
              .registry = registry,
              .progress = progress,
              .slots = {},
              .group = async::TaskGroup(parts.loop.executor()),
              .failure = std::nullopt};
    const std::vector<std::string> chain = chain_ids(orders.diff_ids);
    for (std::size_t i = 0; i < orders.layers.size(); ++i) {
        work.slots.push_back(make_slot(orders, i, chain[i]));
        Slot& slot = *work.slots.back();
        slot.layer = parts.content.find_layer(chain[i]);
        slot.stored = parts.content.find_blob(slot.blob.digest);
        if (slot.layer) {
            slot.unpacked.set();
        }
    }
    // An image that is there as a whole needs no words about its layers.
    const bool all_there =
        std::ranges::all_of(work.slots, [](const auto& slot) { return slot->layer != nullptr; });
    if (!all_there || parts.catalog.find(image.image.id) == nullptr) {
        for (const auto& slot : work.slots) {
            progress.step(slot->layer ? "Already exists" : "Pulling fs layer", slot->order.label);
        }
    }
    for (std::size_t i = 0; i < work.slots.size(); ++i) {
        if (!work.slots[i]->layer) {
            work.group.spawn(pull_layer_of(work, i));
        }
    }
    co_await work.group.join();
    if (work.failure) {
        co_return *work.failure;
    }
    for (const auto& slot : work.slots) {
        image.layers.push_back(slot->layer);
        image.image.layers.push_back(slot->layer->name);
        image.image.size += slot->layer->size;
        if (slot->stored && !parts.discard_blobs) {
            image.blobs.push_back(slot->stored);
        }
    }
    co_return Result<>();
}

}  // namespace wherry::images
