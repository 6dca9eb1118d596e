#include "net/async/hangup_watch.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <map>

#include "os/socket.hpp"

namespace wherry::async {

namespace asio = boost::asio;

struct HangupWatch::Impl : std::enable_shared_from_this<HangupWatch::Impl> {
    explicit Impl(const Executor& executor) : epoll(executor) {
        epoll.assign(::epoll_create1(EPOLL_CLOEXEC));
    }
    asio::posix::stream_descriptor epoll;
    std::map<int, std::function<void()>> watched;
    bool waiting = false;

    void wait() {
        if (waiting || watched.empty()) {
            return;
        }
        waiting = true;
        epoll.async_wait(asio::posix::descriptor_base::wait_read,
                         [self = shared_from_this()](const boost::system::error_code& error) {
                             self->waiting = false;
                             if (!error) {
                                 self->dispatch();
                                 self->wait();
                             }
                         });
    }
    void dispatch() {
        std::array<epoll_event, 64> events{};
        const int count = ::epoll_wait(epoll.native_handle(), events.data(), events.size(), 0);
        for (int i = 0; i < count; ++i) {
            const int fd = events[static_cast<std::size_t>(i)].data.fd;
            const auto at = watched.find(fd);
            if (at == watched.end()) {
                continue;  // removed by an earlier callback of this round
            }
            const auto gone = std::move(at->second);
            remove(fd);
            gone();
        }
    }
    void remove(int fd) noexcept {
        if (watched.erase(fd) > 0) {
            ::epoll_ctl(epoll.native_handle(), EPOLL_CTL_DEL, fd, nullptr);
        }
    }
};

HangupWatch::HangupWatch(const Executor& executor) : impl_(std::make_shared<Impl>(executor)) {}

HangupWatch::~HangupWatch() {
    impl_->watched.clear();
    boost::system::error_code ignored;
    impl_->epoll.close(ignored);
}

void HangupWatch::add(int fd, std::function<void()> gone) {
    epoll_event event{};
    event.events = os::socket_family(fd) == AF_UNIX ? 0U : static_cast<unsigned>(EPOLLRDHUP);
    event.data.fd = fd;
    if (::epoll_ctl(impl_->epoll.native_handle(), EPOLL_CTL_ADD, fd, &event) == 0) {
        impl_->watched[fd] = std::move(gone);
        impl_->wait();
    }
}

void HangupWatch::remove(int fd) noexcept {
    impl_->remove(fd);
}

}  // namespace wherry::async
