#include "monitor/attachment.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "os/syscall.hpp"

namespace wherry::monitor {

namespace {

constexpr std::chrono::milliseconds linger_limit{2000};

}  // namespace

Attachment::Attachment(EventLoop& loop, Client client, Owner owner)
    : loop_(loop),
      socket_(std::move(client.socket)),
      request_(std::move(client.request)),
      owner_(std::move(owner)),
      keys_(request_.detach_keys),
      out_(client.spool_folder),
      typing_(request_.standard_input) {
    const int flags = ::fcntl(socket_.get(), F_GETFL);
    (void)::fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK);
    out_.append(request_.first_output);
    request_.first_output = std::string();
}

Attachment::~Attachment() {
    loop_.forget(socket_.get());
    loop_.cancel(linger_timer_);
}

void Attachment::begin() {
    begun_ = true;
    if (typing_ && !request_.already_read.empty()) {
        const std::string first = std::move(request_.already_read);
        request_.already_read.clear();
        take_typing(first);
    }
    flush();
}

bool Attachment::wants(frame::Stream stream) const noexcept {
    return !finishing_ && !ended_ &&
           (stream == frame::Stream::standard_error ? request_.standard_error
                                                    : request_.standard_output);
}

void Attachment::send(frame::Stream stream, std::string_view bytes) {
    if (request_.framed) {
        const auto head = frame::head(stream, bytes.size());
        out_.append({head.data(), head.size()});
    }
    out_.append(bytes);
    was_full_ = was_full_ || full();
    flush();
}

void Attachment::flush() {
    while (!ended_ && out_.size() > 0) {
        const auto next = out_.front();
        const auto put = os::retry([&] {
            return ::send(socket_.get(), next.data(), next.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        });
        if (put < 0) {
            if (errno != EAGAIN) {
                end(wire::AttachEndReason::client_gone);
                return;
            }
            break;
        }
        out_.pop(static_cast<std::size_t>(put));
    }
    if (was_full_ && !full()) {
        was_full_ = false;
        owner_.drained();
    }
    update();
}

/// Watches for what this client can do next; goes to the end once everything is sent.
void Attachment::update() {
    if (ended_) {
        return;
    }
    if (finishing_ && out_.size() == 0 && !lingering_) {
        // The client reads to the end, then closes; closing with typing unread would cut that off.
        lingering_ = true;
        (void)::shutdown(socket_.get(), SHUT_WR);
        linger_timer_ = loop_.after(linger_limit, [this] { end(reason_); });
    }
    const bool read = lingering_ || (begun_ && typing_ && !finishing_ && owner_.room());
    if (hung_up_ && !read) {
        // EPOLLHUP would wake us for ever: what is left comes when there is room (resume).
        loop_.forget(socket_.get());
        if (!typing_) {
            end(wire::AttachEndReason::client_gone);
        }
        return;
    }
    const std::uint32_t events = (read ? EPOLLIN : 0U) | (out_.size() > 0 ? EPOLLOUT : 0U);
    loop_.watch(socket_.get(), events, [this](std::uint32_t got) { handle(got); });
}

void Attachment::handle(std::uint32_t events) {
    if ((events & (EPOLLHUP | EPOLLERR)) != 0) {
        hung_up_ = true;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        read_typing();
    }
    if (!ended_) {
        flush();
    }
}

void Attachment::read_typing() {
    char buffer[16384];
    while (!ended_ && (lingering_ || (begun_ && typing_ && !finishing_ && owner_.room()))) {
        const auto got =
            os::retry([&] { return ::recv(socket_.get(), buffer, sizeof buffer, MSG_DONTWAIT); });
        if (got < 0 && errno == EAGAIN) {
            return;
        }
        if (lingering_ && got <= 0) {
            end(reason_);
        } else if (got < 0) {
            end(wire::AttachEndReason::client_gone);
        } else if (got == 0) {
            end_typing();
        } else if (!lingering_) {
            take_typing({buffer, static_cast<std::size_t>(got)});
        }
    }
}

void Attachment::take_typing(std::string_view bytes) {
    std::string passed;
    const bool detach = keys_.pass(bytes, passed);
    if (!passed.empty()) {
        owner_.typed(passed);
    }
    if (detach) {
        finish(wire::AttachEndReason::detach_keys);
    }
}

void Attachment::end_typing() {
    typing_ = false;
    std::string rest;
    keys_.finish(rest);
    if (!rest.empty()) {
        owner_.typed(rest);
    }
    owner_.typing_ended();
    // Who sees no output and has nothing more to say is done.
    if (!request_.standard_output && !request_.standard_error) {
        finish(wire::AttachEndReason::client_gone);
    } else if (hung_up_) {
        end(wire::AttachEndReason::client_gone);
    }
}

void Attachment::finish(wire::AttachEndReason reason) {
    if (!finishing_ && !ended_) {
        finishing_ = true;
        reason_ = reason;
        flush();
    }
}

void Attachment::resume() {
    if (!ended_ && begun_ && typing_) {
        read_typing();
        update();
    }
}

void Attachment::end(wire::AttachEndReason reason) {
    if (!ended_) {
        ended_ = true;
        loop_.forget(socket_.get());
        loop_.cancel(linger_timer_);
        (void)::shutdown(socket_.get(), SHUT_RDWR);
        socket_.reset();
        owner_.ended(finishing_ ? reason_ : reason);
    }
}

}  // namespace wherry::monitor
