#include "net/http/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <vector>

#include "net/async/mutex.hpp"
#include "os/socket.hpp"

namespace wherry::http {

namespace {

struct Deleter {
    void operator()(SSL* ssl) const noexcept { ::SSL_free(ssl); }
    void operator()(SSL_CTX* context) const noexcept { ::SSL_CTX_free(context); }
};
using SslPtr = std::unique_ptr<SSL, Deleter>;
using SslContextPtr = std::unique_ptr<SSL_CTX, Deleter>;

constexpr std::size_t record_buffer = std::size_t{32} * 1024;

std::string library_error() {
    const unsigned long code = ::ERR_get_error();
    ::ERR_clear_error();
    if (code == 0) {
        return "connection closed";
    }
    const char* reason = ::ERR_reason_error_string(code);
    return reason != nullptr ? reason : "unknown error";
}

Error tls_failure(std::string_view what) {
    return fail(ErrorKind::unavailable, "tls: {}: {}", what, library_error());
}

Error file_failure(std::string_view what, const std::string& path) {
    return fail(ErrorKind::invalid, "tls: {} {}: {}", what, path, library_error());
}

}  // namespace

class TlsContext {
  public:
    explicit TlsContext(SslContextPtr context, bool verify)
        : context_(std::move(context)), verify_(verify) {}
    [[nodiscard]] SSL_CTX* get() const noexcept { return context_.get(); }
    [[nodiscard]] bool verify() const noexcept { return verify_; }

  private:
    SslContextPtr context_;
    bool verify_;
};

namespace {

/// OpenSSL works on two memory buffers; this moves their bytes. So the close of one direction goes
/// out like any other bytes, which asio::ssl::stream cannot do.
class TlsStream final : public async::Stream {
  public:
    TlsStream(StreamPtr lower, TlsContextPtr context)
        : context_(std::move(context)),
          lower_(std::move(lower)),
          ssl_(::SSL_new(context_->get())),
          incoming_(::BIO_new(::BIO_s_mem())),
          outgoing_(::BIO_new(::BIO_s_mem())) {
        ::SSL_set_bio(ssl_.get(), incoming_, outgoing_);  // which owns them from here on
        ::BIO_set_mem_eof_return(incoming_, -1);
    }
    [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }

    Task<Result<>> handshake();
    Task<Result<std::size_t>> read_some(std::span<char> buffer) override;
    Task<Result<>> write(std::string_view bytes) override;
    Task<Result<>> shutdown_write() override;
    void poll_before_sleep(std::chrono::nanoseconds time) noexcept override {
        lower_->poll_before_sleep(time);
    }
    void close() noexcept override { lower_->close(); }
    Result<Released> release() override {
        return Error(ErrorKind::unsupported, "a TLS connection has no socket to give away");
    }
    [[nodiscard]] bool can_release() const noexcept override { return false; }
    [[nodiscard]] int native_handle() const noexcept override { return lower_->native_handle(); }

  private:
    Task<Result<>> flush();
    Task<Result<bool>> feed();
    Error handshake_failure();

