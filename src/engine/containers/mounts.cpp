#include "engine/containers/mounts.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

Error invalid(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

/// The reference does not type these errors.
Error bad_bind(std::string_view spec, std::string_view why) {
    return fail(ErrorKind::internal, "invalid volume specification: '{}': {}", spec, why);
}

/// "/a//b/../c/" as "/a/c"; relative texts stay as they are.
std::string clean(std::string_view path) {
    if (!path.starts_with('/')) {
        return std::string(path);
    }
    std::vector<std::string> parts;
    for (const std::string_view part : text::split(path, '/')) {
        if (part == "..") {
            if (!parts.empty()) {
                parts.pop_back();
            }
        } else if (!part.empty() && part != ".") {
            parts.emplace_back(part);
        }
    }
    return "/" + text::join(parts, "/");
}

constexpr std::array propagations = {"private", "rprivate", "shared", "rshared", "slave", "rslave"};

/// One word of a bind's mode; false if it is none.
bool take_mode(MountRecord& mount, std::string_view word) {
    if (word == "ro" || word == "rw") {
        mount.rw = word == "rw";
        return true;
    }
    if (std::ranges::find(propagations, word) != propagations.end()) {
        mount.propagation = word;
        return mount.type == "bind";
    }
    if (word == "nocopy") {
        mount.copy_up = false;
        return mount.type == "volume";
    }
    return word == "z" || word == "Z" || word == "consistent" || word == "cached" ||
           word == "delegated";
}

Result<> check_target(std::string_view spec, const MountRecord& mount) {
    if (!mount.destination.starts_with('/')) {
        return bad_bind(spec, text::format("invalid mount config for type \"{}\": invalid mount "
                                           "path: '{}' mount path must be absolute",
                                           mount.type, mount.destination));
    }
    if (mount.destination == "/") {
        return bad_bind(spec, text::format("invalid mount config for type \"{}\": invalid "
                                           "specification: destination can't be '/'",
                                           mount.type));
    }
    return {};
}

void make_volume(MountRecord& mount) {
    mount.type = "volume";
    mount.driver = "local";
    mount.mode = "z";
    mount.copy_up = true;
}

}  // namespace

Result<MountRecord> parse_bind(std::string_view spec) {
    const auto parts = text::split(spec, ':');
    if (parts.size() > 3 || parts.front().empty() ||
        std::ranges::any_of(parts, [](auto part) { return part.empty(); })) {
        return bad_bind(spec, "invalid format");
    }
    MountRecord mount;
    mount.rw = true;
    if (parts.size() == 1) {
        make_volume(mount);
        mount.anonymous = true;
        mount.destination = clean(parts[0]);
        CHECK_OK(check_target(spec, mount));
        return mount;
    }
    if (parts[0].starts_with('/')) {
        mount.type = "bind";
        mount.source = clean(parts[0]);
        mount.propagation = "rprivate";
        mount.create_source = true;
    } else {
        make_volume(mount);
        mount.name = parts[0];
    }
    mount.destination = clean(parts[1]);
    if (parts.size() == 3) {
        mount.mode = parts[2];
        for (const std::string_view word : text::split(parts[2], ',')) {
            if (!take_mode(mount, word)) {
                return fail(ErrorKind::internal, "invalid mode: {}", parts[2]);
            }
        }
    }
    CHECK_OK(check_target(spec, mount));
    return mount;
}

