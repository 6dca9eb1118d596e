#include "engine/store/trash.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "os/tree.hpp"

namespace wherry::store {

Trash::Trash(const Layout& layout, const async::Executor& executor)
    : folder_(layout.trash()), pool_("trash", 1), group_(executor) {}

Result<> Trash::recover() {
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
        names_.pop_front();
        const auto remove = [path] { return os::remove_tree(path); };
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
