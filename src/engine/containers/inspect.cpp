#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/view.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

Task<Result<api::ContainerInspectResponse>> Containers::inspect(std::string name, bool size) {
    CO_TRY(const auto container, catalog_.get(name));
    // A daemon that has just started does not know yet.
    CO_CHECK_OK(co_await settled(container));
    api::ContainerInspectResponse view =
        inspect_view(*container, layout_, settings_.abilities.apparmor);
    view.host_config.links = catalog_.shown_links(container->record);
    if (parts_.images.find_by_id(container->record.image_id) != nullptr) {
        view.graph_driver->data["LowerDir"] = text::join(rootfs_of(container->record).paths(), ":");
    }
    if (size) {
        CO_TRY(const std::int64_t own, co_await own_size(container));
        view.size_rw = own;
        view.size_root_fs = own + image_size(*container);
    }
    co_return view;
}

Task<Result<std::int64_t>> Containers::own_size(ContainerPtr container) {
    const auto count = [folder =
                            layout_.container_upper(container->id())]() -> Result<std::int64_t> {
        TRY(const std::uint64_t bytes, os::tree_size(folder));
        return static_cast<std::int64_t>(bytes);
    };
    co_return co_await async::blocking(file_pool_, count);
}

std::int64_t Containers::image_size(const Container& container) const {
    const images::Image* image = parts_.images.find_by_id(container.record.image_id);
    return image == nullptr ? 0 : static_cast<std::int64_t>(image->size);
}

}  // namespace wherry::containers
