#include "bin/wherry/table.hpp"

#include <algorithm>
#include <string_view>

namespace wherry::command {

namespace {

constexpr std::size_t least_width = 10;
constexpr std::size_t gap = 3;

std::size_t width_of(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace

std::string Table::text() const {
    std::vector<std::size_t> widths(rows_.front().size(), 0);
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], width_of(row[column]) + gap);
            widths[column] = std::max(widths[column], least_width);
        }
    }
    std::string out;
    for (const auto& row : rows_) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            out += row[column];
            if (column + 1 < row.size()) {
                out.append(widths[column] - width_of(row[column]), ' ');
            }
        }
        out += '\n';
    }
    return out;
}

}  // namespace wherry::command
