// HTTP/1.1 messages as the server, the SDK and every handler see them. No Beast here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "net/async/stream.hpp"
#include "net/async/task.hpp"

namespace wherry::http {

/// Header fields in the order they came; names compare without case.
class Headers {
  public:
    void add(std::string name, std::string value);
    /// Replaces all fields of that name.
    void set(std::string name, std::string value);
    void remove(std::string_view name);
    /// The first value, or "" where there is none.
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    [[nodiscard]] auto begin() const noexcept { return fields_.begin(); }
    [[nodiscard]] auto end() const noexcept { return fields_.end(); }
    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }
    /// Orders the fields by name, as Go's net/http writes a handler's headers.
    void sort();

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

/// Query parameters, decoded, in order; a name may come several times.
class Query {
  public:
    /// The part after `?`; malformed escapes are an error (400).
    [[nodiscard]] static Result<Query> parse(std::string_view text);
    void add(std::string name, std::string value);
    [[nodiscard]] std::string_view get(std::string_view name) const noexcept;
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const noexcept;
    /// The API's boolean: missing, "", 0, no, false, none are false, everything else is true.
    [[nodiscard]] bool flag(std::string_view name, bool missing = false) const;
    [[nodiscard]] std::string encode() const;
    [[nodiscard]] bool empty() const noexcept { return fields_.empty(); }

  private:
    std::vector<std::pair<std::string, std::string>> fields_;
};

[[nodiscard]] std::string percent_encode(std::string_view text);
[[nodiscard]] Result<std::string> percent_decode(std::string_view text, bool plus_is_space);

/// A body as a thread reads it that may wait (`blocking_request.hpp`).
class BlockingReader {
  public:
    BlockingReader() = default;
    BlockingReader(const BlockingReader&) = delete;
    BlockingReader& operator=(const BlockingReader&) = delete;
    virtual ~BlockingReader() = default;
    /// Fills a part of the buffer; 0 means the end. A body cut off is an error.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> buffer) = 0;
};

/// A body that is read piece by piece: back-pressure reaches the peer.
class BodyReader {
  public:
    BodyReader() = default;
    BodyReader(const BodyReader&) = delete;
    BodyReader& operator=(const BodyReader&) = delete;
    virtual ~BodyReader() = default;
    /// Fills a part of the buffer; 0 means the end. A body cut off is an error.
    [[nodiscard]] virtual Task<Result<std::size_t>> read_some(std::span<char> buffer) = 0;
    /// Everything, refused with `invalid` (413) past `limit` bytes.
    [[nodiscard]] Task<Result<std::string>> read_all(std::size_t limit);
    /// The same body for one thread, straight from the socket, until `stop` is readable; null where
    /// there is no plain socket. Nobody else reads while it lives.
    [[nodiscard]] virtual Task<Result<std::unique_ptr<BlockingReader>>> lend(int stop);
};

/// A socket on which one thread writes a response's body, while nobody else writes to it.
struct DirectOutput {
    async::SocketLoan socket;
    bool chunked = false;
    std::uint64_t* left = nullptr;  ///< bytes of an announced length that are still to come
};

/// A body that is written piece by piece; `write` waits while the peer is slow. Each write is one
/// chunk on the wire, sent at once.
class BodyWriter {
  public:
    BodyWriter() = default;
    BodyWriter(const BodyWriter&) = delete;
    BodyWriter& operator=(const BodyWriter&) = delete;
    virtual ~BodyWriter() = default;
    [[nodiscard]] virtual Task<Result<>> write(std::string_view bytes) = 0;
    /// Nothing where there is no plain socket.
    [[nodiscard]] virtual std::optional<DirectOutput> direct() { return std::nullopt; }
};

/// The raw connection after an upgrade (or a hijack without one).
using RawStream = async::Stream;

struct Request {
    std::string method;
    std::string target;  ///< as it came, for logs
    std::string path;    ///< before `?`, still percent-encoded
    Query query;
    /// Set if the part after `?` could not be read; `query` is empty then.
    std::optional<Error> query_error;
    Headers headers;
    BodyReader* body = nullptr;  ///< never null in a handler; an absent body ends at once
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool http_1_0 = false;
};

/// A streamed body: the function writes it and returns; an error cuts the connection off, so that
/// the peer sees an incomplete body.
using StreamBody = std::function<Task<Result<>>(BodyWriter&)>;
/// Runs after the head was sent; owns the connection, which is closed when it returns.
using UpgradeBody = std::function<Task<void>(std::unique_ptr<RawStream>)>;

struct Response {
    int status = 200;
    std::string reason;  ///< "" for the standard phrase
    Headers headers;
    /// A text is sent with Content-Length, a StreamBody chunked (its head is flushed at once),
    /// an UpgradeBody takes the connection over after a head without a length.
    std::variant<std::string, StreamBody, UpgradeBody> body;
};

/// Answers one request. The server cancels it when the peer has gone; what must not be cut off
/// belongs into a task group of the engine.
using Handler = std::function<Task<Response>(Request&)>;

}  // namespace wherry::http
