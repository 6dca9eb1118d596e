#include "net/http/connection.hpp"

#include <array>
#include <exception>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/async/cancel.hpp"
#include "net/http/request_target.hpp"
#include "net/http/status.hpp"
#include "net/http/tls.hpp"

namespace wherry::http {

namespace {

using Phase = Supervised::Phase;

constexpr std::size_t head_room = 4096;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

/// One request and what its response needs to know of it.
struct Connection::Exchange {
    Exchange(Input* input, Framing framing) : body(input, framing) {}
    Request request;
    InputBody body;
    bool keep_alive = true;
    bool awaits_continue = false;  // the client holds its body back until we ask for it
};

Connection::Connection(const ConnectionContext& context, std::unique_ptr<async::Stream> stream,
                       std::shared_ptr<TlsContext> tls)
    : context_(context),
      stream_(std::move(stream)),
      tls_(std::move(tls)),
      input_(stream_.get()),
      pace_(context.options->busy_poll) {
    supervised_.emplace(context_.supervisor, stream_->native_handle());
}

Task<> Connection::serve() {
    if (tls_) {
        const Result<> shaken = co_await handshake();
        if (!shaken) {
            co_return;
        }
    }
    while (true) {
        const Result<bool> go_on = co_await serve_one();
        if (!go_on.ok() || !*go_on) {
            co_return;
        }
        input_.shrink();
    }
}

Task<Result<>> Connection::handshake() {
    supervised_->enter(Phase::head);
    CO_TRY(stream_, co_await accept_tls(std::move(stream_), tls_));
    input_ = Input(stream_.get());
    co_return Result<>();
}

Task<Result<std::optional<RequestHead>>> Connection::read_head() {
    HeadScanner scanner;
    supervised_->enter(Phase::idle);
    while (true) {
        while (input_.bytes().starts_with("\r\n")) {
            input_.consume(2);  // RFC 9112 2.2: an empty line before a request is ignored
        }
        const auto bytes = input_.bytes();
        if (const auto end = scanner.find_end(bytes)) {
            auto head = parse_request_head(bytes.substr(0, *end));
            input_.consume(*end);
            if (!head) {
                co_return std::move(head).error();
            }
            co_return *std::move(head);
        }
        if (scanner.hopeless()) {
            co_return Error(ErrorKind::invalid, "");
        }
        if (bytes.size() > context_.options->head_limit) {
            co_return Error(ErrorKind::invalid, "", 431);
        }
        if (!bytes.empty() && supervised_->phase() == Phase::idle) {
            supervised_->enter(Phase::head);
        }
        const bool begins = bytes.empty();
        if (begins) {
            stream_->poll_before_sleep(pace_.awake());
        }
        CO_TRY(const std::size_t got, co_await input_.fill(head_room));
        if (got == 0) {
            co_return std::optional<RequestHead>();
        }
        if (begins) {
            pace_.came_after(Clock::now() - supervised_->since());
        }
    }
}

Task<Result<bool>> Connection::serve_one() {
    auto head = co_await read_head();
    if (!head.ok()) {
        CO_CHECK_OK(co_await refuse(std::move(head).error()));
        co_return false;
    }
    if (!head->has_value()) {
        co_return false;
    }
    RequestHead& came = **head;
    Exchange exchange(&input_, came.body);
    Request& request = exchange.request;
    request.method = std::move(came.method);
    request.headers = std::move(came.headers);
    request.http_1_0 = came.http_1_0;
    request.chunked = came.body.kind == Framing::Kind::chunked;
    if (came.body.kind == Framing::Kind::length) {
        request.content_length = came.body.length;
    }
    request.body = &exchange.body;
    exchange.keep_alive = came.keep_alive;
    const auto target = set_target(request, came.target);
    if (!target.ok()) {
        CO_CHECK_OK(co_await refuse(target.error()));
        co_return false;
    }
    if (came.expect_continue) {
        exchange.awaits_continue = true;
        exchange.body.set_before_wait([this, &exchange] {
            exchange.awaits_continue = false;
            return stream_->write(continue_line);
        });
    }
    supervised_->enter(Phase::handling);
    Response response;
    try {
        response = co_await (*context_.handler)(request);
    } catch (const std::exception& problem) {
        log::error("request failed method={} path={} what={}", request.method, request.path,
                   problem.what());
        response.status = 500;
        response.headers.set("Content-Type", "text/plain; charset=utf-8");
        response.body = "Internal Server Error\n";
        exchange.keep_alive = false;
    }
    const bool cancelled = co_await async::is_cancelled();
    if (cancelled) {
        co_return false;
    }
    co_return co_await respond(exchange, response);
}

Task<Result<bool>> Connection::respond(Exchange& exchange, Response& response) {
    if (std::holds_alternative<UpgradeBody>(response.body)) {
        CO_CHECK_OK(co_await upgrade(exchange, response));
        co_return false;
    }
    if (*context_.stopping ||
        text::equal_ignoring_case(response.headers.get("Connection"), "close")) {
        exchange.keep_alive = false;
    }
    // No interim line may come once the final head is out: a streamed response, which may still
    // read the body, asks for it now.
    exchange.body.set_before_wait(nullptr);
    if (exchange.awaits_continue && std::holds_alternative<StreamBody>(response.body)) {
        CO_CHECK_OK(co_await stream_->write(continue_line));
        exchange.awaits_continue = false;
    }
    // A body that was left is read to its end afterwards, unless that is known to be too much.
    const auto left = exchange.body.remaining();
    const bool too_much = left && *left > context_.options->drain_limit;
    if (too_much || (exchange.awaits_continue && !exchange.body.finished())) {
        exchange.keep_alive = false;
    }
    Result<bool> sent = std::holds_alternative<std::string>(response.body) ? Result<bool>(true)
                                                                           : Result<bool>(false);
    if (*sent) {
        sent = co_await respond_text(exchange, response);
    } else {
        sent = co_await respond_stream(exchange, response);
    }
    if (!sent.ok() || !*sent) {
        co_return sent;  // cut off on purpose, or the peer is gone: nothing to wait for
    }
    bool drained = exchange.body.finished();
    if (!drained && exchange.keep_alive) {
        drained = co_await drain(exchange);
    }
    if (!drained) {
        co_await linger();
    }
    co_return drained&& exchange.keep_alive;
}

Task<Result<bool>> Connection::respond_text(Exchange& exchange, Response& response) {
    const auto& body = std::get<std::string>(response.body);
    ResponsePlan plan;
    plan.http_1_0 = exchange.request.http_1_0;
    plan.keep_alive = exchange.keep_alive;
    plan.head_only = exchange.request.method == "HEAD" || !status_allows_body(response.status);
    if (status_allows_body(response.status)) {
        plan.length = body.size();
        if (plan.head_only && response.headers.has("Content-Length")) {
            plan.length = text::parse_int<std::uint64_t>(response.headers.get("Content-Length"));
        }
    }
    constexpr std::size_t copied_size = 16384;
    std::string head = response_head(response, plan, context_.date->get());
    supervised_->begin_write();
    Result<> written;
    if (plan.head_only) {
        written = co_await stream_->write(head);
    } else if (body.size() <= copied_size) {
        head.append(body);
        written = co_await stream_->write(head);
    } else {
        const std::array<std::string_view, 2> pieces = {head, body};
        written = co_await stream_->write_pieces(pieces);
    }
    supervised_->end_write();
    CO_CHECK_OK(written);
    co_return true;
}

Task<Result<bool>> Connection::respond_stream(Exchange& exchange, Response& response) {
    ResponsePlan plan;
    plan.http_1_0 = exchange.request.http_1_0;
    plan.head_only = exchange.request.method == "HEAD" || !status_allows_body(response.status);
    if (status_allows_body(response.status)) {
        plan.length = text::parse_int<std::uint64_t>(response.headers.get("Content-Length"));
    }
    if (!plan.head_only && !plan.length) {
        plan.chunked = !plan.http_1_0;
        exchange.keep_alive = exchange.keep_alive && plan.chunked;
    }
    plan.keep_alive = exchange.keep_alive;
    const std::string head = response_head(response, plan, context_.date->get());
    supervised_->enter(Phase::streaming);
    CO_CHECK_OK(co_await stream_->write(head));
    if (plan.head_only) {
        co_return true;
    }
    co_return co_await stream_body(exchange, std::get<StreamBody>(response.body), plan);
}

namespace {

/// Lets the supervisor see writes that stand still.
class SupervisedWriter final : public BodyWriter {
  public:
    SupervisedWriter(BodyWriter* writer, Supervised* supervised)
        : writer_(writer), supervised_(supervised) {}
    Task<Result<>> write(std::string_view bytes) override {
        supervised_->begin_write();
        Result<> written = co_await writer_->write(bytes);
        supervised_->end_write();
        co_return written;
    }
    std::optional<DirectOutput> direct() override { return writer_->direct(); }

