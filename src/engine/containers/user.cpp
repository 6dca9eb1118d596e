#include "engine/containers/user.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "os/entry.hpp"
#include "os/file.hpp"
#include "os/root_dir.hpp"

namespace wherry::containers {

namespace {

constexpr off_t largest_file = 4 << 20;
constexpr std::int64_t largest_id = 2'147'483'647;

std::string read_small(const os::RootDir& root, const std::string& path) {
    // Not blocking, should somebody have put a FIFO there.
    const auto file = root.open_in(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!file) {
        return {};
    }
    const auto facts = os::stat_fd(file->get());
    if (!facts || !S_ISREG(facts->st_mode) || facts->st_size > largest_file) {
        return {};
    }
    auto text = os::read_all(file->get());
    return text ? std::move(*text) : std::string();
}

struct PasswdEntry {
    std::string_view name;
    std::int64_t uid = 0;
    std::int64_t gid = 0;
    std::string_view home;
};

std::optional<PasswdEntry> parse_passwd(std::string_view line) {
    const auto parts = text::split(line, ':');
    if (parts.size() < 4) {
        return std::nullopt;
    }
    const auto uid = text::parse_int(parts[2]);
    const auto gid = text::parse_int(parts[3]);
    if (!uid || !gid) {
        return std::nullopt;
    }
    return PasswdEntry{parts[0], *uid, *gid, parts.size() > 5 ? parts[5] : std::string_view()};
}

/// The user of that name, or else of that number.
std::optional<PasswdEntry> find_user(std::string_view passwd, std::string_view user) {
    const auto number = text::parse_int(user);
    for (const std::string_view line : text::split(passwd, '\n')) {
        const auto entry = parse_passwd(line);
        if (entry && (entry->name == user || (number && entry->uid == *number))) {
            return entry;
        }
    }
    return std::nullopt;
}

struct GroupEntry {
    std::string_view name;
    std::int64_t gid = 0;
    std::vector<std::string_view> members;
};

std::vector<GroupEntry> parse_groups(std::string_view text) {
    std::vector<GroupEntry> out;
    for (const std::string_view line : text::split(text, '\n')) {
        const auto parts = text::split(line, ':');
        const auto gid = parts.size() > 2 ? text::parse_int(parts[2]) : std::nullopt;
        if (gid) {
            out.push_back(
                {parts[0], *gid,
                 parts.size() > 3 ? text::split(parts[3], ',') : std::vector<std::string_view>()});
        }
    }
    return out;
}

Result<std::int64_t> find_group(const std::vector<GroupEntry>& groups, std::string_view name) {
    for (const GroupEntry& group : groups) {
        if (group.name == name) {
            return group.gid;
        }
    }
    const auto number = text::parse_int(name);
    if (number && *number >= 0 && *number <= largest_id) {
        return *number;
    }
    return fail(ErrorKind::internal, "unable to find group {}: no matching entries in group file",
                name);
}

void add_gid(Identity& identity, std::int64_t gid) {
    const auto value = static_cast<std::uint32_t>(gid);
    if (std::ranges::find(identity.additional_gids, value) == identity.additional_gids.end()) {
        identity.additional_gids.push_back(value);
    }
}

}  // namespace

UserFiles read_user_files(int root) {
    auto copy = os::open_at(root, ".", O_PATH | O_DIRECTORY);
    if (!copy) {
        return {};
    }
    const os::RootDir dir(std::move(*copy));
    return {.passwd = read_small(dir, "/etc/passwd"), .group = read_small(dir, "/etc/group")};
}

Result<Identity> resolve_user(std::string_view user, const std::vector<std::string>& extra_groups,
                              const UserFiles& files) {
    const auto parts = text::cut(user, ":");
    std::string_view name = parts ? parts->first : user;
    const std::string_view group_name = parts ? parts->second : std::string_view();
    if (name.empty()) {
        name = "0";
    }
    const auto groups = parse_groups(files.group);
    const auto entry = find_user(files.passwd, name);
    const auto number = text::parse_int(name);
    Identity identity;
    if (entry) {
        identity.uid = static_cast<std::uint32_t>(entry->uid);
        identity.gid = static_cast<std::uint32_t>(entry->gid);
        identity.home = entry->home.empty() ? "/" : std::string(entry->home);
    } else if (number && *number >= 0 && *number <= largest_id) {
        identity.uid = static_cast<std::uint32_t>(*number);
    } else {
        return fail(ErrorKind::internal,
                    "unable to find user {}: no matching entries in passwd file", name);
    }
    if (!group_name.empty()) {
        TRY(const auto gid, find_group(groups, group_name));
        identity.gid = static_cast<std::uint32_t>(gid);
    } else if (entry) {
        for (const GroupEntry& group : groups) {
            if (std::ranges::find(group.members, entry->name) != group.members.end()) {
                add_gid(identity, group.gid);
            }
        }
    }
    for (const std::string& extra : extra_groups) {
        TRY(const auto gid, find_group(groups, extra));
        add_gid(identity, gid);
    }
    return identity;
}

}  // namespace wherry::containers
