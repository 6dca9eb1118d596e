#include "codec/logfile/compressed.hpp"

#include <sys/file.h>
#include <unistd.h>

#include "base/text.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::logfile {

namespace {

// RFC 1952: magic, deflate, FNAME follows, no time, no flags, unix.
constexpr std::string_view member_head("\x1f\x8b\x08\x08\0\0\0\0\0\x03", 10);
constexpr std::string_view name_start = "inode-";
// The empty deflate block, and the checksum and length of nothing.
constexpr std::string_view member_tail("\0\x03\0\0\0\0\0\0\0\0\0", 11);

}  // namespace

std::string origin_member(ino_t inode) {
    return text::format("{}{}{}{}", member_head, name_start, static_cast<std::uint64_t>(inode),
                        member_tail);
}

std::optional<ino_t> origin_of(const std::string& path) {
    const auto fd = os::open(path, O_RDONLY);
    if (!fd) {
        return std::nullopt;
    }
    char buffer[64] = {};
    const auto got = os::retry([&] { return ::pread(fd->get(), buffer, sizeof buffer, 0); });
    std::string_view bytes(buffer, got > 0 ? static_cast<std::size_t>(got) : 0);
    if (!bytes.starts_with(member_head)) {
        return std::nullopt;
    }
    bytes.remove_prefix(member_head.size());
    if (!bytes.starts_with(name_start)) {
        return std::nullopt;
    }
    bytes.remove_prefix(name_start.size());
    return text::parse_int<ino_t>(bytes.substr(0, bytes.find('\0')));
}

Result<os::UniqueFd> lock_folder_of(const std::string& path, bool wait) {
    TRY(auto folder, os::open(path.substr(0, path.rfind('/')), O_RDONLY | O_DIRECTORY));
    CHECK_OK(os::checked("flock", path,
                         [&] { return ::flock(folder.get(), LOCK_EX | (wait ? 0 : LOCK_NB)); }));
    return folder;
}

}  // namespace wherry::logfile
