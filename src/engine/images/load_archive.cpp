#include "engine/images/load_archive.hpp"

#include "codec/archive/compression.hpp"
#include "codec/archive/tar.hpp"
#include "files/tree_writer.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

constexpr int max_links = 8;
constexpr std::size_t max_text_bytes = 16 << 20;
constexpr std::size_t max_files = 100'000;

Result<std::shared_ptr<Ingest>> keep_file(archive::TarReader& tar, const store::Layout& layout) {
    TRY(auto ingest, Ingest::begin(layout));
    while (true) {
        TRY(const auto block, tar.next_block());
        if (!block) {
            (void)ingest.digest();  // and closes the file
            return std::make_shared<Ingest>(std::move(ingest));
        }
        if (block->offset != ingest.size()) {
            return fail(ErrorKind::invalid, "a sparse file in an image archive");
        }
        CHECK_OK(ingest.write(block->bytes));
    }
}

}  // namespace

Result<ImageArchive> ImageArchive::read(archive::ByteSource& source, const store::Layout& layout) {
    ImageArchive out;
    TRY(auto plain, archive::decompress_any(source));
    TRY(auto tar, archive::TarReader::open(*plain));
    while (true) {
        TRY(const auto entry, tar.next());
        if (!entry) {
            break;
        }
        if (out.files_.size() + out.links_.size() > max_files) {
            return fail(ErrorKind::invalid, "too many files in an image archive");
        }
        TRY(const std::string path, files::clean_entry_path(entry->path));
        if (entry->type == archive::EntryType::file) {
            TRY(out.files_[path], keep_file(tar, layout));
        } else if (entry->type == archive::EntryType::symlink) {
            const auto slash = path.rfind('/');
            const std::string folder = slash == path.npos ? "" : path.substr(0, slash + 1);
            TRY(out.links_[path], files::clean_entry_path(folder + entry->link));
        } else if (entry->type == archive::EntryType::hardlink) {
            TRY(out.links_[path], files::clean_entry_path(entry->link));
        }
    }
    CHECK_OK(archive::drain(source));
    return out;
}

std::shared_ptr<Ingest> ImageArchive::find(std::string_view path) const {
    std::string name(path);
    for (int hop = 0; hop < max_links; ++hop) {
        if (const auto file = files_.find(name); file != files_.end()) {
            return file->second;
        }
        const auto link = links_.find(name);
        if (link == links_.end()) {
            return nullptr;
        }
        name = link->second;
    }
    return nullptr;
}

Result<std::string> ImageArchive::text(std::string_view path) const {
    const auto file = find(path);
    if (file == nullptr) {
        return fail(ErrorKind::invalid, "open {}: no such file or directory", path);
    }
    if (file->size() > max_text_bytes) {
        return fail(ErrorKind::invalid, "{} is larger than {} bytes", path, max_text_bytes);
    }
    TRY(const auto fd, file->open());
    return os::read_all(fd.get());
}

}  // namespace wherry::images
