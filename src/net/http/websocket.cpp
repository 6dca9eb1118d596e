#include "net/http/websocket.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "base/text.hpp"
#include "net/async/mutex.hpp"

namespace wherry::http {

namespace {

// RFC 6455, section 11.8 and 7.4.
enum Opcode : unsigned { continuation = 0, text_frame = 1, binary_frame = 2, close_frame = 8 };
constexpr unsigned ping_frame = 9;
constexpr unsigned pong_frame = 10;
constexpr unsigned normal_closure = 1000;
constexpr unsigned protocol_error = 1002;

constexpr std::size_t mask_bytes = 4;
constexpr std::size_t control_limit = 125;
constexpr std::size_t read_size = 16384;

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                         reinterpret_cast<const unsigned char*>(bytes.data()),
                                         static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

/// Section 4.2.2: the key and a fixed text, hashed.
std::string answer_to(std::string_view key) {
    std::string text(key);
    text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    ::EVP_Digest(text.data(), text.size(), digest.data(), &size, ::EVP_sha1(), nullptr);
    return base64({reinterpret_cast<const char*>(digest.data()), size});
}

std::string frame_head(unsigned opcode, std::size_t size) {
    std::string head(1, static_cast<char>(0x80 | opcode));
    const auto number = [&](int bytes) {
        for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
            head.push_back(static_cast<char>(static_cast<std::uint64_t>(size) >> shift));
        }
    };
    if (size < 126) {
        head.push_back(static_cast<char>(size));
    } else if (size < 65536) {
        head.push_back(126);
        number(2);
    } else {
        head.push_back(127);
        number(8);
    }
    return head;
}

/// The head of one of the client's frames.
struct FrameHead {
    unsigned opcode = 0;
    std::uint64_t size = 0;
    std::array<unsigned char, mask_bytes> mask{};
};

class WebsocketStream final : public async::Stream {
  public:
    WebsocketStream(std::unique_ptr<async::Stream> lower, WebsocketData kind)
        : lower_(std::move(lower)),
          opcode_(kind == WebsocketData::text ? text_frame : binary_frame) {}

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override;
    Task<Result<>> write(std::string_view bytes) override { return send(opcode_, bytes); }
    Task<Result<>> shutdown_write() override {
        CO_CHECK_OK(co_await send_close(normal_closure));
        co_return co_await lower_->shutdown_write();
    }
    void close() noexcept override { lower_->close(); }
    Result<Released> release() override {
        return Error(ErrorKind::unsupported, "a websocket has no socket to give away");
    }
    [[nodiscard]] bool can_release() const noexcept override { return false; }

  private:
    Task<Result<>> send(unsigned opcode, std::string_view bytes);
    Task<Result<>> send_close(unsigned code);
    Task<Result<bool>> fill();
    Task<Result<bool>> next_frame();
    Task<Result<>> control();
    Task<Result<std::string>> take(std::size_t size);
    Task<Result<>> refuse();
    void unmask(std::span<char> bytes);

