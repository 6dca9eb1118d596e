// Lists and maps of the API: absent (or null), empty, or with elements. The API tells the three
// apart.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace wherry::json {

/// A vector that knows whether it was given at all. Anything that puts elements in makes it
/// present.
template <class T>
class List : public std::vector<T> {
    using Base = std::vector<T>;

  public:
    List() = default;
    List(std::initializer_list<T> values)
        requires(!std::is_same_v<T, std::string>)
        : Base(values), present_(true) {}
    /// {"echo", "hi"} is two strings, never an iterator pair.
    List(std::initializer_list<std::string_view> values)
        requires std::is_same_v<T, std::string>
        : Base(values.begin(), values.end()), present_(true) {}
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): a vector is a list
    List(Base values) : Base(std::move(values)), present_(true) {}

    /// Present, without elements: [].
    [[nodiscard]] static List empty_list() { return List(Base()); }
    /// Neither elements nor an explicit [].
    [[nodiscard]] bool is_null() const noexcept { return !present_ && this->empty(); }
    void set_null() {
        this->clear();
        present_ = false;
    }
    void set_present() noexcept { present_ = true; }

  private:
    bool present_ = false;
};

/// A map by name that knows whether it was given at all.
template <class T>
class Map : public std::map<std::string, T, std::less<>> {
    using Base = std::map<std::string, T, std::less<>>;

  public:
    Map() = default;
    Map(std::initializer_list<typename Base::value_type> values) : Base(values), present_(true) {}
    // NOLINTNEXTLINE(google-explicit-constructor,hicpp-explicit-conversions): a map is a map
    Map(Base values) : Base(std::move(values)), present_(true) {}

    [[nodiscard]] static Map empty_map() { return Map(Base()); }
    [[nodiscard]] bool is_null() const noexcept { return !present_ && this->empty(); }
    void set_null() {
        this->clear();
        present_ = false;
    }
    void set_present() noexcept { present_ = true; }

  private:
    bool present_ = false;
};

}  // namespace wherry::json
