#include "sdk/session.hpp"

#include <utility>

namespace wherry::sdk {

namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;

class HijackedSource final : public AsyncSession::Source {
  public:
    HijackedSource(CorePtr core, Call call, Opened opened, bool framed)
        : core_(std::move(core)),
          call_(std::move(call)),
          opened_(std::move(opened)),
          parser_(framed),
          buffer_(buffer_size),
          closing_(opened_.stop) {}

    Task<Result<std::optional<Output>>> next() override {
        while (true) {
            auto output = parser_.next(rest_);
            if (!output) {
                co_return decorate(std::move(output).error());
            }
            if (*output) {
                co_return output;
            }
            auto count =
                co_await async::with_stop(opened_.stream->read_some(buffer_), closing_.token());
            if (!count) {
                co_return decorate(std::move(count).error());
            }
            if (*count == 0) {
                if (!parser_.at_boundary()) {
                    co_return decorate(
                        Error(ErrorKind::internal, "the output ended inside a frame"));
                }
                co_return std::optional<Output>();
            }
            rest_ = std::string_view(buffer_.data(), *count);
        }
    }
    Task<Result<>> write(std::string bytes) override {
        auto written = co_await async::with_stop(opened_.stream->write(bytes), closing_.token());
        if (!written) {
            co_return decorate(std::move(written).error());
        }
        co_return Result<>();
    }
    Task<Result<>> close_write() override { return opened_.stream->shutdown_write(); }
    void close() noexcept override { closing_.close(); }
    [[nodiscard]] bool is_tty() const noexcept override { return !parser_.framed(); }

  private:
    [[nodiscard]] Error decorate(Error error) const {
        return core_->decorate(std::move(error), call_, opened_.version);
    }

    CorePtr core_;
    Call call_;
    Opened opened_;
    OutputParser parser_;
    std::vector<char> buffer_;
    std::string_view rest_;
    Closing closing_;
};

}  // namespace

Task<Result<AsyncSession>> open_session(CorePtr core, Call call, CallOptions options,
                                        Framing framing, std::string id) {
    auto task = core->open(call, options, true);
    CO_TRY(auto opened, co_await guarded(std::move(task), std::move(options)));
    if (!opened.stream) {
        co_return core->decorate(
            Error(ErrorKind::internal, "the daemon did not hand the connection over"), call,
            opened.version);
    }
    bool framed = framing == Framing::framed;
    if (framing == Framing::declared) {
        CO_TRY(framed, co_await is_framed(core, opened, TtyOf::container, std::move(id)));
    }
    co_return AsyncSession(std::make_unique<HijackedSource>(std::move(core), std::move(call),
                                                            std::move(opened), framed));
}

}  // namespace wherry::sdk

namespace wherry {

Session::Session(std::unique_ptr<sdk::SessionState> state) : state_(std::move(state)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Result<std::optional<Output>> Session::next() {
    return state_->session.run(state_->session->async_next());
}
Result<> Session::write(std::string_view bytes) {
    return state_->session.run(state_->session->async_write(std::string(bytes)));
}
Result<> Session::close_write() {
    return state_->session.run(state_->session->async_close_write());
}
void Session::close() noexcept {
    state_->session->close();
}
bool Session::is_tty() const noexcept {
    return state_->session->is_tty();
}

}  // namespace wherry
