#include "engine/containers/mounts.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"

namespace wherry::containers {

std::string clean_path(std::string_view path) {
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

bool is_propagation(std::string_view word) {
    constexpr std::array all = {"private", "rprivate", "shared", "rshared", "slave", "rslave"};
    return std::ranges::find(all, word) != all.end();
}

namespace {

Error invalid(std::string text) {
    return {ErrorKind::invalid, std::move(text)};
}

/// The reference does not type these errors.
Error bad_bind(std::string_view spec, std::string_view why) {
    return fail(ErrorKind::internal, "invalid volume specification: '{}': {}", spec, why);
}

Error bad_bind(std::string_view spec) {
    return fail(ErrorKind::internal, "invalid volume specification: '{}'", spec);
}

/// Which of the exclusive parts of a bind's mode a word is; -1 if none.
int mode_part(std::string_view word) {
    if (word == "ro" || word == "rw") {
        return 0;
    }
    if (is_propagation(word)) {
        return 1;
    }
    if (word == "nocopy") {
        return 2;
    }
    if (word == "z" || word == "Z") {
        return 3;
    }
    return word == "consistent" || word == "cached" || word == "delegated" ? 4 : -1;
}

Result<> take_mode(MountRecord& mount, std::string_view spec, std::string_view mode) {
    std::array<bool, 5> seen{};
    for (const std::string_view word : text::split(mode, ',')) {
        const int part = mode_part(word);
        if (part < 0 || std::exchange(seen[static_cast<std::size_t>(part)], true)) {
            return fail(ErrorKind::internal, "invalid mode: {}", mode);
        }
        if (part == 0) {
            mount.rw = word == "rw";
        } else if (part == 1) {
            mount.propagation = word;
        } else if (part == 2) {
            mount.copy_up = false;
        }
    }
    const auto wrong = [&](const char* field) {
        return bad_bind(spec,
                        text::format("invalid mount config for type \"{}\": field {} must not "
                                     "be specified",
                                     mount.type, field));
    };
    if (seen[1] && mount.type != "bind") {
        return wrong("BindOptions");
    }
    if (seen[2] && mount.type != "volume") {
        return wrong("VolumeOptions");
    }
    return {};
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
        return bad_bind(spec);
    }
    MountRecord mount;
    mount.rw = true;
    if (parts.size() == 1) {
        make_volume(mount);
        mount.anonymous = true;
        mount.destination = clean_path(parts[0]);
        CHECK_OK(check_target(spec, mount));
        return mount;
    }
    if (parts[0].starts_with('/')) {
        mount.type = "bind";
        mount.source = clean_path(parts[0]);
        mount.propagation = "rprivate";
        mount.create_source = true;
    } else {
        make_volume(mount);
        mount.name = parts[0];
    }
    mount.destination = clean_path(parts[1]);
    if (parts.size() == 3) {
        mount.mode = parts[2];
        CHECK_OK(take_mode(mount, spec, parts[2]));
    }
    CHECK_OK(check_target(spec, mount));
    return mount;
}

namespace {

class MountList {
  public:
    /// An asked-for mount replaces one of another container.
    /// `asked` is the destination as it was written.
    Result<> add(MountRecord mount, std::string_view asked) {
        const auto at = find(mount.destination);
        if (at != mounts_.end() && asked_.contains(mount.destination)) {
            return invalid(text::format("Duplicate mount point: {}", asked));
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
    if (spec.empty()) {
        return invalid("volumes-from specification cannot be an empty string");
    }
    const auto parts = text::cut(spec, ":");
    const std::string_view name = parts ? parts->first : spec;
    const std::string_view mode = parts ? parts->second : "rw";
    if (mode != "ro" && mode != "rw" && mode != "z" && mode != "Z") {
        return fail(ErrorKind::invalid, "invalid mode: {}", mode);
    }
    const auto* mounts = find_mounts(name);
    if (mounts == nullptr) {
        return invalid(text::format("No such container: {}", name));
    }
    for (MountRecord mount : *mounts) {
        mount.rw = mount.rw && mode != "ro";
        mount.copy_up = false;
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
        if (mount.type == "volume" && !host.volume_driver.empty()) {
            mount.driver = host.volume_driver;
        }
        const std::string place = mount.destination;
        CHECK_OK(list.add(std::move(mount), place));
    }
    for (const api::Mount& asked : host.mounts) {
        TRY(auto mount, parse_mount(asked));
        CHECK_OK(list.add(std::move(mount), asked.target));
    }
    for (const auto& [target, options] : host.tmpfs) {
        if (!target.starts_with('/')) {
            return invalid(
                text::format("invalid mount path: '{}' mount path must be absolute", target));
        }
        if (clean_path(target) == "/") {
            return invalid("invalid specification: destination can't be '/'");
        }
        if (list.contains(clean_path(target))) {
            return invalid("Duplicate mount point: " + target);
        }
    }
    for (const auto& [target, empty] : config.volumes) {
        const std::string place = clean_path(target);
        if (list.contains(place) || host.tmpfs.contains(place)) {
            continue;
        }
        MountRecord mount;
        make_volume(mount);
        mount.mode.clear();
        if (!host.volume_driver.empty()) {
            mount.driver = host.volume_driver;
        }
        mount.rw = true;
        mount.anonymous = true;
        mount.destination = place;
        list.put(std::move(mount));
    }
    return list.take();
}

}  // namespace wherry::containers
