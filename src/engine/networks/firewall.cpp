#include <cerrno>
#include <chrono>

#include "engine/networks/kernel.hpp"
#include "engine/networks/rules.hpp"
#include "os/program.hpp"

namespace wherry::networks {

namespace {

using namespace std::chrono_literals;

constexpr auto nft_limit = 20s;

std::vector<os::NftChange> changes(const std::vector<os::NftElement>& elements, bool remove) {
    std::vector<os::NftChange> out;
    out.reserve(elements.size());
    for (const os::NftElement& element : elements) {
        out.push_back({.element = element, .remove = remove});
    }
    return out;
}

/// A batch is all or nothing, so what may fail alone goes alone.
Result<> one_by_one(os::NftSocket& socket, const std::string& table,
                    const std::vector<os::NftElement>& elements, bool remove) {
    for (const os::NftElement& element : elements) {
        auto done = socket.apply(table, {{.element = element, .remove = remove}});
        if (!done && !remove && done.error().os_error() == EEXIST) {
            done = socket.apply(table, {{.element = element, .remove = true},
                                        {.element = element, .remove = false}});
        }
        if (!done && !(remove && done.error().os_error() == ENOENT)) {
            return done;
        }
    }
    return {};
}

}  // namespace

Result<> load_skeleton(const std::string& table) {
    TRY(const auto ran, os::run_program({"nft", "-f", "-"}, skeleton_text(table), nft_limit));
    if (ran.exit_code == 0) {
        return {};
    }
    // A table of an older version with other types is in the way: made anew, elements follow.
    const std::string anew =
        text::format("add table inet {}\ndelete table inet {}\n", table, table);
    TRY(const auto again,
        os::run_program({"nft", "-f", "-"}, anew + skeleton_text(table), nft_limit));
    if (again.exit_code != 0) {
        return fail(ErrorKind::internal, "nft could not load table inet {}: {}", table,
                    text::trim(ran.output));
    }
    return {};
}

Result<> replace_elements(const std::string& table, const std::vector<os::NftElement>& elements) {
    std::vector<os::NftChange> all;
    for (std::string& set : set_names()) {
        all.push_back({.element = {.set = std::move(set)}, .remove = true});
    }
    for (const os::NftElement& element : elements) {
        all.push_back({.element = element});
    }
    TRY(auto socket, os::NftSocket::open());
    return socket.apply(table, all);
}

Result<> add_elements(const std::string& table, const std::vector<os::NftElement>& elements) {
    TRY(auto socket, os::NftSocket::open());
    auto done = socket.apply(table, changes(elements, false));
    if (!done && done.error().os_error() == EEXIST) {
        return one_by_one(socket, table, elements, false);
    }
    return done;
}

Result<> remove_elements(const std::string& table, const std::vector<os::NftElement>& elements) {
    TRY(auto socket, os::NftSocket::open());
    auto done = socket.apply(table, changes(elements, true));
    if (!done && done.error().os_error() == ENOENT) {
        return one_by_one(socket, table, elements, true);
    }
    return done;
}

}  // namespace wherry::networks
