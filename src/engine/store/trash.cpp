#include "engine/store/trash.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"

namespace wherry::store {

Trash::Trash(const Layout& layout, const async::Executor& executor)
    : Trash(layout.trash(), executor) {}

Trash::Trash(std::string folder, const async::Executor& executor)
    : folder_(std::move(folder)), work_(folder_ + ".work"), pool_("trash", 1), group_(executor) {}

Result<> Trash::recover() {
    CHECK_OK(os::make_dirs(work_, 0700));
    // What was being removed comes back to be taken up like the rest.
    TRY(const auto begun, os::list_dir(work_));
    for (const std::string& name : begun) {
        CHECK_OK(
            os::rename(text::format("{}/{}", work_, name), text::format("{}/{}", folder_, name)));
    }
    TRY(auto names, os::list_dir(folder_));
    names_.insert(names_.end(), names.begin(), names.end());
    wake();
    return {};
}

Result<> Trash::take(const std::string& path) {
    TRY(std::string name, os::move_to_trash(path, folder_));
    if (!name.empty()) {
        names_.push_back(std::move(name));
        wake();
    }
    return {};
}

void Trash::wake() {
    if (!working_ && !names_.empty()) {
        working_ = true;
        group_.spawn(work());
    }
}

Task<> Trash::work() {
    while (!names_.empty()) {
        const std::string path = text::format("{}/{}", folder_, names_.front());
        const std::string gone = text::format("{}/{}", work_, names_.front());
        names_.pop_front();
        // Not within the trash itself: the removal of a folder may wait for the disk, and holds the
        // folder around it meanwhile, so that nothing could be taken.
        const auto remove = [path, gone, work = work_]() -> Result<> {
            CHECK_OK(os::make_dirs(work, 0700));
            CHECK_OK(os::rename(path, gone));
            return os::remove_tree(gone);
        };
        const auto removed = co_await async::blocking(pool_, remove);
        if (!removed && removed.error().kind() == ErrorKind::cancelled) {
            break;
        }
        if (!removed) {
            log::warn("trash path={} error=\"{}\"", path, removed.error().message());
        }
    }
    working_ = false;
    idle_.notify_all();
}

Task<Result<>> Trash::emptied() {
    while (working_) {
        CO_CHECK_OK(co_await idle_.wait());
    }
    co_return Result<>();
}

Task<> Trash::close() {
    group_.cancel();
    co_await group_.join();
}

}  // namespace wherry::store
