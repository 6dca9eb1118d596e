#include "codec/archive/codecs.hpp"
#include "codec/archive/compression.hpp"

#ifdef WHERRY_ISAL
#include <isa-l/igzip_lib.h>
#endif
#include <zlib.h>

#include <cstring>
#include <vector>

namespace wherry::archive {

namespace {

constexpr std::size_t buffer_bytes = 256 * 1024;

Error damaged() {
    return fail(ErrorKind::invalid, "gzip stream is damaged");
}
Error cut_off() {
    return fail(ErrorKind::invalid, "gzip stream ends too early: unexpected EOF");
}

// What both inflaters need: a buffer of input that refills itself.
class Input {
  public:
    explicit Input(ByteSource& source) : source_(source), buffer_(buffer_bytes) {}
    [[nodiscard]] Result<bool> refill() {
        TRY(size_, source_.read(buffer_));
        return size_ > 0;
    }
    [[nodiscard]] unsigned char* data() noexcept {
        return reinterpret_cast<unsigned char*>(buffer_.data());
    }
    [[nodiscard]] std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(size_); }

  private:
    ByteSource& source_;
    std::vector<char> buffer_;
    std::size_t size_ = 0;
};

#ifdef WHERRY_ISAL

class Gunzip final : public ByteSource {
  public:
    explicit Gunzip(ByteSource& source) : input_(source) { start(); }

    Result<std::size_t> read(std::span<char> buffer) override {
        state_.next_out = reinterpret_cast<unsigned char*>(buffer.data());
        state_.avail_out = static_cast<std::uint32_t>(buffer.size());
        while (state_.avail_out == buffer.size()) {
            // A full output buffer may leave more behind without any input left.
            if (state_.avail_in == 0 && !pending_) {
                TRY(const bool more, refill());
                if (!more) {
                    if (!between_) {
                        return cut_off();
                    }
                    return std::size_t{0};
                }
            }
            if (between_) {
                CHECK_OK(next_member());
                continue;
            }
            const int status = isal_inflate(&state_);
            if (status < 0) {
                return damaged();
            }
            pending_ = state_.avail_out == 0;
            between_ = state_.block_state == ISAL_BLOCK_FINISH;
            if (between_) {
                pending_ = false;
            }
        }
        return buffer.size() - state_.avail_out;
    }

  private:
    void start() {
        isal_inflate_init(&state_);
        state_.crc_flag = ISAL_GZIP;
    }
    Result<bool> refill() {
        TRY(const bool more, input_.refill());
        state_.next_in = input_.data();
        state_.avail_in = input_.size();
        return more;
    }
    // Another member may follow, or zeros that some writers pad with.
    Result<> next_member() {
        while (state_.avail_in > 0 && *state_.next_in == 0) {
            ++state_.next_in;
            --state_.avail_in;
        }
        if (state_.avail_in == 0) {
            return {};
        }
        unsigned char* const in = state_.next_in;
        const std::uint32_t left = state_.avail_in;
        unsigned char* const out = state_.next_out;
        const std::uint32_t room = state_.avail_out;
        start();
        state_.next_in = in;
        state_.avail_in = left;
        state_.next_out = out;
        state_.avail_out = room;
        between_ = false;
        return {};
    }

    Input input_;
    inflate_state state_{};
    bool pending_ = false;
    bool between_ = false;
};

#else

class Gunzip final : public ByteSource {
  public:
    explicit Gunzip(ByteSource& source) : input_(source) {
        if (inflateInit2(&state_, 15 + 16) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Gunzip() override { inflateEnd(&state_); }

    Result<std::size_t> read(std::span<char> buffer) override {
        state_.next_out = reinterpret_cast<unsigned char*>(buffer.data());
        state_.avail_out = static_cast<unsigned>(buffer.size());
        while (state_.avail_out == buffer.size()) {
            if (state_.avail_in == 0) {
                TRY(const bool more, input_.refill());
                state_.next_in = input_.data();
                state_.avail_in = input_.size();
                if (!more) {
                    if (!between_) {
                        return cut_off();
                    }
                    return std::size_t{0};
                }
            }
            if (between_) {
                if (*state_.next_in == 0) {
                    ++state_.next_in;
                    --state_.avail_in;
                    continue;
                }
                inflateReset(&state_);
                between_ = false;
            }
            const int status = inflate(&state_, Z_NO_FLUSH);
            if (status == Z_STREAM_END) {
                between_ = true;
            } else if (status != Z_OK && status != Z_BUF_ERROR) {
                return damaged();
            }
        }
        return buffer.size() - state_.avail_out;
    }

  private:
    Input input_;
    z_stream state_{};
    bool between_ = false;
};

#endif

class Gzip final : public Compressor {
  public:
    explicit Gzip(ByteSink& sink) : sink_(sink), buffer_(buffer_bytes) {
        if (deflateInit2(&state_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8,
                         Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::bad_alloc();
        }
    }
    ~Gzip() override { deflateEnd(&state_); }

    Result<> write(std::string_view bytes) override {
        std::string input(bytes);
        state_.next_in = reinterpret_cast<unsigned char*>(input.data());
        state_.avail_in = static_cast<unsigned>(input.size());
        return run(Z_NO_FLUSH);
    }
    Result<> finish() override {
        state_.avail_in = 0;
        return run(Z_FINISH);
    }

  private:
    Result<> run(int flush) {
        do {
            state_.next_out = reinterpret_cast<unsigned char*>(buffer_.data());
            state_.avail_out = static_cast<unsigned>(buffer_.size());
            deflate(&state_, flush);
            CHECK_OK(sink_.write({buffer_.data(), buffer_.size() - state_.avail_out}));
        } while (state_.avail_out == 0);
        return {};
    }

    ByteSink& sink_;
    std::vector<char> buffer_;
    z_stream state_{};
};

}  // namespace

Result<std::unique_ptr<ByteSource>> detail::gunzip(ByteSource& source) {
    return std::unique_ptr<ByteSource>(std::make_unique<Gunzip>(source));
}

std::unique_ptr<Compressor> compress_gzip(ByteSink& sink) {
    return std::make_unique<Gzip>(sink);
}

}  // namespace wherry::archive
