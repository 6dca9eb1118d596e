// Copying files out of and into containers. The loop decides which view of the container is used
// and takes down the event; a pool thread opens the view and does the rest by descriptors.
#include "engine/containers/copy.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/text.hpp"
#include "codec/archive/compression.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/root_view.hpp"
#include "engine/containers/user.hpp"
#include "files/body.hpp"
#include "files/tree_archive.hpp"
#include "files/tree_writer.hpp"
#include "os/entry.hpp"

namespace wherry::containers {

namespace {

bool ends_in_dot(std::string_view path) {
    return path == "." || path.ends_with("/.");
}

/// The path from the root, cleaned by its names alone; a slash or dot at its end is kept, since it
/// says that a link there is to be followed.
std::string absolute(std::string_view path) {
    std::vector<std::string> names;
    for (const std::string_view name : text::split(path, '/')) {
        if (name == "..") {
            if (!names.empty()) {
                names.pop_back();
            }
        } else if (!name.empty() && name != ".") {
            names.emplace_back(name);
        }
    }
    std::string out = "/" + text::join(names, "/");
    if (ends_in_dot(path)) {
        out += out.ends_with('/') ? "." : "/.";
    } else if (path.ends_with('/') && !out.ends_with('/')) {
        out += '/';
    }
    return out;
}

/// As Go's filepath.Base.
std::string last_name(std::string_view path) {
    const auto end = path.find_last_not_of('/');
    if (end == std::string_view::npos) {
        return "/";
    }
    path = path.substr(0, end + 1);
    return std::string(path.substr(path.rfind('/') + 1));
}

std::uint32_t go_mode(mode_t mode) {
    struct Bit {
        mode_t type;
        unsigned bit;
    };
    constexpr Bit types[] = {
        {S_IFDIR, 31U}, {S_IFLNK, 27U}, {S_IFBLK, 26U}, {S_IFIFO, 25U}, {S_IFSOCK, 24U}};
    std::uint32_t out = mode & 0777U;
    for (const Bit& one : types) {
        out |= (mode & S_IFMT) == one.type ? 1U << one.bit : 0U;
    }
    out |= S_ISCHR(mode) ? (1U << 26U) | (1U << 21U) : 0U;
    out |= (mode & S_ISUID) != 0 ? 1U << 23U : 0U;
    out |= (mode & S_ISGID) != 0 ? 1U << 22U : 0U;
    out |= (mode & S_ISVTX) != 0 ? 1U << 20U : 0U;
    return out;
}

/// How the container is called in errors, and the path in it.
struct Asked {
    std::string container;
    std::string path;
};

/// 404 for what does not exist, 500 for the rest, which the reference does not type.
Error told(const Error& error, const Asked& asked) {
    if (error.os_error() == ENOENT) {
        return fail(ErrorKind::not_found, "Could not find the file {} in container {}", asked.path,
                    asked.container);
    }
    return error.kind() == ErrorKind::invalid && error.status() == 400
               ? Error(ErrorKind::internal, error.message())
               : error;
}

struct Found {
    os::UniqueFd fd;  ///< O_PATH
    PathStat stat;
};

Result<Found> find_path(const os::RootDir& root, const std::string& path) {
    Found found;
    auto opened = root.open_in(path, O_PATH, os::LastLink::keep);
    if (!opened) {
        return os_failure("lstat", path, opened.error().os_error());
    }
    found.fd = std::move(*opened);
    TRY(const auto facts, os::stat_fd(found.fd.get()));
    found.stat = {.name = last_name(path),
                  .size = facts.st_size,
                  .mode = go_mode(facts.st_mode),
                  .mtime = Time(std::chrono::seconds(facts.st_mtim.tv_sec) +
                                std::chrono::nanoseconds(facts.st_mtim.tv_nsec))};
    if (S_ISLNK(facts.st_mode)) {
        TRY(found.stat.link_target, resolve_links(root, path));
    }
    return found;
}

Result<Found> find_in(const RootView& view, const Asked& asked) {
    auto found = find_path(view.root(), absolute(asked.path));
    return found ? std::move(found) : told(found.error(), asked);
}

Result<PathStat> stat_in_view(const ViewPlan& plan, const Asked& asked) {
    TRY(const auto view, RootView::open(plan));
    TRY(const auto found, find_in(view, asked));
    return found.stat;
}

/// What an archive shows, kept open until it was written.
struct HeldTree {
    RootView view;
    Found found;
};

Result<ArchiveReplyPtr> open_tree(const ViewPlan& plan, const Asked& asked) {
    TRY(auto view, RootView::open(plan));
    TRY(auto found, find_in(view, asked));
    auto reply = std::make_shared<ArchiveReply>();
    reply->stat = found.stat;
    const auto held = std::make_shared<HeldTree>(HeldTree{std::move(view), std::move(found)});
    reply->write = [held](archive::ByteSink& sink) -> Result<> {
        files::TreeArchive tar(sink);
        const std::string& name = held->found.stat.name;
        CHECK_OK(tar.add(held->found.fd.get(), name == "/" ? "" : name));
        return tar.finish();
    };
    return reply;
}

Result<ArchiveReplyPtr> open_whole(const ViewPlan& plan) {
    TRY(auto opened, RootView::open(plan));
    auto reply = std::make_shared<ArchiveReply>();
    const auto view = std::make_shared<RootView>(std::move(opened));
    reply->write = [view](archive::ByteSink& sink) -> Result<> {
        files::TreeArchive tar(sink);
        CHECK_OK(tar.add_content(view->root().fd(), ""));
        return tar.finish();
    };
    return reply;
}

/// What the loop knows of a container that is written to.
struct Extraction {
    ViewPlan view;
    Asked asked;
    ExtractOptions options;
    bool read_only_root = false;
    std::vector<MountRecord> mounts;
    std::string user;
};

bool lies_in(std::string_view path, std::string_view folder) {
    return path.starts_with(folder) &&
           (path.size() == folder.size() || path[folder.size()] == '/' || folder == "/");
}

/// A volume may be written to where the root may not, and the other way round.
Result<> check_writable(const Extraction& plan, const std::string& path) {
    for (const MountRecord& mount : plan.mounts) {
        if (!lies_in(path, mount.destination)) {
            continue;
        }
        return mount.rw ? Result<>()
                        : Result<>(Error(ErrorKind::invalid, "mounted volume is marked read-only"));
    }
    if (plan.read_only_root) {
        return Error(ErrorKind::invalid, "container rootfs is marked read-only");
    }
    return {};
}

Result<files::WriteRules> rules_for(const Extraction& plan, const os::RootDir& root,
                                    const std::string& place) {
    files::WriteRules rules;
    if (plan.options.keep_kinds) {
        rules.keep_kinds_in = place;
    }
    if (plan.options.use_own_user && !plan.user.empty()) {
        TRY(const Identity identity, resolve_user(plan.user, {}, read_user_files(root.fd())));
        rules.owner = files::WriteRules::Owner{.uid = identity.uid, .gid = identity.gid};
    }
    return rules;
}

Result<> write_entries(files::TreeWriter& writer, archive::ByteSource& source) {
    TRY(const auto plain, archive::decompress_any(source));
    TRY(auto tar, archive::TarReader::open(*plain));
    while (true) {
        TRY(auto entry, tar.next());
        if (!entry) {
            break;
        }
        TRY(entry->path, files::clean_entry_path(entry->path));
        if (!entry->path.empty()) {  // the folder itself stays as it is
            CHECK_OK(writer.add(*entry, tar));
        }
    }
    CHECK_OK(writer.finish());
    // What stands behind the end of the archive is the client's to send, and ours to read.
    return archive::drain(source);
}

struct Destination {
    RootView view;
    os::UniqueFd dir;
    std::string path;
};

/// Refusals that have a status of their own come from here as they are.
Result<Destination> open_destination(const Extraction& plan) {
    TRY(auto view, RootView::open(plan.view));
    const std::string asked = absolute(plan.asked.path);
    auto found = view.root().open_in(asked, O_PATH);
    if (!found) {
        return told(os_failure("lstat", asked, found.error().os_error()), plan.asked);
    }
    TRY(const auto facts, os::stat_fd(found->get()));
    if (!S_ISDIR(facts.st_mode)) {
        return Error(ErrorKind::invalid, "extraction point is not a directory");
    }
    TRY(std::string path, resolve_links(view.root(), asked));
    CHECK_OK(check_writable(plan, path));
    return Destination{std::move(view), std::move(*found), std::move(path)};
}

Result<> extract(const Extraction& plan, archive::ByteSource& source) {
    TRY(auto place, open_destination(plan));
    const auto write = [&]() -> Result<> {
        TRY(auto rules, rules_for(plan, place.view.root(), place.path));
        files::TreeWriter writer(os::RootDir(std::move(place.dir)), std::move(rules));
        return write_entries(writer, source);
    };
    auto written = write();
    return written ? Result<>() : told(written.error(), plan.asked);
}

}  // namespace

ViewPlan Containers::plan_view(const Container& container, View kind) const {
    const Record& record = container.record;
    ViewPlan plan;
    plan.container_id = record.id;
    plan.mount_point = layout_.runs();
    if (container.state.alive()) {
        plan.pid = container.state.pid;
        plan.bare = kind == View::layers;
    }
    if (kind != View::layers) {
        for (const MountRecord& mount : record.mounts) {
            if (mount.type == "bind" || mount.type == "volume") {
                plan.mounts.push_back({.source = mount.source,
                                       .subpath = mount.subpath,
                                       .destination = mount.destination,
                                       .read_only = !mount.rw});
            }
        }
    }
    const images::RootFs root = rootfs_of(record);
    plan.overlay.base = root.base;
    plan.overlay.lowers = root.lowers;
    if (kind == View::writable) {
        plan.overlay.upper = layout_.container_upper(record.id);
        // Not the one that runs use: a mount that syncs would find the mark of one that does not.
        plan.overlay.work = layout_.container_view_work(record.id);
        plan.overlay.unsynced = true;
    } else {
        // Read-only, so that it disturbs no overlay that has the same upper layer.
        plan.overlay.lowers.insert(plan.overlay.lowers.begin(), layout_.container_upper(record.id));
    }
    return plan;
}

Task<Result<ContainerPtr>> Containers::get_settled(std::string name) {
    CO_TRY(auto container, catalog_.get(name));
    CO_CHECK_OK(co_await settled(container));
    co_return container;
}

Task<Result<>> Containers::tell(ContainerPtr container, std::string action) {
    store::Batch batch;
    batch.event(event(*container, std::move(action)));
    co_return co_await parts_.store.commit(std::move(batch), store::Durability::relaxed);
}

Task<Result<PathStat>> Containers::stat_path(std::string name, std::string path) {
    CO_TRY(const auto container, co_await get_settled(name));
    Asked asked{.container = std::move(name), .path = std::move(path)};
    const auto work = [plan = plan_view(*container, View::readable), asked = std::move(asked)] {
        return stat_in_view(plan, asked);
    };
    co_return co_await async::blocking(file_pool_, work);
}

Task<Result<ArchiveReplyPtr>> Containers::read_archive(std::string name, std::string path) {
    CO_TRY(const auto container, co_await get_settled(name));
    Asked asked{.container = std::move(name), .path = std::move(path)};
    const auto work = [plan = plan_view(*container, View::readable), asked = std::move(asked)] {
        return open_tree(plan, asked);
    };
    CO_TRY(auto reply, co_await async::blocking(file_pool_, work));
    CO_CHECK_OK(co_await tell(container, "archive-path"));
    co_return reply;
}

Task<Result<ArchiveReplyPtr>> Containers::export_root(std::string name) {
    CO_TRY(const auto container, co_await get_settled(name));
    CO_CHECK_OK(check_allowed(Operation::export_root, container->status(), container->named(name)));
    const auto work = [plan = plan_view(*container, View::layers)] { return open_whole(plan); };
    CO_TRY(auto reply, co_await async::blocking(file_pool_, work));
    CO_CHECK_OK(co_await tell(container, "export"));
    co_return reply;
}

Task<Result<>> Containers::write_archive(std::string name, ExtractOptions options,
                                         http::BodyReader& body) {
    CO_TRY(const auto container, co_await get_settled(name));
    // What does not run must not begin to: two overlays would have the same upper layer.
    std::optional<async::Mutex::Guard> guard;
    if (!container->state.alive()) {
        CO_TRY(auto locked, co_await hold(container));
        if (container->removed) {
            co_return fail(ErrorKind::not_found, "No such container: {}", name);
        }
        if (!container->state.alive()) {
            guard.emplace(std::move(locked));
        }
    }
    const Record& record = container->record;
    Extraction plan{.view = plan_view(*container, View::writable),
                    .asked = {.container = std::move(name), .path = options.path},
                    .options = std::move(options),
                    .read_only_root = record.host.readonly_rootfs,
                    .mounts = record.mounts,
                    .user = record.config.user};
    const auto work = [plan = std::move(plan)](archive::ByteSource& source) {
        return extract(plan, source);
    };
    CO_CHECK_OK(co_await files::with_body(bulk_pool_, body, work));
    co_return co_await tell(container, "extract-to-dir");
}

}  // namespace wherry::containers
