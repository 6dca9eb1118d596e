#include "sdk/documents.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace {

using wherry::sdk::Documents;

/// All documents of a text that comes in pieces of `step` bytes.
std::vector<std::string> cut(std::string_view text, std::size_t step) {
    Documents documents(1000);
    std::vector<std::string> found;
    for (std::size_t at = 0; at < text.size(); at += step) {
        documents.feed(text.substr(at, step));
        while (auto next = documents.next().value()) {
            found.push_back(*next);
        }
    }
    EXPECT_TRUE(documents.at_boundary());
    return found;
}

TEST(Documents, are_told_apart_however_the_bytes_come) {
    const std::string text =
        "{\"a\":\"}\\\"{\"}\r\n{\"b\":[{},{\"c\":1}]}{}\n\x1e{\"d\":\"\\\\\"}\n";
    const std::vector<std::string> expected{R"({"a":"}\"{"})", R"({"b":[{},{"c":1}]})", "{}",
                                            R"({"d":"\\"})"};
    for (const std::size_t step : {1, 2, 3, 7, 1000}) {
        EXPECT_EQ(cut(text, step), expected) << step;
    }
}

TEST(Documents, that_are_cut_off_or_endless_are_noticed) {
    Documents documents(10);
    documents.feed("{\"a\":");
    EXPECT_FALSE(documents.next().value().has_value());
    EXPECT_FALSE(documents.at_boundary());
    documents.feed("\"0123456789");
    EXPECT_FALSE(documents.next().ok());
}

}  // namespace
