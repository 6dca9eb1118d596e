#include "engine/images/layer_job.hpp"

#include <fcntl.h>

#include "base/fault.hpp"
#include "base/log.hpp"
#include "base/scope_guard.hpp"
#include "engine/images/unpack.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

// Runs on the pool.
Result<UnpackedLayer> unpack_file(const std::string& blob, const std::string& folder,
                                  JobState& state) {
    TRY(const auto fd, os::open(blob, O_RDONLY));
    archive::FdSource file(fd.get());
    JobSource source(file, state);
    return unpack_layer(source, folder);
}

}  // namespace

Task<Result<LayerRef>> make_layer(Parts& parts, BlobRef blob, LayerOrder order,
                                  Progress& progress) {
    const std::string key = order.chain_id.empty() ? blob->digest : order.chain_id;
    CO_TRY(const auto lock, co_await parts.layer_locks.lock(key));
    if (LayerRef known = parts.content.find_layer(order.chain_id)) {
        co_return known;
    }
    const std::string name = parts.content.new_layer_name();
    const std::string folder = parts.content.layout().layer(name);
    const auto discard = on_exit([&]() noexcept {
        if (!parts.content.has_layer_name(name)) {
            const auto taken = parts.trash.take(folder);
            if (!taken) {
                log::warn("layer={} left behind: {}", name, taken.error().message());
            }
        }
    });
    auto state = std::make_shared<JobState>();
    const auto told = progress.track(order.status, order.label, state, blob->size);
    const std::string path = parts.content.layout().blob(blob->digest);
    const auto unpack = [path, folder, state]() { return unpack_file(path, folder, *state); };
    auto unpacked = co_await run_job(parts.pool, state, unpack);
    if (!unpacked) {
        co_return std::move(unpacked).error().in("failed to register layer");
    }
    if (!order.diff_id.empty() && unpacked->diff_id != order.diff_id) {
        co_return fail(ErrorKind::internal,
                       "failed to register layer: layers from manifest don't match image "
                       "configuration");
    }
    const std::string chain = order.chain_id.empty() ? unpacked->diff_id : order.chain_id;
    if (LayerRef known = parts.content.find_layer(chain)) {
        co_return known;  // the same content came in by another way
    }
    fault_point("image.unpacked");
    LayerInfo layer{.name = name,
                    .chain_id = chain,
                    .diff_id = std::move(unpacked->diff_id),
                    .size = unpacked->size};
    co_return parts.content.hold_layer(std::move(layer));
}

}  // namespace wherry::images
