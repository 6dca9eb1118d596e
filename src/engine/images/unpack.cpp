#include "engine/images/unpack.hpp"

#include "codec/archive/compression.hpp"
#include "codec/archive/tar.hpp"
#include "engine/images/layer_writer.hpp"
#include "engine/images/sha256.hpp"
#include "os/file.hpp"
#include "os/root_dir.hpp"
#include "os/tree.hpp"

namespace wherry::images {

Result<std::size_t> JobSource::read(std::span<char> buffer) {
    if (state_.cancelled.load(std::memory_order_relaxed)) {
        return Error(ErrorKind::cancelled, "context canceled");
    }
    TRY(const std::size_t got, source_.read(buffer));
    state_.done_bytes.fetch_add(got, std::memory_order_relaxed);
    return got;
}

Result<UnpackedLayer> unpack_layer(archive::ByteSource& source, const std::string& folder) {
    const std::string diff = folder + "/diff";
    CHECK_OK(os::make_dirs(diff, 0755));
    TRY(auto root, os::RootDir::open(diff));
    TRY(auto manifest, EntryManifest::create(folder + "/entries"));
    LayerWriter writer(std::move(root), std::move(manifest));
    TRY(auto plain, archive::decompress_any(source));
    DigestSource digest(*plain);
    TRY(auto tar, archive::TarReader::open(digest));
    while (true) {
        TRY(auto entry, tar.next());
        if (!entry) {
            break;
        }
        CHECK_OK(writer.add(std::move(*entry), tar));
    }
    // What stands behind the end of the archive belongs to the digest too.
    CHECK_OK(archive::drain(digest));
    CHECK_OK(writer.finish());
    UnpackedLayer layer{.diff_id = digest.finish(), .size = writer.size()};
    if (writer.replaced()) {
        TRY(layer.size, os::tree_size(diff));
    }
    return layer;
}

}  // namespace wherry::images
