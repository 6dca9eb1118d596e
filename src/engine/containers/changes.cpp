// What a container's own layer changes of its image.
#include <fcntl.h>

#include "engine/containers/containers.hpp"
#include "engine/containers/root_view.hpp"
#include "files/changes.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

Result<std::vector<files::Change>> compare(const ViewPlan& merged, const ViewPlan& lower,
                                           const std::string& upper) {
    TRY(const auto all, RootView::open(merged));
    TRY(const auto below, RootView::open(lower));
    TRY(const auto own, os::open(upper, O_PATH | O_DIRECTORY));
    return files::find_changes(
        {.upper = own.get(), .lower = below.root().fd(), .merged = all.root().fd()});
}

}  // namespace

Task<Result<std::vector<files::Change>>> Containers::changes(std::string name) {
    CO_TRY(const auto container, co_await get_settled(std::move(name)));
    ViewPlan lower{.container_id = container->id(), .mount_point = layout_.runs()};
    const images::RootFs root = rootfs_of(container->record);
    lower.overlay.base = root.base;
    lower.overlay.lowers = root.lowers;
    const auto work = [merged = plan_view(*container, View::layers), lower = std::move(lower),
                       upper = layout_.container_upper(container->id())] {
        return compare(merged, lower, upper);
    };
    co_return co_await async::blocking(file_pool_, work);
}

}  // namespace wherry::containers
