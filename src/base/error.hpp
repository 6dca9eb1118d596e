// What can go wrong in the world, by what the caller can do about it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.hpp"

namespace wherry {

/// Ten kinds, one HTTP status each (`http_status`).
enum class ErrorKind {
    invalid,       ///< 400: the request is wrong
    unauthorized,  ///< 401
    denied,        ///< 403
    not_found,     ///< 404
    conflict,      ///< 409: the object is in another state
    not_modified,  ///< 304: it is already so
    unsupported,   ///< 501: not built
    unavailable,   ///< 503: not now
    internal,      ///< 500: our fault, or the machine's
    cancelled,     ///< no reply: the caller has gone or gave up
};

[[nodiscard]] int http_status(ErrorKind kind) noexcept;
[[nodiscard]] std::string_view to_string(ErrorKind kind) noexcept;

/// More facts about an error, for those who know their type (`wherry::ApiError` of the SDK).
struct ErrorDetail {
    ErrorDetail() = default;
    ErrorDetail(const ErrorDetail&) = default;
    ErrorDetail& operator=(const ErrorDetail&) = default;
    virtual ~ErrorDetail() = default;
};

/// An error reads outside in ("start web: open /a: no such file"): no capital, no full stop,
/// except where the Docker API fixes the text.
class Error {
  public:
    Error(ErrorKind kind, std::string message) : kind_(kind), message_(std::move(message)) {}
    /// An error whose HTTP status is not its kind's own.
    Error(ErrorKind kind, std::string message, int status)
        : kind_(kind), status_(status), message_(std::move(message)) {}

    [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] int status() const noexcept {
        return status_ != 0 ? status_ : http_status(kind_);
    }
    /// errno, where a system call is the cause; 0 otherwise.
    [[nodiscard]] int os_error() const noexcept { return os_error_; }

    [[nodiscard]] Error with_os_error(int code) && {
        os_error_ = code;
        return std::move(*this);
    }
    /// Null where there are no more facts.
    [[nodiscard]] const ErrorDetail* detail() const noexcept { return detail_.get(); }

    [[nodiscard]] Error with_detail(std::shared_ptr<const ErrorDetail> detail) && {
        detail_ = std::move(detail);
        return std::move(*this);
    }
    /// The same error with what it was for in front: "PREFIX: message".
    [[nodiscard]] Error in(std::string_view prefix) &&;

  private:
    ErrorKind kind_;
    int status_ = 0;
    int os_error_ = 0;
    std::string message_;
    std::shared_ptr<const ErrorDetail> detail_;  // shared by the copies of the error
};

/// `fail(ErrorKind::conflict, "container {} is running", id)`
template <class... Args>
[[nodiscard]] Error fail(ErrorKind kind, std::string_view pattern, const Args&... args) {
    return Error(kind, text::format(pattern, args...));
}

/// What an errno means: "no such file or directory".
[[nodiscard]] std::string os_reason(int code);
/// A failed system call: "CALL OBJECT: no such file or directory"; its kind follows errno.
[[nodiscard]] Error os_failure(std::string_view call, std::string_view object, int code);

}  // namespace wherry