    std::unique_ptr<async::Stream> lower_;
    unsigned opcode_;
    async::Mutex writing_;  // the reader answers pings while the writer writes
    std::string input_;
    FrameHead frame_;
    std::uint64_t left_ = 0;  // of the frame's payload
    std::size_t unmasked_ = 0;
    bool ended_ = false;
};

Task<Result<>> WebsocketStream::send(unsigned opcode, std::string_view bytes) {
    CO_TRY(const auto turn, co_await writing_.lock());
    const std::string head = frame_head(opcode, bytes.size());
    const std::array<std::string_view, 2> pieces = {head, bytes};
    co_return co_await lower_->write_pieces(pieces);
}

Task<Result<>> WebsocketStream::send_close(unsigned code) {
    const std::string body = {static_cast<char>(code >> 8), static_cast<char>(code)};
    co_return co_await send(close_frame, body);
}

/// Says what is wrong, as far as the protocol allows, and ends.
Task<Result<>> WebsocketStream::refuse() {
    ended_ = true;
    const Result<> said = co_await send_close(protocol_error);
    static_cast<void>(said);
    co_return Error(ErrorKind::invalid, "websocket: protocol error");
}

/// False at the end of the connection.
Task<Result<bool>> WebsocketStream::fill() {
    std::vector<char> buffer(read_size);
    CO_TRY(const std::size_t got, co_await lower_->read_some(buffer));
    input_.append(buffer.data(), got);
    co_return got > 0;
}

Task<Result<std::string>> WebsocketStream::take(std::size_t size) {
    while (input_.size() < size) {
        CO_TRY(const bool more, co_await fill());
        if (!more) {
            co_return fail(ErrorKind::unavailable, "websocket: connection cut off");
        }
    }
    std::string out = input_.substr(0, size);
    input_.erase(0, size);
    co_return out;
}

void WebsocketStream::unmask(std::span<char> bytes) {
    for (char& byte : bytes) {
        byte = static_cast<char>(static_cast<unsigned char>(byte) ^
                                 frame_.mask[unmasked_++ % mask_bytes]);
    }
}

/// Reads a frame's head; false after the client's close.
Task<Result<bool>> WebsocketStream::next_frame() {
    CO_TRY(const std::string start, co_await take(2));
    const auto first = static_cast<unsigned char>(start[0]);
    const auto second = static_cast<unsigned char>(start[1]);
    frame_.opcode = first & 0xf;
    frame_.size = second & 0x7f;
    const bool is_control = frame_.opcode >= close_frame;
    const bool known = frame_.opcode <= binary_frame ||
                       (frame_.opcode >= close_frame && frame_.opcode <= pong_frame);
    // No extension was agreed on, clients mask, and control frames are short and whole.
    const bool broken = (first & 0x70) != 0 || (second & 0x80) == 0 || !known ||
                        (is_control && (frame_.size > control_limit || (first & 0x80) == 0));
    if (broken) {
        CO_CHECK_OK(co_await refuse());
    }
    if (frame_.size >= 126) {
        const std::size_t length_size = frame_.size == 126 ? 2 : 8;
        CO_TRY(const std::string length, co_await take(length_size));
        frame_.size = 0;
        for (const char byte : length) {
            frame_.size = frame_.size << 8 | static_cast<unsigned char>(byte);
        }
    }
    CO_TRY(const std::string mask, co_await take(mask_bytes));
    std::memcpy(frame_.mask.data(), mask.data(), mask_bytes);
    left_ = frame_.size;
    unmasked_ = 0;
    if (is_control) {
        CO_CHECK_OK(co_await control());
    }
    co_return !ended_;
}

Task<Result<>> WebsocketStream::control() {
    CO_TRY(std::string body, co_await take(left_));
    left_ = 0;
    unmask(body);
    if (frame_.opcode == ping_frame) {
        co_return co_await send(pong_frame, body);
    }
    ended_ = ended_ || frame_.opcode == close_frame;
    co_return Result<>();
}

Task<Result<std::size_t>> WebsocketStream::read_some(std::span<char> buffer) {
    if (ended_) {
        // After the close only the connection's end can come.
        while (true) {
            input_.clear();
            CO_TRY(const bool more, co_await fill());
            if (!more) {
                co_return fail(ErrorKind::unavailable, "websocket: the client is gone");
            }
        }
    }
    while (left_ == 0) {
        CO_TRY(const bool more, co_await next_frame());
        if (!more) {
            co_return std::size_t{0};
        }
    }
    if (input_.empty()) {
        CO_TRY(const bool more, co_await fill());
        if (!more) {
            co_return fail(ErrorKind::unavailable, "websocket: connection cut off");
        }
    }
    const std::size_t count =
        std::min({buffer.size(), input_.size(), static_cast<std::size_t>(left_)});
    std::memcpy(buffer.data(), input_.data(), count);
    input_.erase(0, count);
    left_ -= count;
    unmask(buffer.first(count));
    co_return count;
}

/// A plain text under a head without a field of ours.
Task<> say(std::string text, std::unique_ptr<RawStream> stream) {
    const Result<> said = co_await stream->write(text);
    static_cast<void>(said);
}

Response plain_refusal(std::string text) {
    Response response;
    response.status = 400;
    response.body = [text = std::move(text)](std::unique_ptr<RawStream> stream) {
        return say(text, std::move(stream));
    };
    return response;
}

bool names(std::string_view field, std::string_view word) {
    return text::lower(field).find(word) != std::string::npos;
}

}  // namespace

Response accept_websocket(const Request& request) {
    if (text::lower(request.headers.get("Upgrade")) != "websocket" ||
        !names(request.headers.get("Connection"), "upgrade")) {
        return plain_refusal("not websocket protocol");
    }
    const std::string_view key = request.headers.get("Sec-WebSocket-Key");
    if (key.empty()) {
        return plain_refusal("mismatch challenge/response");
    }
    if (request.headers.get("Sec-WebSocket-Version") != "13") {
        Response response = plain_refusal("missing or bad WebSocket Version");
        response.headers.set("Sec-WebSocket-Version", "13");
        return response;
    }
    Response response;
    response.status = 101;
    response.headers.set("Upgrade", "websocket");
    response.headers.set("Connection", "Upgrade");
    response.headers.set("Sec-WebSocket-Accept", answer_to(key));
    const std::string_view protocol = request.headers.get("Sec-WebSocket-Protocol");
    if (!protocol.empty() && protocol.find(',') == std::string_view::npos) {
        response.headers.set("Sec-WebSocket-Protocol", std::string(protocol));
    }
    return response;
}

std::unique_ptr<async::Stream> make_websocket(std::unique_ptr<async::Stream> lower,
                                              WebsocketData kind) {
    return std::make_unique<WebsocketStream>(std::move(lower), kind);
}

}  // namespace wherry::http
