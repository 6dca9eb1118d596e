#include "codec/archive/compression.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "codec/archive/codecs.hpp"

namespace wherry::archive {

namespace {

constexpr std::size_t head_bytes = 6;

struct Magic {
    Compression compression;
    std::string_view bytes;
};
constexpr std::array magics = {
    Magic{Compression::gzip, "\x1f\x8b\x08"},
    Magic{Compression::zstd, "\x28\xb5\x2f\xfd"},
    Magic{Compression::bzip2, "BZh"},
    Magic{Compression::xz,
          {"\xfd"
           "7zXZ\0",
           6}},
};

// A source whose first bytes were read already.
class Rewound final : public ByteSource {
  public:
    Rewound(std::string head, ByteSource& rest) : head_(std::move(head)), rest_(rest) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        if (used_ == head_.size()) {
            return rest_.read(buffer);
        }
        const std::size_t size = std::min(buffer.size(), head_.size() - used_);
        std::copy_n(head_.data() + used_, size, buffer.data());
        used_ += size;
        return size;
    }

  private:
    std::string head_;
    std::size_t used_ = 0;
    ByteSource& rest_;
};

// A decompressed stream that owns the source it reads from.
class Owning final : public ByteSource {
  public:
    Owning(std::unique_ptr<ByteSource> below, std::unique_ptr<ByteSource> top)
        : below_(std::move(below)), top_(std::move(top)) {}
    Result<std::size_t> read(std::span<char> buffer) override { return top_->read(buffer); }

  private:
    std::unique_ptr<ByteSource> below_;
    std::unique_ptr<ByteSource> top_;
};

class Plain final : public ByteSource {
  public:
    explicit Plain(ByteSource& source) : source_(source) {}
    Result<std::size_t> read(std::span<char> buffer) override { return source_.read(buffer); }

  private:
    ByteSource& source_;
};

}  // namespace

std::string_view to_string(Compression compression) noexcept {
    switch (compression) {
        case Compression::none:
            return "none";
        case Compression::gzip:
            return "gzip";
        case Compression::zstd:
            return "zstd";
        case Compression::bzip2:
            return "bzip2";
        case Compression::xz:
            return "xz";
    }
    return "unknown";
}

Compression detect_compression(std::string_view head) noexcept {
    for (const Magic& magic : magics) {
        if (head.starts_with(magic.bytes)) {
            return magic.compression;
        }
    }
    return Compression::none;
}

Result<std::unique_ptr<ByteSource>> decompress(ByteSource& source, Compression compression) {
    switch (compression) {
        case Compression::none:
            return std::unique_ptr<ByteSource>(std::make_unique<Plain>(source));
        case Compression::gzip:
            return detail::gunzip(source);
        case Compression::zstd:
            return detail::unzstd(source);
        case Compression::bzip2:
        case Compression::xz:
            return detail::decompress_by_libarchive(source);
    }
    return fail(ErrorKind::internal, "unknown compression");
}

Result<std::unique_ptr<ByteSource>> decompress_any(ByteSource& source) {
    std::string head(head_bytes, '\0');
    std::size_t have = 0;
    while (have < head.size()) {
        TRY(const std::size_t got, source.read({head.data() + have, head.size() - have}));
        if (got == 0) {
            break;
        }
        have += got;
    }
    head.resize(have);
    const Compression compression = detect_compression(head);
    std::unique_ptr<ByteSource> below = std::make_unique<Rewound>(std::move(head), source);
    TRY(auto top, decompress(*below, compression));
    return std::unique_ptr<ByteSource>(std::make_unique<Owning>(std::move(below), std::move(top)));
}

}  // namespace wherry::archive
