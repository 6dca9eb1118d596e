// HostConfig.Mounts: each checked and turned into a record.
#include "base/text.hpp"
#include "engine/containers/mounts.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

Error bad_mount(const api::Mount& mount, std::string_view why) {
    return fail(ErrorKind::invalid, "invalid mount config for type \"{}\": {}", mount.type, why);
}

Result<> check_options(const api::Mount& mount) {
    const auto misplaced = [&](const char* field) {
        return fail(ErrorKind::invalid, "{} must not be specified on mount type \"{}\"", field,
                    mount.type);
    };
    if (mount.bind_options && mount.type != "bind") {
        return misplaced("BindOptions");
    }
    if (mount.volume_options && mount.type != "volume") {
        return misplaced("VolumeOptions");
    }
    if (mount.tmpfs_options && mount.type != "tmpfs") {
        return misplaced("TmpfsOptions");
    }
    if (mount.image_options && mount.type != "image") {
        return bad_mount(mount, "field ImageOptions must not be specified");
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
    out.source = clean_path(mount.source);
    out.propagation = "rprivate";
    if (mount.bind_options) {
        const auto& options = *mount.bind_options;
        if (!options.propagation.empty()) {
            if (!is_propagation(options.propagation)) {
                return bad_mount(mount,
                                 text::format("invalid propagation mode: {}", options.propagation));
            }
            out.propagation = options.propagation;
        }
        out.non_recursive = options.non_recursive;
        out.read_only_non_recursive = options.read_only_non_recursive;
        out.read_only_force_recursive = options.read_only_force_recursive;
        out.create_source = options.create_mountpoint.value_or(false);
    }
    if (!out.create_source && !os::exists(out.source)) {
        return bad_mount(mount, text::format("bind source path does not exist: {}", mount.source));
    }
    return {};
}

/// Neither absolute nor out of its volume by "..".
Result<> check_subpath(const api::Mount& mount, const std::string& subpath) {
    const bool leaves = ("/" + subpath + "/").find("/../") != std::string::npos;
    if (subpath.starts_with('/') || leaves) {
        return bad_mount(mount, "subpath must be a relative path within the volume");
    }
    return {};
}

Result<> put_volume(MountRecord& out, const api::Mount& mount) {
    out.driver = "local";
    out.mode = "z";
    out.copy_up = true;
    out.name = mount.source;
    out.anonymous = mount.source.empty();
    if (mount.volume_options) {
        out.copy_up = !mount.volume_options->no_copy;
        out.subpath = mount.volume_options->subpath;
        out.new_labels = mount.volume_options->labels;
        if (const auto& config = mount.volume_options->driver_config) {
            out.driver = config->name.empty() ? out.driver : config->name;
            out.new_options = config->options;
        }
    }
    if (out.anonymous && !out.subpath.empty()) {
        return bad_mount(mount, "must not set Subpath when using anonymous volumes");
    }
    return check_subpath(mount, out.subpath);
}

Result<> put_image(MountRecord& out, const api::Mount& mount) {
    if (mount.source.empty()) {
        return bad_mount(mount, "field Source must not be empty");
    }
    out.name = mount.source;
    out.rw = false;
    out.propagation = "rprivate";
    if (mount.image_options) {
        out.subpath = mount.image_options->subpath;
    }
    return check_subpath(mount, out.subpath);
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
        if (option.empty() || option.size() > 2) {
            return bad_mount(mount, "invalid option array length");
        }
        if (option[0] != "exec" && option[0] != "noexec") {
            return bad_mount(mount, "invalid option: " + option[0]);
        }
        out.options.push_back(option.size() > 1 ? option[0] + "=" + option[1] : option[0]);
    }
    return {};
}

}  // namespace

Result<MountRecord> parse_mount(const api::Mount& mount) {
    MountRecord out;
    out.type = mount.type;
    out.rw = !mount.read_only;
    if (mount.type != "bind" && mount.type != "volume" && mount.type != "tmpfs" &&
        mount.type != "image") {
        return bad_mount(mount, "mount type unknown");
    }
    if (mount.target.empty()) {
        return bad_mount(mount, "field Target must not be empty");
    }
    if (!mount.target.starts_with('/')) {
        return bad_mount(mount, text::format("invalid mount path: '{}' mount path must be absolute",
                                             mount.target));
    }
    out.destination = clean_path(mount.target);
    if (out.destination == "/") {
        return bad_mount(mount, "invalid specification: destination can't be '/'");
    }
    CHECK_OK(check_options(mount));
    if (mount.type == "bind") {
        CHECK_OK(put_bind(out, mount));
    } else if (mount.type == "volume") {
        CHECK_OK(put_volume(out, mount));
    } else if (mount.type == "image") {
        CHECK_OK(put_image(out, mount));
    } else {
        CHECK_OK(put_tmpfs(out, mount));
    }
    return out;
}

}  // namespace wherry::containers
