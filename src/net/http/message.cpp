#include "net/http/message.hpp"

#include <algorithm>
#include <vector>

#include "base/text.hpp"

namespace wherry::http {

namespace {

auto is_named(std::string_view name) {
    return [name](const auto& field) { return text::equal_ignoring_case(field.first, name); };
}

}  // namespace

void Headers::add(std::string name, std::string value) {
    fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
    const auto first = std::ranges::find_if(fields_, is_named(name));
    if (first == fields_.end()) {
        add(std::move(name), std::move(value));
        return;
    }
    fields_.erase(std::remove_if(first + 1, fields_.end(), is_named(name)), fields_.end());
    *first = {std::move(name), std::move(value)};
}

void Headers::remove(std::string_view name) {
    std::erase_if(fields_, is_named(name));
}

std::string_view Headers::get(std::string_view name) const noexcept {
    const auto at = std::ranges::find_if(fields_, is_named(name));
    return at == fields_.end() ? std::string_view() : std::string_view(at->second);
}

bool Headers::has(std::string_view name) const noexcept {
    return std::ranges::any_of(fields_, is_named(name));
}

void Headers::sort() {
    // Insertion: there are few fields, and equal names must keep their order.
    for (auto at = fields_.begin(); at != fields_.end(); ++at) {
        const auto place = std::ranges::upper_bound(
            fields_.begin(), at, at->first, {},
            [](const auto& field) -> const std::string& { return field.first; });
        std::rotate(place, at, at + 1);
    }
}

Task<Result<std::string>> BodyReader::read_all(std::size_t limit) {
    constexpr std::size_t step = std::size_t{16} * 1024;
    std::string out;
    while (true) {
        const std::size_t have = out.size();
        // One byte past the limit is enough to know.
        const std::size_t room = std::min(std::max(step, have), limit - have + 1);
        out.resize(have + room);
        const std::span<char> rest(out.data() + have, room);
        CO_TRY(const std::size_t got, co_await read_some(rest));
        out.resize(have + got);
        if (got == 0) {
            co_return out;
        }
        if (out.size() > limit) {
            co_return Error(ErrorKind::invalid, "request body too large", 413);
        }
    }
}

Task<Result<std::unique_ptr<BlockingReader>>> BodyReader::lend(int /*stop*/) {
    co_return std::unique_ptr<BlockingReader>();
}

}  // namespace wherry::http