namespace {

Error bad_mount(const api::Mount& mount, std::string_view why) {
    return fail(ErrorKind::invalid, "invalid mount config for type \"{}\": {}", mount.type, why);
}

Result<> check_options(const api::Mount& mount) {
    if (mount.bind_options && mount.type != "bind") {
        return bad_mount(mount, "field BindOptions must not be specified");
    }
    if (mount.volume_options && mount.type != "volume") {
        return bad_mount(mount, "field VolumeOptions must not be specified");
    }
    if (mount.tmpfs_options && mount.type != "tmpfs") {
        return bad_mount(mount, "field TmpfsOptions must not be specified");
    }
    return {};
}

Result<> put_bind(MountRecord& out, const api::Mount& mount) {
    if (mount.source.empty()) {
        return bad_mount(mount, "field Source must not be empty");
    }
    if (!mount.source.starts_with('/')) {
        return bad_mount(mount, text::format("invalid mount path: '{}' mount path must be absolute",
                                             mount.source));
    }
    out.source = clean(mount.source);
    out.propagation = "rprivate";
    if (mount.bind_options) {
        const auto& options = *mount.bind_options;
        if (!options.propagation.empty()) {
            if (std::ranges::find(propagations, options.propagation) == propagations.end()) {
                return bad_mount(mount,
                                 text::format("invalid propagation mode: {}", options.propagation));
            }
            out.propagation = options.propagation;
        }
        out.non_recursive = options.non_recursive;
        out.create_source = options.create_mountpoint.value_or(false);
    }
    if (!out.create_source && !os::exists(out.source)) {
        return bad_mount(mount, text::format("bind source path does not exist: {}", mount.source));
    }
    return {};
}

Result<> put_volume(MountRecord& out, const api::Mount& mount) {
    make_volume(out);
    out.name = mount.source;
    out.anonymous = mount.source.empty();
    if (mount.volume_options) {
        out.copy_up = !mount.volume_options->no_copy;
        out.subpath = mount.volume_options->subpath;
        const auto& config = mount.volume_options->driver_config;
        const std::string driver = config ? config->name : "";
        if (!driver.empty() && driver != "local") {
            return fail(ErrorKind::not_found,
                        "error looking up volume plugin {}: plugin \"{}\" not found", driver,
                        driver);
        }
    }
    if (!out.subpath.empty() && (out.anonymous || out.subpath.starts_with('/'))) {
        return bad_mount(mount, out.anonymous
                                    ? "must not set Subpath when using anonymous volumes"
                                    : "subpath must be a relative path within the volume");
    }
    return {};
}

std::string octal(std::int64_t value) {
    std::string out;
    for (; value > 0; value /= 8) {
        out.insert(out.begin(), static_cast<char>('0' + value % 8));
    }
    return out.empty() ? "0" : out;
}

Result<> put_tmpfs(MountRecord& out, const api::Mount& mount) {
    if (!mount.source.empty()) {
        return bad_mount(mount, "field Source must not be specified");
    }
    out.options = {"noexec", "nosuid", "nodev"};
    if (!mount.tmpfs_options) {
        return {};
    }
    const auto& options = *mount.tmpfs_options;
    if (options.mode != 0) {
        out.options.push_back("mode=" + octal(options.mode));
    }
    if (options.size_bytes != 0) {
        out.options.push_back(text::format("size={}", options.size_bytes));
    }
    for (const auto& option : options.options) {
        if (!option.empty()) {
            out.options.push_back(option.size() > 1 ? option[0] + "=" + option[1] : option[0]);
        }
    }
    return {};
}

}  // namespace

Result<MountRecord> parse_mount(const api::Mount& mount) {
    MountRecord out;
    out.type = mount.type;
    out.rw = !mount.read_only;
    if (mount.type != "bind" && mount.type != "volume" && mount.type != "tmpfs") {
        return mount.type == "image"
                   ? fail(ErrorKind::unsupported, "mounts of type image are not built yet")
                   : bad_mount(mount, "mount type unknown");
    }
    if (mount.target.empty()) {
        return bad_mount(mount, "field Target must not be empty");
    }
    if (!mount.target.starts_with('/')) {
        return bad_mount(mount, text::format("invalid mount path: '{}' mount path must be absolute",
                                             mount.target));
    }
    out.destination = clean(mount.target);
    if (out.destination == "/") {
        return bad_mount(mount, "invalid specification: destination can't be '/'");
    }
    CHECK_OK(check_options(mount));
    if (mount.type == "bind") {
        CHECK_OK(put_bind(out, mount));
    } else if (mount.type == "volume") {
        CHECK_OK(put_volume(out, mount));
    } else {
        CHECK_OK(put_tmpfs(out, mount));
    }
    return out;
}

