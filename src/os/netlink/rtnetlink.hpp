// A routing socket (rtnetlink(7)) through libnl. It speaks for the network namespace of the thread
// that opened it, for as long as it lives, whichever thread uses it later. One thread at a time.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.hpp"

struct nl_sock;
struct nl_msg;

namespace wherry::os {

class RouteSocket {
  public:
    [[nodiscard]] static Result<RouteSocket> open();

    /// Sends the message (which it frees) and waits for the kernel's answer. `call` and `object`
    /// name what it does in the error; `os_error()` of the error is an errno.
    [[nodiscard]] Result<> request(nl_msg* message, std::string_view call, std::string_view object);
    [[nodiscard]] nl_sock* get() const noexcept { return socket_.get(); }

  private:
    struct Free {
        void operator()(nl_sock* socket) const noexcept;
    };
    std::unique_ptr<nl_sock, Free> socket_;
};

/// A libnl result (negative NLE_*) as an error with the errno that it stands for.
[[nodiscard]] Error netlink_failure(std::string_view call, std::string_view object, int code);

}  // namespace wherry::os
