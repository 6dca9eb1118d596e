#include "engine/images/layer_writer.hpp"

#include <sys/stat.h>

#include "os/entry.hpp"

namespace wherry::images {

namespace {

constexpr std::string_view whiteout_prefix = ".wh.";
constexpr std::string_view whiteout_meta_prefix = ".wh..wh.";
constexpr std::string_view opaque_name = ".wh..wh..opq";
constexpr std::uint32_t implied_dir_mode = 0755;

files::WriteRules rules(EntryManifest& manifest) {
    files::WriteRules rules;
    rules.checksums = true;
    rules.implied_dir = [&manifest](const std::string& path) {
        return manifest.add(
            {.path = path, .type = archive::EntryType::directory, .mode = implied_dir_mode}, 0);
    };
    return rules;
}

}  // namespace

LayerWriter::LayerWriter(os::RootDir root, EntryManifest manifest)
    : manifest_(std::move(manifest)), tree_(std::move(root), rules(manifest_)) {}

Result<> LayerWriter::add(archive::Entry entry, archive::TarReader& reader) {
    TRY(entry.path, files::clean_entry_path(entry.path));
    auto done = put(entry, reader);
    if (!done) {
        return std::move(done).error().in("/" + entry.path);
    }
    return {};
}

Result<> LayerWriter::put(const archive::Entry& entry, archive::TarReader& reader) {
    const auto [parent, name] = files::split_path(entry.path);
    if (name == opaque_name) {
        return put_opaque(parent);
    }
    if (entry.path.starts_with(whiteout_meta_prefix) || name.starts_with(whiteout_meta_prefix)) {
        return {};  // AUFS's own bookkeeping in old images
    }
    if (name.starts_with(whiteout_prefix)) {
        return put_whiteout(parent, name.substr(whiteout_prefix.size()));
    }
    TRY(const files::Put put, tree_.add(entry, reader));
    if (put.over_whiteout) {
        TRY(const int folder, tree_.dir(parent));
        CHECK_OK(os::set_xattr(folder, name, "trusted.overlay.opaque", "y"));
    }
    return manifest_.add(entry, put.crc);
}

Result<> LayerWriter::put_whiteout(const std::string& parent, const std::string& hidden) {
    if (hidden.empty() || hidden == "." || hidden == "..") {
        return fail(ErrorKind::invalid, "a whiteout without a name");
    }
    TRY(const int folder, tree_.dir(parent));
    const std::string path = parent.empty() ? hidden : parent + "/" + hidden;
    TRY(const auto present, os::find_entry(folder, hidden));
    // A whiteout speaks of the layers below. What this layer has under that name stays; a folder
    // of it no longer shows what is below.
    if (present && S_ISDIR(present->st_mode)) {
        return put_opaque(path);
    }
    if (!present) {
        CHECK_OK(os::make_node(folder, hidden, S_IFCHR, 0));
    }
    return manifest_.add_whiteout(path);
}

Result<> LayerWriter::put_opaque(const std::string& parent) {
    TRY(const int folder, tree_.dir(parent));
    CHECK_OK(os::set_xattr(folder, ".", "trusted.overlay.opaque", "y"));
    return manifest_.add_opaque(parent);
}

Result<> LayerWriter::finish() {
    CHECK_OK(tree_.finish());
    return manifest_.finish();
}

}  // namespace wherry::images
