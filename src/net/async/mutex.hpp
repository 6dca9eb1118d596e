// A mutex for tasks: fair, cancellable while waiting. Loop thread only.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "net/async/wait_queue.hpp"

namespace wherry::async {

class Mutex {
  public:
    /// Holds the mutex for as long as it lives.
    class [[nodiscard]] Guard {
      public:
        explicit Guard(Mutex* mutex) noexcept : mutex_(mutex) {}
        Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
        Guard& operator=(Guard&& other) noexcept {
            unlock();
            mutex_ = std::exchange(other.mutex_, nullptr);
            return *this;
        }
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard() { unlock(); }
        void unlock() noexcept {
            if (auto* mutex = std::exchange(mutex_, nullptr)) {
                mutex->unlock();
            }
        }

      private:
        Mutex* mutex_;
    };

    /// `CO_TRY(auto guard, co_await mutex.lock());`
    [[nodiscard]] Task<Result<Guard>> lock();
    [[nodiscard]] bool locked() const noexcept { return locked_; }
    [[nodiscard]] bool contended() const noexcept { return !queue_.empty(); }

  private:
    void unlock() noexcept;

    WaitQueue queue_;
    bool locked_ = false;
};

/// One mutex a name; a name costs memory only while it is locked or waited for.
class KeyMutex {
  public:
    class [[nodiscard]] Guard {
      public:
        Guard(KeyMutex* owner, std::string key, Mutex::Guard guard)
            : owner_(owner), key_(std::move(key)), guard_(std::move(guard)) {}
        Guard(Guard&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)),
              key_(std::move(other.key_)),
              guard_(std::move(other.guard_)) {}
        Guard& operator=(Guard&&) = delete;
        Guard(const Guard&) = delete;
        Guard& operator=(const Guard&) = delete;
        ~Guard();

      private:
        KeyMutex* owner_;
        std::string key_;
        Mutex::Guard guard_;
    };

    [[nodiscard]] Task<Result<Guard>> lock(std::string key);

  private:
    struct Entry {
        Mutex mutex;
        std::size_t users = 0;
    };
    void leave(const std::string& key) noexcept;

    std::map<std::string, Entry> entries_;
};

}  // namespace wherry::async
