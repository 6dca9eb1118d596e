#include "net/http/client.hpp"

#include <algorithm>
#include <array>
#include <list>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/async/event.hpp"
#include "net/async/task_group.hpp"
#include "net/async/timer.hpp"
#include "net/http/body.hpp"
#include "net/http/link.hpp"
#include "net/http/request_head.hpp"
#include "net/http/status.hpp"
#include "os/socket.hpp"

namespace wherry::http {

namespace {

using LinkPtr = std::shared_ptr<Link>;  // shared by the response and the upload of its request

/// A streamed request body that is being sent. Shared by the task that sends it and the response.
struct Upload {
    LinkPtr link;
    StreamBody body;
    std::optional<std::uint64_t> length;
    bool sent = false;            ///< to its end
    std::optional<Error> failed;  ///< by itself, not because the peer went away
};

/// Tells a producer's own failure from one of the connection.
class UploadWriter final : public BodyWriter {
  public:
    explicit UploadWriter(BodyWriter* writer) : writer_(writer) {}
    Task<Result<>> write(std::string_view bytes) override {
        Result<> written = co_await writer_->write(bytes);
        broken_ = broken_ || !written.ok();
        co_return written;
    }
    [[nodiscard]] bool broken() const noexcept { return broken_; }

  private:
    BodyWriter* writer_;
    bool broken_ = false;
};

Task<> run_upload(std::shared_ptr<Upload> upload) {
    ChunkedWriter chunks(upload->link->stream.get());
    PlainWriter plain(upload->link->stream.get(), upload->length);
    BodyWriter* const inner = upload->length ? static_cast<BodyWriter*>(&plain) : &chunks;
    UploadWriter writer(inner);
    Result<> done = co_await upload->body(writer);
    if (done.ok() && !upload->length) {
        done = co_await chunks.finish();
    } else if (done.ok() && !plain.complete()) {
        done = Error(ErrorKind::internal, "request body is shorter than its Content-Length");
    }
    upload->sent = done.ok();
    if (!done.ok() && !writer.broken()) {
        // The server must see that the request is incomplete.
        upload->failed = std::move(done).error();
        upload->link->stream->close();
    }
}

/// Whether what was sent may have been acted upon.
struct Progress {
    bool anything_sent = false;
    bool anything_received = false;
};

struct Exchange {
    LinkPtr link;
    ResponseHead head;
    std::unique_ptr<async::TaskGroup> uploading;  ///< null without a streamed body
    std::shared_ptr<Upload> upload;
};

Task<Result<>> write_request(LinkPtr link, std::string head, const ClientRequest& request) {
    const auto* const body = std::get_if<std::string>(&request.body);
    if (body == nullptr || body->empty()) {
        co_return co_await link->stream->write(head);
    }
    const std::array<std::string_view, 2> pieces = {head, *body};
    co_return co_await link->stream->write_pieces(pieces);
}

Task<Result<ResponseHead>> read_head(LinkPtr link, std::size_t limit, Progress& progress) {
    constexpr std::size_t room = 4096;
    while (true) {
        HeadScanner scanner;
        auto end = scanner.find_end(link->input.bytes());
        while (!end) {
            if (scanner.hopeless() || link->input.bytes().size() > limit) {
                co_return fail(ErrorKind::unavailable, "malformed HTTP response");
            }
            CO_TRY(const std::size_t got, co_await link->input.fill(room));
            if (got == 0) {
                co_return fail(ErrorKind::unavailable, "server closed the connection");
            }
            progress.anything_received = true;
            end = scanner.find_end(link->input.bytes());
        }
        auto head = parse_response_head(link->input.bytes().substr(0, *end));
        link->input.consume(*end);
        const bool interim = head.ok() && head->status >= 100 && head->status < 200;
        if (!interim || head->status == 101) {
            co_return head;
        }
    }
}

}  // namespace

struct Client::State : std::enable_shared_from_this<Client::State> {
    State(const async::Executor& on, Endpoint to, const ClientOptions& given)
        : executor(on), options(given), connector(std::move(to), given.timeouts), reaper(on) {}

