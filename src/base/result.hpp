// Result<T>: a value or an Error. Used by engine and SDK alike; C++20, no default constructor of T
// needed. Only `value()` throws, and only when there is no value.
#pragma once

#include <cassert>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "base/error.hpp"

namespace wherry {

/// Thrown by `Result::value()` when there is none; for programs that prefer exceptions.
class BadResult : public std::exception {
  public:
    explicit BadResult(Error error) : error_(std::move(error)) {}
    [[nodiscard]] const char* what() const noexcept override { return error_.message().c_str(); }
    [[nodiscard]] const Error& error() const noexcept { return error_; }

  private:
    Error error_;
};

template <class T = void>
class [[nodiscard]] Result {
  public:
    using value_type = T;

    template <class U = T>
        requires(std::is_constructible_v<T, U &&> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Result> &&
                 !std::is_same_v<std::remove_cvref_t<U>, Error>)
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): `return value;`
    Result(U&& value) : value_(std::forward<U>(value)) {}
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): return fail(...)
    Result(Error error) noexcept : error_(std::move(error)), ok_(false) {}

    Result(const Result& other)
        requires std::is_copy_constructible_v<T>
        : ok_(other.ok_) {
        if (ok_) {
            std::construct_at(std::addressof(value_), other.value_);
        } else {
            std::construct_at(&error_, other.error_);
        }
    }
    Result(Result&& other) noexcept : ok_(other.ok_) { take(std::move(other)); }
    Result& operator=(const Result& other)
        requires std::is_copy_constructible_v<T>
    {
        return *this = Result(other);
    }
    Result& operator=(Result&& other) noexcept {
        if (this != &other) {
            drop();
            ok_ = other.ok_;
            take(std::move(other));
        }
        return *this;
    }
    ~Result() { drop(); }

    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] T& operator*() & noexcept { return *get(); }
    [[nodiscard]] const T& operator*() const& noexcept { return *get(); }
    [[nodiscard]] T&& operator*() && noexcept { return std::move(*get()); }
    [[nodiscard]] T* operator->() noexcept { return get(); }
    [[nodiscard]] const T* operator->() const noexcept { return get(); }

    [[nodiscard]] const Error& error() const& noexcept {
        assert(!ok());
        return error_;
    }
    [[nodiscard]] Error&& error() && noexcept {
        assert(!ok());
        return std::move(error_);
    }

    [[nodiscard]] T& value() & {
        check();
        return *get();
    }
    [[nodiscard]] const T& value() const& {
        check();
        return *get();
    }
    [[nodiscard]] T value() && {
        check();
        return std::move(*get());
    }
    [[nodiscard]] T value_or(T fallback) && {
        return ok() ? std::move(*get()) : std::move(fallback);
    }

  private:
    [[nodiscard]] T* get() noexcept {
        assert(ok());
        return std::addressof(value_);
    }
    [[nodiscard]] const T* get() const noexcept {
        assert(ok());
        return std::addressof(value_);
    }
    void check() const {
        if (!ok()) {
            throw BadResult(error());
        }
    }

    // The state is that of `other` already.
    void take(Result&& other) noexcept {
        if (ok_) {
            std::construct_at(std::addressof(value_), std::move(other.value_));
        } else {
            std::construct_at(&error_, std::move(other.error_));
        }
    }
    void drop() noexcept {
        if (ok_) {
            std::destroy_at(std::addressof(value_));
        } else {
            std::destroy_at(&error_);
        }
    }

    // Not a std::variant: its visitors took a quarter of the compiler's time and of the objects'
    // size in files full of results.
    union {
        T value_;
        Error error_;
    };
    bool ok_ = true;
};

template <>
class [[nodiscard]] Result<void> {
  public:
    using value_type = void;

    Result() = default;
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): return fail(...)
    Result(Error error) : error_(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return !error_.has_value(); }
    [[nodiscard]] explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] const Error& error() const& noexcept {
        assert(!ok());
        return *error_;
    }
    [[nodiscard]] Error&& error() && noexcept {
        assert(!ok());
        return std::move(*error_);
    }
    void value() const {
        if (!ok()) {
            throw BadResult(*error_);
        }
    }

  private:
    std::optional<Error> error_;
};

}  // namespace wherry

// The macros below are the project's own: they are not installed (cmake/InstallHeaders.cmake).
#define WHERRY_CONCAT_INNER(a, b) a##b
#define WHERRY_CONCAT(a, b) WHERRY_CONCAT_INNER(a, b)

#define WHERRY_TRY(result, declaration, expression, leave) \
    auto result = (expression);                            \
    if (!result.ok()) {                                    \
        leave std::move(result).error();                   \
    }                                                      \
    declaration = *std::move(result)

#define WHERRY_CHECK_OK(result, expression, leave)      \
    do {                                                \
        if (auto result = (expression); !result.ok()) { \
            leave std::move(result).error();            \
        }                                               \
    } while (false)

/// `TRY(auto fd, os::open(path));`: the value, or leave the function with the error.
#define TRY(declaration, ...) \
    WHERRY_TRY(WHERRY_CONCAT(wherry_result_, __LINE__), declaration, (__VA_ARGS__), return)
/// The same in a coroutine: `CO_TRY(auto image, co_await images.resolve(name));`
#define CO_TRY(declaration, ...) \
    WHERRY_TRY(WHERRY_CONCAT(wherry_result_, __LINE__), declaration, (__VA_ARGS__), co_return)
/// `CHECK_OK(os::mkdir(path));`: leave the function with the error, if any.
#define CHECK_OK(...) \
    WHERRY_CHECK_OK(WHERRY_CONCAT(wherry_result_, __LINE__), (__VA_ARGS__), return)
#define CO_CHECK_OK(...) \
    WHERRY_CHECK_OK(WHERRY_CONCAT(wherry_result_, __LINE__), (__VA_ARGS__), co_return)
