// Steps that must be undone together: the guard runs its function unless it was committed.
#pragma once

#include <utility>

namespace wherry {

template <class F>
class [[nodiscard]] ScopeGuard {
  public:
    explicit ScopeGuard(F function) : function_(std::move(function)) {}
    ScopeGuard(const ScopeGuard&) = delete;
    ScopeGuard& operator=(const ScopeGuard&) = delete;
    ScopeGuard(ScopeGuard&&) = delete;
    ScopeGuard& operator=(ScopeGuard&&) = delete;
    ~ScopeGuard() {
        if (armed_) {
            function_();
        }
    }
    void commit() noexcept { armed_ = false; }

  private:
    F function_;
    bool armed_ = true;
};

/// `auto undo = on_failure([&]() noexcept { … }); …; undo.commit();`
template <class F>
[[nodiscard]] ScopeGuard<F> on_failure(F function) {
    return ScopeGuard<F>(std::move(function));
}
/// Runs at the end of the scope, whatever happens.
template <class F>
[[nodiscard]] ScopeGuard<F> on_exit(F function) {
    return ScopeGuard<F>(std::move(function));
}

}  // namespace wherry