    Task<Result<LinkPtr>> take(bool fresh);
    void put(LinkPtr link);
    void reap();
    Task<Result<Exchange>> exchange(const ClientRequest& request);
    Task<Result<Exchange>> exchange_on(LinkPtr link, const ClientRequest& request,
                                       Progress& progress);
    ClientResponse make_response(Exchange exchange, const ClientRequest& request);

    async::Executor executor;
    ClientOptions options;
    Connector connector;
    std::list<LinkPtr> idle;  // the one used last in front
    async::Timer reaper;
};

namespace {

class EmptyBody final : public BodyReader {
  public:
    Task<Result<std::size_t>> read_some(std::span<char> /*buffer*/) override {
        co_return std::size_t{0};
    }
};

/// A response's body; gives the connection back at its end.
class ResponseBody final : public BodyReader {
  public:
    ResponseBody(Exchange exchange, Framing framing, async::Duration idle_limit,
                 std::function<void(LinkPtr)> keep)
        : exchange_(std::move(exchange)),
          body_(&exchange_.link->input, framing),
          idle_limit_(idle_limit),
          keep_(std::move(keep)) {
        if (body_.finished()) {
            leave();
        }
    }
    ~ResponseBody() override { leave(); }

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override {
        if (!exchange_.link) {
            co_return std::size_t{0};
        }
        CO_TRY(const std::size_t got, co_await limited(body_.read_some(buffer), idle_limit_));
        if (body_.finished()) {
            leave();
        }
        co_return got;
    }

  private:
    void leave() {
        const LinkPtr link = std::exchange(exchange_.link, nullptr);
        if (exchange_.uploading) {
            exchange_.uploading->abandon();
        }
        if (!link) {
            return;
        }
        const bool uploaded = !exchange_.upload || exchange_.upload->sent;
        if (body_.finished() && uploaded && exchange_.head.keep_alive) {
            keep_(link);
        } else {
            link->stream->close();
        }
    }

