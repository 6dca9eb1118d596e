// The bytes of wire messages: little-endian numbers, texts and lists with a 32-bit count, structs
// with a 32-bit size. A reader that runs out of bytes between two fields leaves the rest at their
// defaults (an older writer did not know them); what follows the last field it knows is skipped (a
// newer writer's). So fields are only ever added at the end, and never change their type.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wherry::wire {

template <class T>
concept Scalar = std::integral<T> || std::is_enum_v<T>;

class Writer {
  public:
    template <Scalar T>
    void operator()(const T& value) {
        auto rest = static_cast<std::uint64_t>(value);
        for (std::size_t i = 0; i < sizeof value; ++i, rest >>= 8) {
            bytes_.push_back(static_cast<char>(rest & 0xff));
        }
    }
    void operator()(const std::string& value) {
        (*this)(static_cast<std::uint32_t>(value.size()));
        bytes_.append(value);
    }
    template <class T>
    void operator()(const std::vector<T>& values) {
        (*this)(static_cast<std::uint32_t>(values.size()));
        for (const auto& value : values) {
            (*this)(value);
        }
    }
    template <class T>
        requires(std::is_class_v<T>)
    void operator()(const T& value) {
        const std::size_t start = open();
        fields(*this, value);
        close(start);
    }

    /// Room for a size, which `close` fills in.
    std::size_t open() {
        bytes_.append(4, '\0');
        return bytes_.size();
    }
    void close(std::size_t start) {
        const auto size = bytes_.size() - start;
        for (std::size_t i = 0; i < 4; ++i) {
            bytes_[start - 4 + i] = static_cast<char>((size >> (8 * i)) & 0xff);
        }
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    std::string bytes_;
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : bytes_(bytes) {}

    template <Scalar T>
    void operator()(T& value) {
        if (bytes_.empty() || bad_) {
            return;
        }
        if (bytes_.size() < sizeof value) {
            bad_ = true;
            return;
        }
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < sizeof value; ++i) {
            number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[i])) << (8 * i);
        }
        value = static_cast<T>(number);
        bytes_.remove_prefix(sizeof value);
    }
    void operator()(std::string& value) {
        if (!bytes_.empty() && !bad_) {
            value.assign(sized());
        }
    }
    template <class T>
    void operator()(std::vector<T>& values) {
        std::uint32_t count = 0;
        (*this)(count);
        // Each element has at least one byte, so a hostile count costs no memory.
        bad_ = bad_ || count > bytes_.size();
        values.clear();
        for (std::uint32_t i = 0; i < count && !bad_; ++i) {
            bad_ = bytes_.empty();
            (*this)(values.emplace_back());
        }
    }
    template <class T>
        requires(std::is_class_v<T>)
    void operator()(T& value) {
        if (bytes_.empty() || bad_) {
            return;
        }
        Reader inner(sized());
        fields(inner, value);
        bad_ = bad_ || inner.bad();
    }

    /// Whether a field was cut in the middle.
    [[nodiscard]] bool bad() const noexcept { return bad_; }

  private:
    std::string_view sized() {
        std::uint32_t size = 0;
        (*this)(size);
        if (bad_ || size > bytes_.size()) {
            bad_ = true;
            return {};
        }
        const auto out = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
        return out;
    }

    std::string_view bytes_;
    bool bad_ = false;
};

}  // namespace wherry::wire
