// Streams of replies: messages, output of containers, bytes.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/frame/frame.hpp"
#include "sdk/core.hpp"
#include "sdk/documents.hpp"
#include "wherry/async_stream.hpp"
#include "wherry/types.hpp"

namespace wherry::sdk {

/// What ends a stream's reads: `close`, from any thread, or the call's stop token.
class Closing {
  public:
    explicit Closing(const std::stop_token& also);
    void close() noexcept { source_.request_stop(); }
    [[nodiscard]] std::stop_token token() const noexcept { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::unique_ptr<std::stop_callback<std::function<void()>>> chained_;
};

/// A reply's body in pieces, under the call's stop token.
class Body {
  public:
    Body(CorePtr core, Call call, Opened opened);
    /// The next piece, valid until the next call; empty at the end.
    [[nodiscard]] Task<Result<std::string_view>> read();
    void close() noexcept;
    [[nodiscard]] Error decorate(Error error) const;
    [[nodiscard]] const http::Headers& headers() const noexcept { return opened_.response.headers; }

  private:
    Task<Result<std::size_t>> read_some();

    CorePtr core_;
    Call call_;
    Opened opened_;
    std::vector<char> buffer_;
    Closing closing_;
};

/// Decodes a message; an error that it carries is an error of the stream.
template <class T>
[[nodiscard]] Result<T> read_message(std::string_view text) {
    return json::decode<T>(text, {.keep_unknown = true});
}
template <>
Result<Progress> read_message<Progress>(std::string_view text);

template <class T>
class MessageSource final : public AsyncStream<T>::Source {
  public:
    explicit MessageSource(Body body) : body_(std::move(body)), documents_(limit) {}

    Task<Result<std::optional<T>>> next() override {
        while (true) {
            CO_TRY(auto text, documents_.next());
            if (text) {
                auto message = read_message<T>(*text);
                if (!message) {
                    co_return body_.decorate(std::move(message).error());
                }
                co_return std::optional<T>(std::move(*message));
            }
            CO_TRY(const auto bytes, co_await body_.read());
            if (bytes.empty()) {
                if (!documents_.at_boundary()) {
                    co_return body_.decorate(
                        Error(ErrorKind::internal, "the stream ended inside a message"));
                }
                co_return std::optional<T>();
            }
            documents_.feed(bytes);
        }
    }
    void close() noexcept override { body_.close(); }

  private:
    static constexpr std::size_t limit = std::size_t{16} << 20;
    Body body_;
    Documents documents_;
};

template <class T>
[[nodiscard]] Task<Result<AsyncStream<T>>> open_messages(CorePtr core, Call call,
                                                         CallOptions options) {
    auto task = core->open(call, options, false);
    CO_TRY(auto opened, co_await guarded(std::move(task), std::move(options)));
    Body body(std::move(core), std::move(call), std::move(opened));
    co_return AsyncStream<T>(std::make_unique<MessageSource<T>>(std::move(body)));
}

/// Whose terminal it is that decides about framing, where the daemon does not declare it.
enum class TtyOf { container, other };
/// Whether what comes is in frames: the declared media type, for old daemons the container's Tty.
[[nodiscard]] Task<Result<bool>> is_framed(CorePtr core, const Opened& opened, TtyOf kind,
                                           std::string id);

[[nodiscard]] Task<Result<AsyncStream<Output>>> open_output(CorePtr core, Call call,
                                                            CallOptions options, TtyOf kind,
                                                            std::string id);
[[nodiscard]] Task<Result<AsyncStream<std::string_view>>> open_bytes(CorePtr core, Call call,
                                                                     CallOptions options);

/// Bytes into pieces of output, in frames or raw. No I/O.
class OutputParser {
  public:
    explicit OutputParser(bool framed) : framed_(framed) {}
    /// Takes some of `bytes`; nothing when it needs more. The daemon's complaints are errors.
    [[nodiscard]] Result<std::optional<Output>> next(std::string_view& bytes);
    [[nodiscard]] bool at_boundary() const noexcept { return !framed_ || frames_.at_boundary(); }
    [[nodiscard]] bool framed() const noexcept { return framed_; }

  private:
    bool framed_;
    frame::Parser frames_;
    std::string complaint_;
};

}  // namespace wherry::sdk
