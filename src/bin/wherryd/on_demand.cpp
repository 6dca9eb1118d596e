#include "bin/wherryd/on_demand.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "net/async/sleep.hpp"
#include "os/file.hpp"
#include "os/tree.hpp"
#include "server/service.hpp"

namespace wherry::daemon {

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest_look = 250ms;
/// Enough for the loop to take the connections that were made before the lock was.
constexpr std::chrono::milliseconds last_look = 20ms;

std::string lock_of(const std::string& socket) {
    return socket + ".lock";
}

}  // namespace

Result<OnDemand> OnDemand::of(const Options& options) {
    const std::string host = options.hosts.empty() ? on_demand_host : options.hosts.front();
    if (options.hosts.size() > 1 || !host.starts_with("unix:///")) {
        return Error(ErrorKind::invalid, "an on-demand engine listens on one unix socket");
    }
    TRY(const auto grace, parse_grace(options.on_demand_grace));
    return OnDemand(host.substr(std::string_view("unix://").size()), grace);
}

Task<Result<>> OnDemand::until_unused(server::Service& service) {
    const auto look = std::clamp(grace_ / 4, 10ms, longest_look);
    auto used = Clock::now();
    while (true) {
        CO_CHECK_OK(co_await async::sleep(look));
        if (!service.is_unused()) {
            used = Clock::now();
            continue;
        }
        if (Clock::now() - used < grace_) {
            continue;
        }
        auto lock = os::LockFile::try_take(lock_of(socket_));
        if (!lock || !*lock) {
            continue;  // a command is about to connect
        }
        CO_CHECK_OK(co_await async::sleep(last_look));
        if (service.is_unused()) {
            lock_ = std::move(*lock);
            co_return Result<>();
        }
    }
}

void OnDemand::leave() {
    if (!lock_) {  // it was ended by a signal
        auto lock = os::LockFile::try_take(lock_of(socket_));
        if (!lock || !*lock) {
            return;
        }
        lock_ = std::move(*lock);
    }
    if (const Result<> removed = os::remove_file(socket_ + ".log"); !removed) {
        log::warn("{}", removed.error().message());
    }
    if (const Result<> removed = lock_->remove(); !removed) {
        log::warn("{}", removed.error().message());
    }
    // Another engine's files may lie there, too.
    static_cast<void>(os::remove_empty_dir(socket_.substr(0, socket_.rfind('/'))));
}

}  // namespace wherry::daemon
