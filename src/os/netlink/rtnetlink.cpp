#include "os/netlink/rtnetlink.hpp"

#include <netlink/errno.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

#include <cerrno>

namespace wherry::os {

namespace {

int errno_of(int code) {
    switch (code < 0 ? -code : code) {
        case NLE_EXIST:
            return EEXIST;
        case NLE_OBJ_NOTFOUND:
            return ENOENT;
        case NLE_NODEV:
            return ENODEV;
        case NLE_BUSY:
            return EBUSY;
        case NLE_PERM:
        case NLE_NOACCESS:
            return EPERM;
        case NLE_NOMEM:
            return ENOMEM;
        case NLE_OPNOTSUPP:
            return EOPNOTSUPP;
        case NLE_RANGE:
            return ERANGE;
        case NLE_NOADDR:
            return EADDRNOTAVAIL;
        case NLE_INTR:
            return EINTR;
        case NLE_AGAIN:
            return EAGAIN;
        default:
            return EINVAL;
    }
}

}  // namespace

void RouteSocket::Free::operator()(nl_sock* socket) const noexcept {
    ::nl_socket_free(socket);
}

Result<RouteSocket> RouteSocket::open() {
    RouteSocket out;
    out.socket_.reset(::nl_socket_alloc());
    if (!out.socket_) {
        return os_failure("netlink socket", "", ENOMEM);
    }
    // nl_connect opens it close-on-exec.
    if (const int code = ::nl_connect(out.socket_.get(), NETLINK_ROUTE); code < 0) {
        return netlink_failure("netlink socket", "", code);
    }
    return out;
}

Result<> RouteSocket::request(nl_msg* message, std::string_view call, std::string_view object) {
    if (const int code = ::nl_send_sync(socket_.get(), message); code < 0) {
        return netlink_failure(call, object, code);
    }
    return {};
}

Error netlink_failure(std::string_view call, std::string_view object, int code) {
    return os_failure(call, object, errno_of(code));
}

}  // namespace wherry::os
