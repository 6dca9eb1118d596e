#include "sdk/ssh.hpp"

#include <csignal>
#include <memory>

#include "base/text.hpp"
#include "net/async/socket.hpp"
#include "os/file.hpp"
#include "os/process.hpp"
#include "os/socket.hpp"

namespace wherry::sdk {

namespace {

std::string command_text(const SshTarget& target) {
    return "ssh " + text::join(ssh_arguments(target), " ");
}

/// The program on the other end of the socket, and what it has complained about.
struct SshProgram {
    os::UniqueFd pidfd;
    os::UniqueFd complaints;  ///< its standard error, a file in memory

    SshProgram() = default;
    SshProgram(const SshProgram&) = delete;
    SshProgram& operator=(const SshProgram&) = delete;
    /// One that still connects does not see that nobody waits for it any more.
    ~SshProgram() {
        const Result<> ended = os::signal_pidfd(pidfd.get(), SIGTERM);
        static_cast<void>(ended);  // it has ended by itself
    }
};

/// Tells an end that comes before any answer by what ssh says about it.
class SshStream final : public async::Stream {
  public:
    SshStream(std::unique_ptr<async::Stream> inner, std::unique_ptr<SshProgram> program,
              std::string command)
        : inner_(std::move(inner)), program_(std::move(program)), command_(std::move(command)) {}

    Task<Result<std::size_t>> read_some(std::span<char> buffer) override {
        Result<std::size_t> got = co_await inner_->read_some(buffer);
        const bool ended = !got.ok() || *got == 0;
        if (ended && !answered_) {
            co_return failure();
        }
        answered_ = true;
        co_return got;
    }
    Task<Result<>> write(std::string_view bytes) override {
        Result<> written = co_await inner_->write(bytes);
        co_return judge(std::move(written));
    }
    Task<Result<>> write_pieces(std::span<const std::string_view> pieces) override {
        Result<> written = co_await inner_->write_pieces(pieces);
        co_return judge(std::move(written));
    }
    Task<Result<>> shutdown_write() override { return inner_->shutdown_write(); }
    void close() noexcept override { inner_->close(); }
    Result<Released> release() override {
        return Error(ErrorKind::unsupported, "a connection through ssh cannot be given away");
    }
    [[nodiscard]] int native_handle() const noexcept override { return inner_->native_handle(); }

  private:
    /// A program that has already ended refuses the request before an end can be read.
    [[nodiscard]] Result<> judge(Result<> written) const {
        if (written.ok() || answered_) {
            return written;
        }
        return failure();
    }
    [[nodiscard]] Error failure() const {
        const std::string said = os::read_from_start(program_->complaints.get()).value_or("");
        return fail(ErrorKind::unavailable,
                    "the command [{}] has ended without an answer; make sure that the address is "
                    "right and that docker is installed there: {}",
                    command_, text::trim(said));
    }

    std::unique_ptr<async::Stream> inner_;
    std::unique_ptr<SshProgram> program_;
    std::string command_;
    bool answered_ = false;
};

std::vector<std::string> environment_words() {
    std::vector<std::string> out;
    for (char** at = environ; *at != nullptr; ++at) {
        out.emplace_back(*at);
    }
    return out;
}

Task<Result<http::StreamPtr>> dial(SshTarget target) {
    CO_TRY(auto ends, os::socket_pair());
    auto program = std::make_unique<SshProgram>();
    CO_TRY(program->complaints, os::memory_file("ssh"));
    CO_CHECK_OK(os::set_blocking(ends.second.get()));
    os::SpawnPlan plan;
    plan.program = "ssh";
    plan.arguments = ssh_arguments(target);
    plan.environment = environment_words();
    const int there = ends.second.get();
    plan.fds = {{there, 0}, {there, 1}, {program->complaints.get(), 2}};
    CO_TRY(const pid_t pid, os::spawn_orphan(plan));
    if (auto pidfd = os::open_pidfd(pid)) {
        program->pidfd = std::move(*pidfd);
    }
    ends.second.reset();
    const async::Executor executor = co_await boost::asio::this_coro::executor;
    auto inner = async::adopt_socket(executor, std::move(ends.first));
    co_return http::StreamPtr(
        std::make_unique<SshStream>(std::move(inner), std::move(program), command_text(target)));
}

}  // namespace

Result<SshTarget> parse_ssh(std::string_view rest) {
    SshTarget target;
    if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
        target.socket = rest.substr(slash);
        rest = rest.substr(0, slash);
    }
    if (target.socket == "/") {
        target.socket.clear();
    }
    if (target.socket.find_first_of("?# '\"") != std::string::npos) {
        return fail(ErrorKind::invalid, "no query, fragment, blank or quote can follow the host");
    }
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        target.user = rest.substr(0, at);
        rest = rest.substr(at + 1);
    }
    if (target.user.find(':') != std::string::npos) {
        return Error(ErrorKind::invalid, "a password in the address is not supported");
    }
    const auto end = rest.starts_with('[') ? rest.find(']') : 0;
    if (end == std::string_view::npos) {
        return fail(ErrorKind::invalid, "no closing bracket in {}", rest);
    }
    const auto colon = rest.find(':', end);
    target.host = rest.substr(0, colon);
    if (colon != std::string_view::npos) {
        target.port = rest.substr(colon + 1);
        const auto number = text::parse_int<int>(target.port);
        if (!number || *number < 1 || *number > 65535) {
            return fail(ErrorKind::invalid, "{} is no port", target.port);
        }
    }
    if (target.host.starts_with('[')) {
        target.host = target.host.substr(1, target.host.size() - 2);
    }
    // An option of ssh must not come in by an address.
    if (target.host.empty() || target.host.starts_with('-') || target.user.starts_with('-')) {
        return Error(ErrorKind::invalid, "no host in it");
    }
    return target;
}

std::vector<std::string> ssh_arguments(const SshTarget& target) {
    std::vector<std::string> out{"-o", "ConnectTimeout=30", "-T"};
    if (!target.user.empty()) {
        out.insert(out.end(), {"-l", target.user});
    }
    if (!target.port.empty()) {
        out.insert(out.end(), {"-p", target.port});
    }
    out.insert(out.end(), {"--", target.host, "docker"});
    if (!target.socket.empty()) {
        out.push_back("--host=unix://" + target.socket);
    }
    out.insert(out.end(), {"system", "dial-stdio"});
    return out;
}

http::Endpoint ssh_transport(const SshTarget& target) {
    http::CustomEndpoint endpoint;
    endpoint.connect = [target] { return dial(target); };
    endpoint.host = "docker.example.com";
    return {std::move(endpoint)};
}

}  // namespace wherry::sdk