namespace {

class MountList {
  public:
    /// An asked-for mount replaces one of another container.
    Result<> add(MountRecord mount) {
        const auto at = find(mount.destination);
        if (at != mounts_.end() && asked_.contains(mount.destination)) {
            return invalid("Duplicate mount point: " + mount.destination);
        }
        asked_.emplace(mount.destination, true);
        put(std::move(mount));
        return {};
    }
    void put(MountRecord mount) {
        if (const auto at = find(mount.destination); at != mounts_.end()) {
            *at = std::move(mount);
        } else {
            mounts_.push_back(std::move(mount));
        }
    }
    bool contains(std::string_view target) { return find(target) != mounts_.end(); }
    std::vector<MountRecord> take() { return std::move(mounts_); }

  private:
    std::vector<MountRecord>::iterator find(std::string_view target) {
        return std::ranges::find_if(mounts_,
                                    [&](const auto& one) { return one.destination == target; });
    }

    std::vector<MountRecord> mounts_;
    std::map<std::string, bool> asked_;
};

Result<> add_from(MountList& list, std::string_view spec, const FindMounts& find_mounts) {
    const auto parts = text::cut(spec, ":");
    const std::string_view name = parts ? parts->first : spec;
    const std::string_view mode = parts ? parts->second : "rw";
    if (mode != "ro" && mode != "rw" && mode != "z" && mode != "Z") {
        return fail(ErrorKind::internal, "invalid mode: {}", mode);
    }
    const auto* mounts = find_mounts(name);
    if (mounts == nullptr) {
        return invalid(text::format("No such container: {}", name));
    }
    for (MountRecord mount : *mounts) {
        mount.rw = mount.rw && mode != "ro";
        mount.copy_up = false;
        mount.anonymous = false;
        list.put(std::move(mount));
    }
    return {};
}

}  // namespace

Result<std::vector<MountRecord>> plan_mounts(const api::ContainerConfig& config,
                                             const api::HostConfig& host,
                                             const FindMounts& find_mounts) {
    MountList list;
    for (const std::string& spec : host.volumes_from) {
        CHECK_OK(add_from(list, spec, find_mounts));
    }
    for (const std::string& spec : host.binds) {
        TRY(auto mount, parse_bind(spec));
        CHECK_OK(list.add(std::move(mount)));
    }
    for (const api::Mount& asked : host.mounts) {
        TRY(auto mount, parse_mount(asked));
        CHECK_OK(list.add(std::move(mount)));
    }
    for (const auto& [target, options] : host.tmpfs) {
        if (!target.starts_with('/') || clean(target) == "/") {
            return invalid(
                text::format("invalid mount path: '{}' mount path must be absolute", target));
        }
        if (list.contains(clean(target))) {
            return invalid("Duplicate mount point: " + target);
        }
    }
    for (const auto& [target, empty] : config.volumes) {
        const std::string place = clean(target);
        if (list.contains(place) || host.tmpfs.contains(place)) {
            continue;
        }
        MountRecord mount;
        make_volume(mount);
        mount.mode.clear();
        mount.rw = true;
        mount.anonymous = true;
        mount.destination = place;
        list.put(std::move(mount));
    }
    return list.take();
}

std::vector<PlannedMount> runtime_mounts(const std::vector<MountRecord>& mounts,
                                         const api::HostConfig& host) {
    std::vector<PlannedMount> out;
    for (const MountRecord& mount : mounts) {
        if (mount.type == "tmpfs") {
            PlannedMount planned{"tmpfs", "tmpfs", mount.destination, mount.options};
            planned.options.emplace_back(mount.rw ? "rw" : "ro");
            out.push_back(std::move(planned));
            continue;
        }
        PlannedMount planned{"bind", mount.source, mount.destination, {}};
        if (!mount.subpath.empty()) {
            planned.source += "/" + mount.subpath;
        }
        planned.options.emplace_back(mount.non_recursive ? "bind" : "rbind");
        planned.options.emplace_back(mount.rw ? "rw" : "ro");
        planned.options.push_back(mount.propagation.empty() ? "rprivate" : mount.propagation);
        out.push_back(std::move(planned));
    }
    for (const auto& [target, options] : host.tmpfs) {
        PlannedMount planned{"tmpfs", "tmpfs", clean(target), {"noexec", "nosuid", "nodev"}};
        for (const std::string_view option : text::split(options, ',')) {
            if (!option.empty()) {
                planned.options.emplace_back(option);
            }
        }
        out.push_back(std::move(planned));
    }
    return out;
}

}  // namespace wherry::containers
