#include <sys/stat.h>

#include <cerrno>

#include "codec/archive/libarchive.hpp"
#include "codec/archive/tar.hpp"

namespace wherry::archive {

namespace {

unsigned file_type(EntryType type) {
    switch (type) {
        case EntryType::directory:
            return AE_IFDIR;
        case EntryType::symlink:
            return AE_IFLNK;
        case EntryType::character:
            return AE_IFCHR;
        case EntryType::block:
            return AE_IFBLK;
        case EntryType::fifo:
            return AE_IFIFO;
        case EntryType::other:
            return AE_IFSOCK;
        case EntryType::file:
        case EntryType::hardlink:
            return AE_IFREG;
    }
    return AE_IFREG;
}

void convert(const Entry& entry, ::archive_entry* out) {
    archive_entry_clear(out);
    archive_entry_copy_pathname(out, entry.path.c_str());
    archive_entry_set_filetype(out, file_type(entry.type));
    archive_entry_set_perm(out, entry.mode);
    archive_entry_set_uid(out, entry.uid);
    archive_entry_set_gid(out, entry.gid);
    const auto since = entry.mtime.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    archive_entry_set_mtime(out, seconds.count(), (since - seconds).count());
    archive_entry_set_size(out,
                           static_cast<la_int64_t>(entry.type == EntryType::file ? entry.size : 0));
    if (entry.type == EntryType::hardlink) {
        archive_entry_copy_hardlink(out, entry.link.c_str());
    } else if (entry.type == EntryType::symlink) {
        archive_entry_copy_symlink(out, entry.link.c_str());
    } else if (entry.type == EntryType::character || entry.type == EntryType::block) {
        archive_entry_set_rdevmajor(out, entry.major);
        archive_entry_set_rdevminor(out, entry.minor);
    }
    for (const auto& [key, value] : entry.xattrs) {
        archive_entry_xattr_add_entry(out, key.c_str(), value.data(), value.size());
    }
}

}  // namespace

struct TarWriter::State {
    explicit State(ByteSink& out)
        : sink(out), writer(archive_write_new()), entry(archive_entry_new()) {}

    static la_ssize_t write(::archive* handle, void* self, const void* data, std::size_t size) {
        auto& state = *static_cast<State*>(self);
        auto written = state.sink.write({static_cast<const char*>(data), size});
        if (!written) {
            archive_set_error(handle, EIO, "%s", written.error().message().c_str());
            state.sink_error = std::move(written).error();
            return -1;
        }
        return static_cast<la_ssize_t>(size);
    }
    [[nodiscard]] Error error() const {
        return sink_error ? *sink_error : detail::failure(writer.get(), "write tar");
    }

    ByteSink& sink;
    std::optional<Error> sink_error;
    detail::Writer writer;
    detail::EntryHandle entry;
};

TarWriter::TarWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
TarWriter::TarWriter(TarWriter&&) noexcept = default;
TarWriter& TarWriter::operator=(TarWriter&&) noexcept = default;
TarWriter::~TarWriter() {
    if (state_ != nullptr) {
        // Frees without writing an end: an archive that was not finished stays cut off.
        archive_write_fail(state_->writer.get());
    }
}

Result<TarWriter> TarWriter::open(ByteSink& sink) {
    const detail::BytesScope bytes_scope;
    auto state = std::make_unique<State>(sink);
    ::archive* writer = state->writer.get();
    archive_write_set_format_pax_restricted(writer);
    archive_write_set_format_option(writer, "pax", "xattrheader", "SCHILY");
    archive_write_set_bytes_per_block(writer, 128 * 1024);
    archive_write_set_bytes_in_last_block(writer, 512);
    if (archive_write_open(writer, state.get(), nullptr, &State::write, nullptr) != ARCHIVE_OK) {
        return state->error();
    }
    return TarWriter(std::move(state));
}

Result<> TarWriter::add(const Entry& entry) {
    const detail::BytesScope bytes_scope;
    convert(entry, state_->entry.get());
    const int status = archive_write_header(state_->writer.get(), state_->entry.get());
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
        return state_->error().in(entry.path);
    }
    return {};
}

Result<> TarWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto put = archive_write_data(state_->writer.get(), bytes.data(), bytes.size());
        if (put < 0) {
            return state_->error();
        }
        if (put == 0) {
            return fail(ErrorKind::internal, "write tar: more bytes than the entry's size");
        }
        bytes.remove_prefix(static_cast<std::size_t>(put));
    }
    return {};
}

Result<> TarWriter::add_file(Entry entry, std::string_view content) {
    entry.size = content.size();
    CHECK_OK(add(entry));
    return write(content);
}

Result<> TarWriter::finish() {
    const detail::BytesScope bytes_scope;
    if (archive_write_close(state_->writer.get()) != ARCHIVE_OK) {
        return state_->error();
    }
    return {};
}

}  // namespace wherry::archive
