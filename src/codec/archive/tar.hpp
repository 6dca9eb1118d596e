// Tar streams, entry by entry: ustar, pax and GNU, with extended attributes, sparse files and times
// in nanoseconds. Names and link targets are bytes as they stand in the archive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "codec/archive/source.hpp"

namespace wherry::archive {

enum class EntryType { file, directory, symlink, hardlink, character, block, fifo, other };

struct Entry {
    std::string path;
    EntryType type = EntryType::file;
    std::uint32_t mode = 0;  ///< permission bits with set-id and sticky, without the type
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    std::uint64_t size = 0;  ///< of a file; holes included
    Time mtime{};
    std::string link;  ///< target of a symbolic link, or the path that a hard link shares
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::vector<std::pair<std::string, std::string>> xattrs;
};

class TarReader {
  public:
    /// `source` holds plain tar bytes and must outlive the reader.
    [[nodiscard]] static Result<TarReader> open(ByteSource& source);
    TarReader(TarReader&&) noexcept;
    TarReader& operator=(TarReader&&) noexcept;
    TarReader(const TarReader&) = delete;
    TarReader& operator=(const TarReader&) = delete;
    ~TarReader();

    /// The next entry; nothing at the end. `invalid` where the stream is no tar or is cut off.
    [[nodiscard]] Result<std::optional<Entry>> next();

    /// A piece of the current file's content; what lies between pieces is a hole.
    struct Block {
        std::uint64_t offset = 0;
        std::string_view bytes;  ///< valid until the next call
    };
    /// Nothing at the end of the file.
    [[nodiscard]] Result<std::optional<Block>> next_block();
    /// The current file's content as a text, refused past `limit` bytes.
    [[nodiscard]] Result<std::string> read_text(std::size_t limit);

  private:
    struct State;
    explicit TarReader(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// Writes pax tar, byte for byte as Go's archive/tar does in its PAX format: a header of ustar, and
/// in front of it a pax one for what does not fit.
class TarWriter {
  public:
    /// `sink` must outlive the writer.
    explicit TarWriter(ByteSink& sink) : sink_(&sink) {}

    /// Begins an entry; a file's `size` bytes follow by `write`.
    [[nodiscard]] Result<> add(const Entry& entry);
    [[nodiscard]] Result<> write(std::string_view bytes);
    /// An entry and its content at once.
    [[nodiscard]] Result<> add_file(Entry entry, std::string_view content);
    /// The same with the first `entry.size` bytes of an open file.
    [[nodiscard]] Result<> add_file(const Entry& entry, int file);
    /// The end of the archive; without it the archive is cut off.
    [[nodiscard]] Result<> finish();

  private:
    [[nodiscard]] Result<> pad();

    ByteSink* sink_;
    std::uint64_t left_ = 0;  ///< of the entry's content
    std::size_t padding_ = 0;
};

}  // namespace wherry::archive
