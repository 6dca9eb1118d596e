#include "net/http/input.hpp"

#include <algorithm>
#include <cstring>

namespace wherry::http {

namespace {

constexpr std::size_t kept_size = 4096;

class PrefixedStream final : public async::Stream {
  public:
    PrefixedStream(std::string bytes, std::unique_ptr<async::Stream> stream)
        : bytes_(std::move(bytes)), stream_(std::move(stream)) {}

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override {
        if (bytes_.empty()) {
            return stream_->read_some(buffer);
        }
        return read_prefix(buffer);
    }
    Task<Result<>> write(std::string_view bytes) override { return stream_->write(bytes); }
    Task<Result<>> write_pieces(std::span<const std::string_view> pieces) override {
        return stream_->write_pieces(pieces);
    }
    Task<Result<>> shutdown_write() override { return stream_->shutdown_write(); }
    void close() noexcept override { stream_->close(); }
    Result<Released> release() override {
        TRY(auto released, stream_->release());
        released.already_read.insert(0, bytes_);
        bytes_.clear();
        return released;
    }
    [[nodiscard]] bool can_release() const noexcept override { return stream_->can_release(); }
    [[nodiscard]] int native_handle() const noexcept override { return stream_->native_handle(); }

  private:
    Task<Result<std::size_t>> read_prefix(std::span<char> buffer) {
        const std::size_t count = std::min(buffer.size(), bytes_.size());
        std::memcpy(buffer.data(), bytes_.data(), count);
        bytes_.erase(0, count);
        co_return count;
    }

    std::string bytes_;
    std::unique_ptr<async::Stream> stream_;
};

}  // namespace

void Input::consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ == end_) {
        begin_ = end_ = 0;
    }
}

std::span<char> Input::make_room(std::size_t room) {
    if (storage_.size() - end_ < room && begin_ > 0) {
        std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (storage_.size() - end_ < room) {
        storage_.resize(std::max(end_ + room, kept_size));
    }
    return {storage_.data() + end_, storage_.size() - end_};
}

Task<Result<std::size_t>> Input::fill(std::size_t room) {
    const std::span<char> free = make_room(room);
    CO_TRY(const std::size_t got, co_await stream_->read_some(free));
    end_ += got;
    co_return got;
}

void Input::shrink() {
    if (storage_.size() > kept_size && begin_ == end_) {
        storage_ = std::vector<char>();
    }
}

std::string Input::take_rest() {
    std::string rest(bytes());
    begin_ = end_ = 0;
    return rest;
}

std::unique_ptr<async::Stream> put_back(std::string bytes, std::unique_ptr<async::Stream> stream) {
    if (bytes.empty()) {
        return stream;
    }
    return std::make_unique<PrefixedStream>(std::move(bytes), std::move(stream));
}

}  // namespace wherry::http
