#include "codec/archive/libarchive.hpp"

#include <cerrno>

#include "codec/archive/codecs.hpp"

namespace wherry::archive::detail {

namespace {

constexpr std::size_t feed_bytes = 128 * 1024;

locale_t c_locale() noexcept {
    // Made once, kept for the life of the process.
    static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C", nullptr);
    return locale;
}

class ByLibarchive final : public ByteSource {
  public:
    explicit ByLibarchive(ByteSource& source) : feed_(source), reader_(archive_read_new()) {}

    Result<> open() {
        archive_read_support_filter_bzip2(reader_.get());
        archive_read_support_filter_xz(reader_.get());
        archive_read_support_format_raw(reader_.get());
        ::archive_entry* entry = nullptr;
        if (feed_.open(reader_.get()) != ARCHIVE_OK ||
            archive_read_next_header(reader_.get(), &entry) != ARCHIVE_OK) {
            return feed_.error(reader_.get(), "decompress");
        }
        return {};
    }

    Result<std::size_t> read(std::span<char> buffer) override {
        const auto got = archive_read_data(reader_.get(), buffer.data(), buffer.size());
        if (got < 0) {
            return feed_.error(reader_.get(), "decompress");
        }
        return static_cast<std::size_t>(got);
    }

  private:
    Feed feed_;
    Reader reader_;
};

}  // namespace

BytesScope::BytesScope() noexcept
    : before_(c_locale() != nullptr ? ::uselocale(c_locale()) : nullptr) {}

BytesScope::~BytesScope() {
    if (before_ != nullptr) {
        ::uselocale(before_);
    }
}

Error failure(::archive* handle, std::string_view what) {
    const char* text = archive_error_string(handle);
    const std::string_view reason = text != nullptr ? text : "unknown failure";
    if (reason == "Unrecognized archive format") {
        return fail(ErrorKind::invalid, "{}: invalid tar header", what);
    }
    if (reason.starts_with("Truncated ")) {
        return {ErrorKind::invalid, "unexpected EOF"};  // as the reference says it
    }
    return fail(ErrorKind::invalid, "{}: {}", what, reason);
}

Feed::Feed(ByteSource& source) : source_(source), buffer_(feed_bytes) {}

int Feed::open(::archive* reader) {
    return archive_read_open(reader, this, nullptr, &Feed::read, nullptr);
}

la_ssize_t Feed::read(::archive* handle, void* self, const void** buffer) {
    auto& feed = *static_cast<Feed*>(self);
    auto got = feed.source_.read(feed.buffer_);
    if (!got) {
        archive_set_error(handle, EIO, "%s", got.error().message().c_str());
        feed.error_ = std::move(got).error();
        return -1;
    }
    *buffer = feed.buffer_.data();
    return static_cast<la_ssize_t>(*got);
}

Error Feed::error(::archive* handle, std::string_view what) const {
    return error_ ? *error_ : failure(handle, what);
}

Result<std::unique_ptr<ByteSource>> decompress_by_libarchive(ByteSource& source) {
    auto stream = std::make_unique<ByLibarchive>(source);
    CHECK_OK(stream->open());
    return std::unique_ptr<ByteSource>(std::move(stream));
}

}  // namespace wherry::archive::detail
