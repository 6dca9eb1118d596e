#include "net/http/body.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace wherry::http {

namespace {

// Small reads cost a system call each: 1 GB took 2.2 s with Beast's default and 0.98 s with this.
constexpr std::size_t body_buffer = std::size_t{128} * 1024;
// Below this a copy is cheaper than another element of the write.
constexpr std::size_t copied_size = 4096;

Error cut_off() {
    return {ErrorKind::invalid, "unexpected EOF"};
}

}  // namespace

InputBody::InputBody(Input* input, Framing framing)
    : input_(input),
      framing_(framing),
      finished_(framing.kind == Framing::Kind::none ||
                (framing.kind == Framing::Kind::length && framing.length == 0)) {}

std::optional<std::uint64_t> InputBody::remaining() const noexcept {
    if (finished_) {
        return 0;
    }
    if (framing_.kind == Framing::Kind::length) {
        return framing_.length;
    }
    return std::nullopt;
}

Task<Result<>> InputBody::call_before_wait() {
    if (before_wait_) {
        const auto function = std::exchange(before_wait_, nullptr);
        CO_CHECK_OK(co_await function());
    }
    co_return Result<>();
}

Task<Result<std::size_t>> InputBody::read_some(std::span<char> buffer) {
    if (finished_ || buffer.empty()) {
        co_return std::size_t{0};
    }
    if (framing_.kind == Framing::Kind::length) {
        co_return co_await read_length(buffer);
    }
    if (framing_.kind == Framing::Kind::chunked) {
        co_return co_await read_chunks(buffer);
    }
    co_return co_await read_to_end(buffer);
}

std::size_t InputBody::take_ahead(std::span<char> buffer) {
    const auto have = input_->bytes();
    const std::size_t count = std::min(have.size(), buffer.size());
    if (count > 0) {
        std::memcpy(buffer.data(), have.data(), count);
        input_->consume(count);
    }
    return count;
}

/// From the input's buffer, or past it if it is empty; 0 is the end of the connection.
Task<Result<std::size_t>> InputBody::take_some(std::span<char> buffer) {
    if (const std::size_t count = take_ahead(buffer); count > 0) {
        co_return count;
    }
    CO_CHECK_OK(co_await call_before_wait());
    co_return co_await input_->read_directly(buffer);
}

Task<Result<std::size_t>> InputBody::read_length(std::span<char> buffer) {
    const auto most = std::min<std::uint64_t>(buffer.size(), framing_.length);
    const auto part = buffer.first(static_cast<std::size_t>(most));
    CO_TRY(const std::size_t got, co_await take_some(part));
    if (got == 0) {
        co_return cut_off();
    }
    framing_.length -= got;
    finished_ = framing_.length == 0;
    co_return got;
}

Task<Result<std::size_t>> InputBody::read_chunks(std::span<char> buffer) {
    while (true) {
        CO_TRY(const auto step, chunks_.decode(input_->bytes(), buffer));
        input_->consume(step.consumed);
        finished_ = chunks_.finished();
        if (step.produced > 0 || finished_) {
            co_return step.produced;
        }
        CO_CHECK_OK(co_await call_before_wait());
        CO_TRY(const std::size_t got, co_await input_->fill(body_buffer));
        if (got == 0) {
            co_return cut_off();
        }
    }
}

Task<Result<std::size_t>> InputBody::read_to_end(std::span<char> buffer) {
    CO_TRY(const std::size_t got, co_await take_some(buffer));
    finished_ = got == 0;
    co_return got;
}

/// The body on one thread. Its state is the body's own, so that the loop can go on where the thread
/// has left off.
class InputBody::Lent final : public BlockingReader {
  public:
    Lent(InputBody* body, async::SocketLoan loan, int stop)
        : body_(body), loan_(std::move(loan)), socket_(loan_.fd(), stop) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        return body_->read_blocking(socket_, buffer);
    }

  private:
    InputBody* body_;
    async::SocketLoan loan_;
    os::BlockingSocket socket_;
};

Task<Result<std::unique_ptr<BlockingReader>>> InputBody::lend(int stop) {
    async::SocketLoan loan = input_->lend_socket();
    if (loan.fd() < 0) {
        co_return std::unique_ptr<BlockingReader>();
    }
    if (!finished_) {
        CO_CHECK_OK(co_await call_before_wait());
    }
    co_return std::unique_ptr<BlockingReader>(std::make_unique<Lent>(this, std::move(loan), stop));
}

Result<std::size_t> InputBody::read_blocking(const os::BlockingSocket& socket,
                                             std::span<char> buffer) {
    if (finished_ || buffer.empty()) {
        return std::size_t{0};
    }
    if (framing_.kind == Framing::Kind::chunked) {
        return read_chunks_blocking(socket, buffer);
    }
    const bool bounded = framing_.kind == Framing::Kind::length;
    if (bounded && framing_.length < buffer.size()) {
        buffer = buffer.first(static_cast<std::size_t>(framing_.length));
    }
    std::size_t got = take_ahead(buffer);
    if (got == 0) {
        TRY(got, socket.receive(buffer));
    }
    if (!bounded) {
        finished_ = got == 0;
        return got;
    }
    if (got == 0) {
        return cut_off();
    }
    framing_.length -= got;
    finished_ = framing_.length == 0;
    return got;
}

Result<std::size_t> InputBody::read_chunks_blocking(const os::BlockingSocket& socket,
                                                    std::span<char> buffer) {
    while (true) {
        TRY(const auto step, chunks_.decode(input_->bytes(), buffer));
        input_->consume(step.consumed);
        finished_ = chunks_.finished();
        if (step.produced > 0 || finished_) {
            return step.produced;
        }
        TRY(const std::size_t got, socket.receive(input_->make_room(body_buffer)));
        if (got == 0) {
            return cut_off();
        }
        input_->filled(got);
    }
}

namespace {

std::optional<DirectOutput> direct_output(async::Stream& stream, bool chunked,
                                          std::uint64_t* left) {
    async::SocketLoan socket(stream);
    if (socket.fd() < 0) {
        return std::nullopt;
    }
    return DirectOutput{.socket = std::move(socket), .chunked = chunked, .left = left};
}

}  // namespace

std::optional<DirectOutput> ChunkedWriter::direct() {
    return direct_output(*stream_, true, nullptr);
}

std::optional<DirectOutput> PlainWriter::direct() {
    return direct_output(*stream_, false, left_ ? &*left_ : nullptr);
}

Task<Result<>> ChunkedWriter::write(std::string_view bytes) {
    if (bytes.empty()) {
        co_return Result<>();  // an empty chunk would be the end
    }
    std::string head = chunk_head(bytes.size());
    if (bytes.size() <= copied_size) {
        head.append(bytes).append("\r\n");
        co_return co_await stream_->write(head);
    }
    const std::array<std::string_view, 3> pieces = {head, bytes, "\r\n"};
    co_return co_await stream_->write_pieces(pieces);
}

Task<Result<>> ChunkedWriter::finish() {
    return stream_->write(last_chunk);
}

Task<Result<>> PlainWriter::write(std::string_view bytes) {
    if (left_) {
        if (bytes.size() > *left_) {
            co_return Error(ErrorKind::internal, "body is longer than its Content-Length");
        }
        *left_ -= bytes.size();
    }
    if (bytes.empty()) {
        co_return Result<>();
    }
    co_return co_await stream_->write(bytes);
}

}  // namespace wherry::http
