#include "engine/images/entry_manifest.hpp"

#include <fcntl.h>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

char letter(archive::EntryType type) {
    switch (type) {
        case archive::EntryType::file:
            return 'f';
        case archive::EntryType::directory:
            return 'd';
        case archive::EntryType::symlink:
            return 'l';
        case archive::EntryType::hardlink:
            return 'h';
        case archive::EntryType::character:
            return 'c';
        case archive::EntryType::block:
            return 'b';
        case archive::EntryType::fifo:
            return 'p';
        case archive::EntryType::other:
            return '?';
    }
    return '?';
}

}  // namespace

std::string escape_name(std::string_view name) {
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte == '%' || byte == 0x7f) {
            out += '%';
            out += text::hex({&c, 1});
        } else {
            out += c;
        }
    }
    return out;
}

Result<EntryManifest> EntryManifest::create(const std::string& path) {
    TRY(auto fd, os::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600));
    EntryManifest manifest(std::move(fd));
    manifest.buffer_ = "wherry-entries 1\n";
    return manifest;
}

Result<> EntryManifest::add(const archive::Entry& entry, std::uint32_t crc) {
    std::string text = text::format(
        "{} {} {} {} {} {} {} {}", letter(entry.type), entry.mode, entry.uid, entry.gid, entry.size,
        entry.mtime.time_since_epoch().count(), crc, escape_name(entry.path));
    if (!entry.link.empty()) {
        text.append(" ").append(escape_name(entry.link));
    }
    return line(text);
}

Result<> EntryManifest::add_whiteout(const std::string& path) {
    return line(text::format("w 0 0 0 0 0 0 {}", escape_name(path)));
}

Result<> EntryManifest::add_opaque(const std::string& path) {
    return line(text::format("o 0 0 0 0 0 0 {}", escape_name(path)));
}

Result<> EntryManifest::line(std::string_view text) {
    ++count_;
    buffer_.append(text).push_back('\n');
    return buffer_.size() >= buffer_bytes ? flush() : Result<>();
}

Result<> EntryManifest::flush() {
    CHECK_OK(os::write_all(fd_.get(), buffer_));
    buffer_.clear();
    return {};
}

Result<> EntryManifest::finish() {
    buffer_ += text::format("end {}\n", count_);
    return flush();
}

}  // namespace wherry::images
