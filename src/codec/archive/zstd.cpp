#include <zstd.h>

#include <memory>
#include <vector>

#include "codec/archive/codecs.hpp"

namespace wherry::archive::detail {

namespace {

struct FreeStream {
    void operator()(ZSTD_DStream* stream) const noexcept { ZSTD_freeDStream(stream); }
};

class Unzstd final : public ByteSource {
  public:
    explicit Unzstd(ByteSource& source)
        : source_(source), stream_(ZSTD_createDStream()), buffer_(ZSTD_DStreamInSize()) {}

    Result<std::size_t> read(std::span<char> buffer) override {
        ZSTD_outBuffer out{.dst = buffer.data(), .size = buffer.size(), .pos = 0};
        while (out.pos == 0) {
            if (in_.pos == in_.size && !full_) {
                TRY(const std::size_t got, source_.read(buffer_));
                if (got == 0) {
                    if (!between_) {
                        return fail(ErrorKind::invalid,
                                    "zstd stream ends too early: unexpected EOF");
                    }
                    return std::size_t{0};
                }
                in_ = {.src = buffer_.data(), .size = got, .pos = 0};
            }
            const std::size_t left = ZSTD_decompressStream(stream_.get(), &out, &in_);
            if (ZSTD_isError(left) != 0) {
                return fail(ErrorKind::invalid, "zstd stream is damaged: {}",
                            ZSTD_getErrorName(left));
            }
            between_ = left == 0;
            full_ = out.pos == out.size && !between_;
        }
        return out.pos;
    }

  private:
    ByteSource& source_;
    std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
    std::vector<char> buffer_;
    ZSTD_inBuffer in_{};
    bool between_ = true;  ///< at the border of two frames, where the stream may end
    bool full_ = false;    ///< the last output filled its buffer: more may wait inside
};

}  // namespace

Result<std::unique_ptr<ByteSource>> unzstd(ByteSource& source) {
    return std::unique_ptr<ByteSource>(std::make_unique<Unzstd>(source));
}

}  // namespace wherry::archive::detail
