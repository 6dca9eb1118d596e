#include "base/error.hpp"

#include <cerrno>
#include <cstring>

namespace wherry {

int http_status(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::invalid:
            return 400;
        case ErrorKind::unauthorized:
            return 401;
        case ErrorKind::denied:
            return 403;
        case ErrorKind::not_found:
            return 404;
        case ErrorKind::conflict:
            return 409;
        case ErrorKind::not_modified:
            return 304;
        case ErrorKind::unsupported:
            return 501;
        case ErrorKind::unavailable:
            return 503;
        case ErrorKind::internal:
        case ErrorKind::cancelled:
            return 500;
    }
    return 500;
}

std::string_view to_string(ErrorKind kind) noexcept {
    switch (kind) {
        case ErrorKind::invalid:
            return "invalid";
        case ErrorKind::unauthorized:
            return "unauthorized";
        case ErrorKind::denied:
            return "denied";
        case ErrorKind::not_found:
            return "not_found";
        case ErrorKind::conflict:
            return "conflict";
        case ErrorKind::not_modified:
            return "not_modified";
        case ErrorKind::unsupported:
            return "unsupported";
        case ErrorKind::unavailable:
            return "unavailable";
        case ErrorKind::internal:
            return "internal";
        case ErrorKind::cancelled:
            return "cancelled";
    }
    return "internal";
}

Error Error::in(std::string_view prefix) && {
    message_.insert(0, ": ");
    message_.insert(0, prefix);
    return std::move(*this);
}

std::string os_reason(int code) {
    char buffer[128];
    // The GNU strerror_r may return a static text instead of filling the buffer.
    std::string reason = ::strerror_r(code, buffer, sizeof buffer);
    if (!reason.empty() && reason[0] >= 'A' && reason[0] <= 'Z') {
        reason[0] = static_cast<char>(reason[0] - 'A' + 'a');
    }
    return reason;
}

Error os_failure(std::string_view call, std::string_view object, int code) {
    // A failing call is the machine's fault unless a caller knows better and says so.
    const ErrorKind kind = code == ENOENT      ? ErrorKind::not_found
                           : code == ECANCELED ? ErrorKind::cancelled
                                               : ErrorKind::internal;
    std::string message(call);
    if (!object.empty()) {
        message.append(" ").append(object);
    }
    message.append(": ").append(os_reason(code));
    // An ENOENT of ours is not the API's "not found": say 500 unless the caller maps it.
    return Error(kind, std::move(message), kind == ErrorKind::not_found ? 500 : 0)
        .with_os_error(code);
}

}  // namespace wherry
