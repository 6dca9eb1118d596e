#include "engine/containers/root_view.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <deque>

#include "base/text.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"
#include "os/mount.hpp"

namespace wherry::containers {

namespace {

constexpr int most_links = 255;

/// Folders for mounts that no layer has a place for: the lowest layer of the overlay.
constexpr const char* scaffold = "/scaffold";

Result<> make_scaffold(const ViewPlan& plan) {
    const std::string base = plan.mount_point + scaffold;
    CHECK_OK(os::make_dirs(base, 0755));
    for (const ViewMount& mount : plan.mounts) {
        const auto source = os::open(mount.source, O_PATH);
        const auto facts = source ? os::stat_fd(source->get()) : source.error();
        if (facts && S_ISDIR(facts->st_mode)) {
            CHECK_OK(os::make_dirs(base + mount.destination, 0755));
        }
    }
    return {};
}

/// What a mount shows; nothing where that does not exist.
Result<std::optional<os::UniqueFd>> open_source(const ViewMount& mount) {
    auto opened = os::open(mount.source, O_PATH);
    if (opened && !mount.subpath.empty()) {
        const os::RootDir volume(std::move(*opened));
        opened = volume.open_in(mount.subpath, O_PATH);
    }
    if (!opened && opened.error().os_error() == ENOENT) {
        return std::optional<os::UniqueFd>();
    }
    TRY(auto source, std::move(opened));
    return std::optional(std::move(source));
}

Result<> put_mount(const os::RootDir& root, const ViewMount& mount) {
    TRY(const auto source, open_source(mount));
    const auto target = root.open_in(mount.destination, O_PATH);
    if (!source || !target) {
        return {};  // a bind's source that has gone, a file's place that nobody made yet
    }
    CHECK_OK(os::bind_mount(source->get(), target->get()));
    if (mount.read_only) {
        TRY(const auto mounted, root.open_in(mount.destination, O_PATH));
        CHECK_OK(os::make_read_only(mounted.get()));
    }
    return {};
}

}  // namespace

Result<RootView> RootView::open(const ViewPlan& plan) {
    if (plan.pid == 0) {
        return open_layers(plan);
    }
    auto running = open_running(plan);
    const int cause = running ? 0 : running.error().os_error();
    // It has ended a moment ago. Whoever wants to write must first see to it that nothing starts.
    if ((cause == ENOENT || cause == ESRCH) && plan.overlay.upper.empty()) {
        return open_layers(plan);
    }
    return running;
}

Result<RootView> RootView::open_running(const ViewPlan& plan) {
    const auto gone = [&](Error error) {
        return std::move(error).in(
            text::format("the process of container {} has gone", plan.container_id));
    };
    // The folder of the process stays that of this process, even if its number is used again.
    auto process = os::open(text::format("/proc/{}", plan.pid), O_RDONLY | O_DIRECTORY);
    if (!process) {
        return gone(std::move(process).error());
    }
    auto groups = os::open_at(process->get(), "cgroup", O_RDONLY);
    const auto listed = groups ? os::read_all(groups->get()) : Result<std::string>(groups.error());
    if (!listed) {
        return gone(listed.error());
    }
    if (listed->find(plan.container_id) == std::string::npos) {
        return fail(ErrorKind::internal, "process {} is not of container {}", plan.pid,
                    plan.container_id);
    }
    auto mounts = os::open_at(process->get(), "ns/mnt", O_RDONLY);
    if (mounts && plan.bare) {
        TRY(auto bare, os::clone_root_mount(mounts->get()));
        return RootView(std::move(*mounts), os::RootDir(std::move(bare)));
    }
    auto root = os::open_at(process->get(), "root", O_PATH | O_DIRECTORY);
    if (!mounts || !root) {
        return gone(mounts ? std::move(root).error() : std::move(mounts).error());
    }
    return RootView(std::move(*mounts), os::RootDir(std::move(*root)));
}

Result<RootView> RootView::open_layers(const ViewPlan& plan) {
    os::UniqueFd root;
    const auto arrange = [&]() -> Result<> {
        CHECK_OK(os::mount_type("tmpfs", plan.mount_point, "mode=0700"));
        const std::string target = plan.mount_point + "/root";
        CHECK_OK(os::make_dirs(target, 0755));
        os::Overlay overlay = plan.overlay;
        if (!plan.mounts.empty()) {
            CHECK_OK(make_scaffold(plan));
            overlay.lowers.push_back(plan.mount_point + scaffold);
        }
        if (!overlay.work.empty()) {
            CHECK_OK(os::make_dirs(overlay.work));
        }
        CHECK_OK(os::mount_overlay(overlay, target));
        TRY(auto opened, os::open(target, O_PATH | O_DIRECTORY));
        const os::RootDir dir(std::move(opened));
        std::vector<ViewMount> mounts = plan.mounts;
        std::ranges::sort(mounts, {}, &ViewMount::destination);  // outer ones first
        for (const ViewMount& mount : mounts) {
            CHECK_OK(put_mount(dir, mount));
        }
        TRY(root, os::open_at(dir.fd(), ".", O_PATH | O_DIRECTORY));
        return {};
    };
    TRY(auto made, os::make_mount_namespace(arrange));
    return RootView(std::move(made), os::RootDir(std::move(root)));
}

Result<std::string> resolve_links(const os::RootDir& root, std::string_view path) {
    std::deque<std::string> todo;
    const auto push = [&todo](std::string_view more) {
        const auto names = text::split(more, '/');
        todo.insert(todo.begin(), names.begin(), names.end());
    };
    push(path);
    std::vector<std::string> done;
    int links = 0;
    while (!todo.empty()) {
        const std::string name = std::move(todo.front());
        todo.pop_front();
        if (name == "..") {
            if (!done.empty()) {
                done.pop_back();
            }
            continue;
        }
        if (name.empty() || name == ".") {
            continue;
        }
        done.push_back(name);
        const auto found = root.open_in("/" + text::join(done, "/"), O_PATH, os::LastLink::keep);
        const auto facts = found ? os::stat_fd(found->get()) : found.error();
        if (!facts || !S_ISLNK(facts->st_mode)) {
            continue;
        }
        if (++links > most_links) {
            return fail(ErrorKind::internal, "{}: too many links", path);
        }
        TRY(const std::string target, os::read_symlink(found->get()));
        done.pop_back();
        if (target.starts_with('/')) {
            done.clear();
        }
        push(target);
    }
    return "/" + text::join(done, "/");
}

}  // namespace wherry::containers
