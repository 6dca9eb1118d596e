#include "engine/containers/copy_up.hpp"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "base/text.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"
#include "os/overlay.hpp"
#include "os/root_dir.hpp"
#include "os/syscall.hpp"
#include "os/tree.hpp"

namespace wherry::containers {

namespace {

constexpr mode_t permission_bits = 07777;
constexpr int deepest = 256;

Time time_of(const struct stat& facts) {
    return Time(std::chrono::seconds(facts.st_mtim.tv_sec) +
                std::chrono::nanoseconds(facts.st_mtim.tv_nsec));
}

Result<> copy_bytes(int from, int to) {
    while (true) {
        TRY(const auto count, os::checked("sendfile", "volume",
                                          [&] { return ::sendfile(to, from, nullptr, 1 << 24); }));
        if (count == 0) {
            return {};
        }
    }
}

Result<> copy_file(int from_dir, int to_dir, const std::string& name, const struct stat& facts) {
    TRY(const auto from, os::open_at(from_dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
    TRY(const auto to, os::open_at(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
    CHECK_OK(copy_bytes(from.get(), to.get()));
    CHECK_OK(os::set_owner(to.get(), facts.st_uid, facts.st_gid));
    CHECK_OK(os::set_mode(to.get(), facts.st_mode & permission_bits));
    return os::set_mtime(to.get(), time_of(facts));
}

Result<> copy_folder(int from, int to, int depth);

Result<> copy_entry(int from_dir, int to_dir, const std::string& name, int depth) {
    TRY(const auto found, os::find_entry(from_dir, name));
    if (!found) {
        return {};
    }
    const struct stat& facts = *found;
    if (S_ISREG(facts.st_mode)) {
        return copy_file(from_dir, to_dir, name, facts);
    }
    if (S_ISLNK(facts.st_mode)) {
        TRY(const auto target, os::read_symlink(from_dir, name));
        CHECK_OK(os::make_symlink(to_dir, name, target));
        return os::set_owner(to_dir, name, facts.st_uid, facts.st_gid);
    }
    if (!S_ISDIR(facts.st_mode)) {
        CHECK_OK(os::make_node(to_dir, name, facts.st_mode, facts.st_rdev));
        CHECK_OK(os::set_owner(to_dir, name, facts.st_uid, facts.st_gid));
        return os::set_mode(to_dir, name, facts.st_mode & permission_bits);
    }
    CHECK_OK(os::make_dir(to_dir, name, 0700));
    TRY(const auto from, os::open_at(from_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    TRY(const auto to, os::open_at(to_dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    return copy_folder(from.get(), to.get(), depth + 1);
}

/// Entries, then the folder's own attributes, since writing changes its time.
Result<> copy_folder(int from, int to, int depth) {
    if (depth > deepest) {
        return fail(ErrorKind::invalid, "folders of the image are nested too deeply for a volume");
    }
    const std::string listing = text::format("/proc/self/fd/{}/.", from);
    TRY(const auto names, os::list_dir(listing));
    for (const std::string& name : names) {
        CHECK_OK(copy_entry(from, to, name, depth));
    }
    TRY(const auto facts, os::stat_fd(from));
    CHECK_OK(os::set_owner(to, facts.st_uid, facts.st_gid));
    CHECK_OK(os::set_mode(to, facts.st_mode & permission_bits));
    return os::set_mtime(to, time_of(facts));
}

}  // namespace

Result<> copy_tree(int root, const std::string& path, const std::string& target) {
    TRY(auto held, os::open_at(root, ".", O_PATH | O_DIRECTORY));
    const os::RootDir dir(std::move(held));
    const auto from = dir.open_in(path, O_RDONLY | O_DIRECTORY);
    if (!from) {
        return {};
    }
    TRY(const auto to, os::open(target, O_RDONLY | O_DIRECTORY));
    return copy_folder(from->get(), to.get(), 0);
}

namespace {

/// An overlay wants two layers.
Result<os::UniqueFd> open_image(const std::vector<std::string>& lowers) {
    if (lowers.size() == 1) {
        return os::open(lowers.front(), O_PATH | O_DIRECTORY);
    }
    return os::make_overlay({.lowers = lowers});
}

Result<bool> is_empty(const std::string& folder) {
    TRY(const auto names, os::list_dir(folder));
    return names.empty();
}

}  // namespace

Result<> make_container_files(const FilesPlan& plan) {
    CHECK_OK(os::make_dirs(plan.folder, 0711));
    CHECK_OK(os::make_dirs(plan.upper));
    CHECK_OK(os::make_dirs(plan.work, 0700));
    if (plan.copies.empty() || plan.lowers.empty()) {
        return {};
    }
    TRY(const auto root, open_image(plan.lowers));
    for (const VolumeCopy& copy : plan.copies) {
        TRY(const bool empty, is_empty(copy.volume));
        if (empty) {
            CHECK_OK(copy_tree(root.get(), copy.path, copy.volume));
        }
    }
    return {};
}

}  // namespace wherry::containers
