#include "sdk/streams.hpp"

#include <utility>

#include "api/generated/container.hpp"
#include "base/text.hpp"

namespace wherry::sdk {

namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;
constexpr std::string_view multiplexed_type = "application/vnd.docker.multiplexed-stream";
/// From this version on daemons declare whether output comes in frames.
constexpr api::ApiVersion declares_framing{1, 42};

struct ErrorText {
    std::string message;
};
template <class Io>
static void fields(Io& io, ErrorText& s) {
    io.field("message", s.message);
}

struct Detail {
    std::optional<std::int64_t> current;
    std::optional<std::int64_t> total;
};
template <class Io>
static void fields(Io& io, Detail& s) {
    io.field("current", s.current);
    io.field("total", s.total);
}

struct Message {
    Progress progress;
    Detail detail;
    std::string error;
    ErrorText error_detail;
    json::Value aux;
};
template <class Io>
static void fields(Io& io, Message& s) {
    io.field("id", s.progress.id);
    io.field("status", s.progress.status);
    io.field("stream", s.progress.stream);
    io.field("progress", s.progress.bar);
    io.field("progressDetail", s.detail);
    io.field("error", s.error);
    io.field("errorDetail", s.error_detail);
    io.field("aux", s.aux);
}

}  // namespace

template <>
Result<Progress> read_message<Progress>(std::string_view text) {
    TRY(auto message, json::decode<Message>(text));
    if (!message.error_detail.message.empty()) {
        return Error(ErrorKind::internal, std::move(message.error_detail.message));
    }
    if (!message.error.empty()) {
        return Error(ErrorKind::internal, std::move(message.error));
    }
    message.progress.current = message.detail.current;
    message.progress.total = message.detail.total;
    if (!message.aux.is_null()) {
        message.progress.aux = message.aux.dump();
    }
    return std::move(message.progress);
}

Closing::Closing(const std::stop_token& also) {
    if (also.stop_possible()) {
        chained_ = std::make_unique<std::stop_callback<std::function<void()>>>(
            also, [source = source_]() mutable { source.request_stop(); });
    }
}

Body::Body(CorePtr core, Call call, Opened opened)
    : core_(std::move(core)),
      call_(std::move(call)),
      opened_(std::move(opened)),
      buffer_(buffer_size),
      closing_(opened_.stop) {}

Error Body::decorate(Error error) const {
    return core_->decorate(std::move(error), call_, opened_.version);
}

Task<Result<std::size_t>> Body::read_some() {
    return opened_.response.body->read_some(buffer_);
}

Task<Result<std::string_view>> Body::read() {
    auto count = co_await async::with_stop(read_some(), closing_.token());
    if (!count) {
        co_return decorate(std::move(count).error());
    }
    co_return std::string_view(buffer_.data(), *count);
}

void Body::close() noexcept {
    closing_.close();
}

Result<std::optional<Output>> OutputParser::next(std::string_view& bytes) {
    if (!framed_) {
        const std::string_view all = std::exchange(bytes, {});
        return all.empty() ? std::optional<Output>() : Output{.text = all};
    }
    while (!bytes.empty()) {
        TRY(const auto piece, frames_.next(bytes));
        if (piece.stream == frame::Stream::system_error) {
            complaint_.append(piece.payload);
            if (frames_.at_boundary() && !complaint_.empty()) {
                return fail(ErrorKind::internal, "{}", text::trim(complaint_));
            }
            continue;
        }
        if (!piece.payload.empty()) {
            return std::optional<Output>(
                Output{.channel = static_cast<Channel>(piece.stream), .text = piece.payload});
        }
    }
    return std::optional<Output>();
}

namespace {

class OutputSource final : public AsyncStream<Output>::Source {
  public:
    OutputSource(Body body, bool framed) : body_(std::move(body)), parser_(framed) {}

    Task<Result<std::optional<Output>>> next() override {
        while (true) {
            auto output = parser_.next(rest_);
            if (!output) {
                co_return body_.decorate(std::move(output).error());
            }
            if (*output) {
                co_return output;
            }
            CO_TRY(rest_, co_await body_.read());
            if (rest_.empty()) {
                if (!parser_.at_boundary()) {
                    co_return body_.decorate(
                        Error(ErrorKind::internal, "the output ended inside a frame"));
                }
                co_return std::optional<Output>();
            }
        }
    }
    void close() noexcept override { body_.close(); }

  private:
    Body body_;
    OutputParser parser_;
    std::string_view rest_;
};

class ByteSource final : public AsyncStream<std::string_view>::Source {
  public:
    explicit ByteSource(Body body) : body_(std::move(body)) {}

    Task<Result<std::optional<std::string_view>>> next() override {
        CO_TRY(const auto bytes, co_await body_.read());
        co_return bytes.empty() ? std::optional<std::string_view>() : bytes;
    }
    void close() noexcept override { body_.close(); }

  private:
    Body body_;
};

}  // namespace

Task<Result<bool>> is_framed(CorePtr core, const Opened& opened, TtyOf kind, std::string id) {
    const std::string_view type = opened.response.headers.get("Content-Type");
    if (type.starts_with(multiplexed_type)) {
        co_return true;
    }
    if (kind == TtyOf::other) {
        co_return api::ApiVersion::parse(opened.version) < declares_framing;
    }
    if (api::ApiVersion::parse(opened.version) >= declares_framing && !type.empty()) {
        co_return false;
    }
    const std::string path = join("/containers/", segment(id), "/json");
    Call inspect("ContainerInspect", "GET", path, "");
    CallOptions options;
    options.api_version = opened.version;
    options.stop = opened.stop;
    CO_TRY(const auto found, co_await call_json<api::ContainerInspectResponse>(
                                 std::move(core), std::move(inspect), std::move(options)));
    co_return !found.config.tty;
}

Task<Result<AsyncStream<Output>>> open_output(CorePtr core, Call call, CallOptions options,
                                              TtyOf kind, std::string id) {
    auto task = core->open(call, options, false);
    CO_TRY(auto opened, co_await guarded(std::move(task), std::move(options)));
    CO_TRY(const bool framed, co_await is_framed(core, opened, kind, std::move(id)));
    Body body(std::move(core), std::move(call), std::move(opened));
    co_return AsyncStream<Output>(std::make_unique<OutputSource>(std::move(body), framed));
}

Task<Result<AsyncStream<std::string_view>>> open_bytes(CorePtr core, Call call,
                                                       CallOptions options) {
    auto task = core->open(call, options, false);
    CO_TRY(auto opened, co_await guarded(std::move(task), std::move(options)));
    Body body(std::move(core), std::move(call), std::move(opened));
    co_return AsyncStream<std::string_view>(std::make_unique<ByteSource>(std::move(body)));
}

}  // namespace wherry::sdk