    Exchange exchange_;
    InputBody body_;
    async::Duration idle_limit_;
    std::function<void(LinkPtr)> keep_;
};

}  // namespace

Task<Result<LinkPtr>> Client::State::take(bool fresh) {
    while (!fresh && !idle.empty()) {
        LinkPtr link = std::move(idle.front());
        idle.pop_front();
        const int fd = link->stream->native_handle();
        if (fd < 0 || os::is_quiet(fd)) {
            link->reused = true;
            co_return link;
        }
    }
    co_return co_await connector.connect();
}

void Client::State::put(LinkPtr link) {
    // Bytes after the response belong to nothing that we asked for.
    if (!link->input.bytes().empty() || options.max_idle_connections == 0) {
        return;
    }
    link->input.shrink();
    link->idle_since = std::chrono::steady_clock::now();
    idle.push_front(std::move(link));
    if (idle.size() > options.max_idle_connections) {
        idle.pop_back();
    }
    if (idle.size() == 1) {
        reaper.start(options.keep_idle, [this] { reap(); });
    }
}

void Client::State::reap() {
    const auto oldest = std::chrono::steady_clock::now() - options.keep_idle;
    std::erase_if(idle, [&](const LinkPtr& link) { return link->idle_since <= oldest; });
    if (!idle.empty()) {
        reaper.start(options.keep_idle, [this] { reap(); });
    }
}

Task<Result<Exchange>> Client::State::exchange_on(LinkPtr link, const ClientRequest& request,
                                                  Progress& progress) {
    Exchange exchange;
    exchange.link = link;
    CO_TRY(auto head, request_head(request, connector.host()));
    const Result<> written = co_await write_request(link, std::move(head), request);
    progress.anything_sent = written.ok();
    if (const auto* const body = std::get_if<StreamBody>(&request.body); body && written.ok()) {
        exchange.upload = std::make_shared<Upload>();
        exchange.upload->link = link;
        exchange.upload->body = *body;
        exchange.upload->length = request.content_length;
        exchange.uploading = std::make_unique<async::TaskGroup>(executor);
        exchange.uploading->spawn(run_upload(exchange.upload));
    }
    // A server that refuses a large body answers and closes while it is still being sent: even
    // after a failed write there may be an answer.
    auto reading = read_head(link, options.head_limit, progress);
    Result<ResponseHead> got = co_await limited(std::move(reading), options.timeouts.first_byte);
    if (got.ok()) {
        exchange.head = *std::move(got);
        co_return exchange;
    }
    if (exchange.uploading) {
        exchange.uploading->abandon();
        link->stream->close();
    }
    if (exchange.upload && exchange.upload->failed) {
        co_return *exchange.upload->failed;
    }
    if (!written.ok() && got.error().kind() != ErrorKind::cancelled) {
        co_return written.error();
    }
    co_return std::move(got).error();
}

Task<Result<Exchange>> Client::State::exchange(const ClientRequest& request) {
    bool fresh = false;
    while (true) {
        CO_TRY(const LinkPtr link, co_await take(fresh));
        Progress progress;
        Result<Exchange> done = co_await exchange_on(link, request, progress);
        if (done.ok() || !link->reused || progress.anything_received ||
            done.error().kind() == ErrorKind::cancelled) {
            co_return done;
        }
        const bool replayable = std::holds_alternative<std::string>(request.body);
        const bool repeat =
            !progress.anything_sent || (replayable && is_safe_to_repeat(request.method));
        if (!repeat) {
            co_return done;
        }
        fresh = true;
    }
}

ClientResponse Client::State::make_response(Exchange exchange, const ClientRequest& request) {
    ClientResponse response;
    response.status = exchange.head.status;
    response.reason = exchange.head.reason;
    response.headers = std::move(exchange.head.headers);
    Framing framing = exchange.head.body;
    if (framing.kind == Framing::Kind::length) {
        response.content_length = framing.length;
    }
    if (request.method == "HEAD" || !status_allows_body(response.status)) {
        framing = Framing{};
        exchange.head.keep_alive =
            !exchange.head.http_1_0 &&
            !text::equal_ignoring_case(response.headers.get("Connection"), "close");
    }
    auto keep = [weak = weak_from_this()](LinkPtr link) {
        if (const auto state = weak.lock()) {
            state->put(std::move(link));
        }
    };
    response.body = std::make_unique<ResponseBody>(std::move(exchange), framing,
                                                   options.timeouts.idle, std::move(keep));
    return response;
}

Client::Client(const async::Executor& executor, Endpoint endpoint, ClientOptions options)
    : state_(std::make_shared<State>(executor, std::move(endpoint), options)) {}
Client::~Client() = default;

Task<Result<ClientResponse>> Client::send(ClientRequest request) {
    const auto state = state_;
    CO_TRY(auto exchange, co_await state->exchange(request));
    co_return state->make_response(std::move(exchange), request);
}

Task<Result<ClientUpgrade>> Client::upgrade(ClientRequest request) {
    const auto state = state_;
    if (!request.headers.has("Upgrade")) {
        request.headers.set("Connection", "Upgrade");
        request.headers.set("Upgrade", "tcp");
    }
    CO_TRY(auto exchange, co_await state->exchange(request));
    ClientUpgrade upgrade;
    const bool agreed =
        exchange.head.status == 101 ||
        (exchange.head.status == 200 && exchange.head.body.kind == Framing::Kind::until_close);
    if (!agreed) {
        upgrade.response = state->make_response(std::move(exchange), request);
        co_return upgrade;
    }
    const LinkPtr link = std::exchange(exchange.link, nullptr);
    upgrade.response.status = exchange.head.status;
    upgrade.response.reason = std::move(exchange.head.reason);
    upgrade.response.headers = std::move(exchange.head.headers);
    upgrade.response.body = std::make_unique<EmptyBody>();
    upgrade.stream = put_back(link->input.take_rest(), std::move(link->stream));
    co_return upgrade;
}

void Client::close_idle() noexcept {
    state_->idle.clear();
    state_->reaper.cancel();
}

std::size_t Client::idle_connections() const noexcept {
    return state_->idle.size();
}

}  // namespace wherry::http
