#include "net/async/mutex.hpp"

#include "net/async/cancel.hpp"

namespace wherry::async {

Task<Result<Mutex::Guard>> Mutex::lock() {
    if (!locked_) {
        const bool cancelled = co_await is_cancelled();
        if (cancelled) {
            co_return cancelled_error();
        }
        locked_ = true;
        co_return Guard(this);
    }
    // Woken by unlock, which hands the lock over instead of opening it.
    const bool owner = co_await queue_.wait();
    if (!owner) {
        co_return cancelled_error();
    }
    co_return Guard(this);
}

void Mutex::unlock() noexcept {
    if (!queue_.notify_one()) {
        locked_ = false;
    }
}

Task<Result<KeyMutex::Guard>> KeyMutex::lock(std::string key) {
    Entry& entry = entries_[key];
    ++entry.users;
    Result<Mutex::Guard> guard = co_await entry.mutex.lock();
    if (!guard) {
        leave(key);
        co_return std::move(guard).error();
    }
    co_return Guard(this, std::move(key), *std::move(guard));
}

KeyMutex::Guard::~Guard() {
    if (owner_ != nullptr) {
        guard_.unlock();
        owner_->leave(key_);
    }
}

void KeyMutex::leave(const std::string& key) noexcept {
    const auto at = entries_.find(key);
    if (--at->second.users == 0) {
        entries_.erase(at);
    }
}

}  // namespace wherry::async
