#include <sys/stat.h>

#include <algorithm>

#include "codec/archive/libarchive.hpp"
#include "codec/archive/tar.hpp"

namespace wherry::archive {

namespace {

EntryType type_of(::archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr) {
        return EntryType::hardlink;
    }
    switch (archive_entry_filetype(entry)) {
        case AE_IFREG:
            return EntryType::file;
        case AE_IFDIR:
            return EntryType::directory;
        case AE_IFLNK:
            return EntryType::symlink;
        case AE_IFCHR:
            return EntryType::character;
        case AE_IFBLK:
            return EntryType::block;
        case AE_IFIFO:
            return EntryType::fifo;
        default:
            return EntryType::other;
    }
}

std::string text_or_empty(const char* text) {
    return text != nullptr ? text : "";
}

void read_xattrs(::archive_entry* from, Entry& entry) {
    archive_entry_xattr_reset(from);
    const char* key = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    while (archive_entry_xattr_next(from, &key, &value, &size) == ARCHIVE_OK) {
        // Some writers give each attribute twice, under two headers.
        const bool seen = std::ranges::any_of(
            entry.xattrs, [&](const auto& known) { return known.first == key; });
        if (!seen) {
            entry.xattrs.emplace_back(key, std::string(static_cast<const char*>(value), size));
        }
    }
}

Entry convert(::archive_entry* from) {
    Entry entry;
    entry.path = text_or_empty(archive_entry_pathname(from));
    entry.type = type_of(from);
    entry.mode = archive_entry_mode(from) & 07777U;
    entry.uid = static_cast<std::uint32_t>(archive_entry_uid(from));
    entry.gid = static_cast<std::uint32_t>(archive_entry_gid(from));
    entry.mtime = Time(std::chrono::seconds(archive_entry_mtime(from)) +
                       std::chrono::nanoseconds(archive_entry_mtime_nsec(from)));
    if (entry.type == EntryType::hardlink) {
        entry.link = text_or_empty(archive_entry_hardlink(from));
    } else if (entry.type == EntryType::symlink) {
        entry.link = text_or_empty(archive_entry_symlink(from));
    } else if (entry.type == EntryType::file) {
        entry.size = static_cast<std::uint64_t>(archive_entry_size(from));
    }
    entry.major = static_cast<std::uint32_t>(archive_entry_rdevmajor(from));
    entry.minor = static_cast<std::uint32_t>(archive_entry_rdevminor(from));
    read_xattrs(from, entry);
    return entry;
}

}  // namespace

struct TarReader::State {
    explicit State(ByteSource& source) : feed(source), reader(archive_read_new()) {}
    detail::Feed feed;
    detail::Reader reader;
};

TarReader::TarReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
TarReader::TarReader(TarReader&&) noexcept = default;
TarReader& TarReader::operator=(TarReader&&) noexcept = default;
TarReader::~TarReader() = default;

Result<TarReader> TarReader::open(ByteSource& source) {
    const detail::BytesScope bytes_scope;
    auto state = std::make_unique<State>(source);
    archive_read_support_filter_none(state->reader.get());
    archive_read_support_format_tar(state->reader.get());
    archive_read_support_format_empty(state->reader.get());
    if (state->feed.open(state->reader.get()) != ARCHIVE_OK) {
        return state->feed.error(state->reader.get(), "archive/tar");
    }
    return TarReader(std::move(state));
}

Result<std::optional<Entry>> TarReader::next() {
    const detail::BytesScope bytes_scope;
    ::archive_entry* entry = nullptr;
    const int status = archive_read_next_header(state_->reader.get(), &entry);
    if (status == ARCHIVE_EOF) {
        return std::optional<Entry>();
    }
    // A warning means that a name could not be converted or an attribute not be read.
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        return state_->feed.error(state_->reader.get(), "archive/tar");
    }
    Entry converted = convert(entry);
    if (converted.path.empty()) {
        return fail(ErrorKind::invalid, "archive/tar: an entry has no name");
    }
    return std::optional(std::move(converted));
}

Result<std::optional<TarReader::Block>> TarReader::next_block() {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int status = archive_read_data_block(state_->reader.get(), &data, &size, &offset);
    if (status == ARCHIVE_EOF) {
        return std::optional<Block>();
    }
    if (status != ARCHIVE_OK) {
        return state_->feed.error(state_->reader.get(), "archive/tar");
    }
    return std::optional(Block{.offset = static_cast<std::uint64_t>(offset),
                               .bytes = {static_cast<const char*>(data), size}});
}

Result<std::string> TarReader::read_text(std::size_t limit) {
    std::string text;
    while (true) {
        TRY(const auto block, next_block());
        if (!block) {
            return text;
        }
        if (block->offset + block->bytes.size() > limit) {
            return fail(ErrorKind::invalid, "archive/tar: a file is larger than {} bytes", limit);
        }
        text.resize(block->offset);
        text.append(block->bytes);
    }
}

}  // namespace wherry::archive