  private:
    BodyWriter* writer_;
    Supervised* supervised_;
};

Task<Result<>> run_body(const StreamBody& body, BodyWriter& writer, const Request& request) {
    try {
        co_return co_await body(writer);
    } catch (const std::exception& problem) {
        log::error("response cut off method={} path={} what={}", request.method, request.path,
                   problem.what());
        co_return Error(ErrorKind::internal, "response cut off");
    }
}

}  // namespace

Task<Result<bool>> Connection::stream_body(Exchange& exchange, const StreamBody& body,
                                           ResponsePlan plan) {
    ChunkedWriter chunks(stream_.get());
    PlainWriter plain(stream_.get(), plan.length);
    BodyWriter* const writer = plan.chunked ? static_cast<BodyWriter*>(&chunks) : &plain;
    SupervisedWriter supervised(writer, &*supervised_);
    CO_CHECK_OK(co_await run_body(body, supervised, exchange.request));
    if (plan.chunked) {
        CO_CHECK_OK(co_await chunks.finish());
        co_return true;
    }
    co_return plain.complete();
}

Task<Result<>> Connection::upgrade(Exchange& exchange, Response& response) {
    const UpgradeBody body = std::move(std::get<UpgradeBody>(response.body));
    // A body of known length is the request's, not the stream's first bytes. One in chunks is left:
    // clients that have nothing better use it as the stream.
    const auto left = exchange.body.remaining();
    if (left && !exchange.awaits_continue) {
        const bool drained = co_await drain(exchange);
        if (!drained) {
            co_return Error(ErrorKind::invalid, "the request's body is too long to be passed over");
        }
    }
    const std::string head = upgrade_head(response, exchange.request.http_1_0);
    CO_CHECK_OK(co_await stream_->write(head));
    supervised_.reset();  // from here on, the connection is the handler's
    auto stream = put_back(input_.take_rest(), std::move(stream_));
    co_await body(std::move(stream));
    co_return Result<>();
}

Task<bool> Connection::drain(Exchange& exchange) {
    supervised_->enter(Phase::head);
    std::size_t limit = context_.options->drain_limit;
    std::vector<char> buffer(16384);
    while (!exchange.body.finished()) {
        const Result<std::size_t> got = co_await exchange.body.read_some(buffer);
        if (!got.ok() || *got > limit) {
            co_return false;
        }
        limit -= *got;
    }
    co_return true;
}

Task<Result<>> Connection::refuse(Error error) {
    // Only what the peer did wrong is worth an answer: a dead connection is not.
    if (error.kind() != ErrorKind::invalid) {
        co_return error;
    }
    const std::string reply = refusal(error);
    supervised_->enter(Phase::lingering);
    CO_CHECK_OK(co_await stream_->write(reply));
    co_await linger();
    co_return Result<>();
}

/// Closing with unread bytes resets the connection, and the peer might never see what we wrote: say
/// that it is over, then read for a moment.
Task<> Connection::linger() {
    supervised_->enter(Phase::lingering);
    const Result<> said = co_await stream_->shutdown_write();
    std::vector<char> buffer(said.ok() ? 16384 : 0);
    while (!buffer.empty()) {
        const Result<std::size_t> got = co_await stream_->read_some(buffer);
        if (!got.ok() || *got == 0) {
            co_return;
        }
    }
}

}  // namespace wherry::http