    TlsContextPtr context_;
    StreamPtr lower_;
    SslPtr ssl_;
    BIO* incoming_;
    BIO* outgoing_;
    async::Mutex flushing_;  // the reader may have to answer while the writer writes
    std::vector<char> buffer_ = std::vector<char>(record_buffer);
};

Task<Result<>> TlsStream::flush() {
    if (::BIO_ctrl_pending(outgoing_) == 0 && !flushing_.locked()) {
        co_return Result<>();
    }
    CO_TRY(const auto guard, co_await flushing_.lock());
    std::string bytes;
    while (const std::size_t pending = ::BIO_ctrl_pending(outgoing_)) {
        bytes.resize(pending);
        const int got = ::BIO_read(outgoing_, bytes.data(), static_cast<int>(pending));
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        CO_CHECK_OK(co_await lower_->write(bytes));
    }
    co_return Result<>();
}

/// False at the end of the connection.
Task<Result<bool>> TlsStream::feed() {
    CO_TRY(const std::size_t got, co_await lower_->read_some(buffer_));
    if (got > 0) {
        ::BIO_write(incoming_, buffer_.data(), static_cast<int>(got));
    }
    co_return got > 0;
}

Error TlsStream::handshake_failure() {
    const long verdict = ::SSL_get_verify_result(ssl_.get());
    if (verdict != X509_V_OK && context_->verify()) {
        ::ERR_clear_error();
        return fail(ErrorKind::unavailable, "tls: certificate refused: {}",
                    std::string_view(::X509_verify_cert_error_string(verdict)));
    }
    return tls_failure("handshake");
}

Task<Result<>> TlsStream::handshake() {
    while (true) {
        ::ERR_clear_error();
        const int done = ::SSL_do_handshake(ssl_.get());
        const int why = done == 1 ? SSL_ERROR_NONE : ::SSL_get_error(ssl_.get(), done);
        if (done != 1 && why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) {
            Error error = handshake_failure();
            const Result<> alert_sent = co_await flush();
            (void)alert_sent.ok();
            co_return error;
        }
        CO_CHECK_OK(co_await flush());
        if (done == 1) {
            co_return Result<>();
        }
        CO_TRY(const bool more, co_await feed());
        if (!more) {
            co_return fail(ErrorKind::unavailable, "tls: handshake: connection closed");
        }
    }
}

Task<Result<std::size_t>> TlsStream::read_some(std::span<char> buffer) {
    while (true) {
        ::ERR_clear_error();
        std::size_t got = 0;
        const int done = ::SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &got);
        if (done == 1) {
            co_return got;
        }
        const int why = ::SSL_get_error(ssl_.get(), done);
        if (why == SSL_ERROR_ZERO_RETURN) {
            co_return std::size_t{0};
        }
        if (why != SSL_ERROR_WANT_READ) {
            co_return tls_failure("read");
        }
        CO_CHECK_OK(co_await flush());
        CO_TRY(const bool more, co_await feed());
        if (!more) {
            // Without its close_notify the end may be an attacker's.
            co_return fail(ErrorKind::unavailable, "tls: connection cut off");
        }
    }
}

Task<Result<>> TlsStream::write(std::string_view bytes) {
    while (!bytes.empty()) {
        // One record's worth at a time, so that the memory does not grow with the text.
        const auto part = bytes.substr(0, record_buffer);
        ::ERR_clear_error();
        std::size_t put = 0;
        const int done = ::SSL_write_ex(ssl_.get(), part.data(), part.size(), &put);
        if (done != 1) {
            co_return tls_failure("write");
        }
        bytes.remove_prefix(put);
        CO_CHECK_OK(co_await flush());
    }
    co_return Result<>();
}

Task<Result<>> TlsStream::shutdown_write() {
    ::ERR_clear_error();
    (void)::SSL_shutdown(ssl_.get());  // 0: ours is sent, theirs not yet here, which is the point
    ::ERR_clear_error();
    co_return co_await flush();
}

Result<> load_identity(SSL_CTX* context, const std::string& certificate, const std::string& key) {
    if (::SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return file_failure("certificate", certificate);
    }
    if (::SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1) {
        return file_failure("key", key);
    }
    return {};
}

Result<SslContextPtr> make_context(const SSL_METHOD* method) {
    SslContextPtr context(::SSL_CTX_new(method));
    if (!context || ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1) {
        return tls_failure("set up");
    }
    ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
    return context;
}

}  // namespace

Result<TlsContextPtr> make_tls_server(const TlsServerOptions& options) {
    TRY(auto context, make_context(::TLS_server_method()));
    CHECK_OK(load_identity(context.get(), options.certificate_file, options.key_file));
    // Tickets are bytes that a client did not ask for: its kept connection would look used.
    ::SSL_CTX_set_num_tickets(context.get(), 0);
    if (options.verify_clients) {
        const auto& path = options.client_ca_file;
        if (::SSL_CTX_load_verify_locations(context.get(), path.c_str(), nullptr) != 1) {
            return file_failure("CA", path);
        }
        ::SSL_CTX_set_client_CA_list(context.get(), ::SSL_load_client_CA_file(path.c_str()));
        ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                             nullptr);
    }
    return std::make_shared<TlsContext>(std::move(context), options.verify_clients);
}

Result<TlsContextPtr> make_tls_client(const TlsClientOptions& options) {
    TRY(auto context, make_context(::TLS_client_method()));
    if (options.system_store) {
        ::SSL_CTX_set_default_verify_paths(context.get());
    }
    for (const auto& path : options.ca_files) {
        if (::SSL_CTX_load_verify_locations(context.get(), path.c_str(), nullptr) != 1) {
            return file_failure("CA", path);
        }
    }
    if (!options.certificate_file.empty()) {
        CHECK_OK(load_identity(context.get(), options.certificate_file, options.key_file));
    }
    ::SSL_CTX_set_verify(context.get(), options.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                         nullptr);
    return std::make_shared<TlsContext>(std::move(context), options.verify);
}

Task<Result<StreamPtr>> accept_tls(StreamPtr stream, TlsContextPtr context) {
    auto tls = std::make_unique<TlsStream>(std::move(stream), std::move(context));
    ::SSL_set_accept_state(tls->ssl());
    CO_CHECK_OK(co_await tls->handshake());
    co_return StreamPtr(std::move(tls));
}

Task<Result<StreamPtr>> connect_tls(StreamPtr stream, TlsContextPtr context, std::string host) {
    auto tls = std::make_unique<TlsStream>(std::move(stream), std::move(context));
    ::SSL_set_connect_state(tls->ssl());
    auto* const parameters = ::SSL_get0_param(tls->ssl());
    bool named = false;
    if (os::is_address(host)) {
        named = ::X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1;
    } else {
        named = ::X509_VERIFY_PARAM_set1_host(parameters, host.c_str(), host.size()) == 1 &&
                ::SSL_ctrl(tls->ssl(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                           host.data()) == 1;
    }
    if (!named) {
        co_return tls_failure("host name");
    }
    CO_CHECK_OK(co_await tls->handshake());
    co_return StreamPtr(std::move(tls));
}

}  // namespace wherry::http
