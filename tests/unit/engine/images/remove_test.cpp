#include "engine/images/remove.hpp"

#include <gtest/gtest.h>

namespace wherry::images {
namespace {

std::vector<api::Reference> names(const std::vector<std::string>& texts) {
    std::vector<api::Reference> out;
    for (const std::string& text : texts) {
        out.push_back(*api::Reference::parse(text));
    }
    return out;
}

TEST(Remove, an_id_stands_for_all_names_only_where_they_are_one) {
    const std::string digest = "@sha256:" + std::string(64, 'a');
    EXPECT_TRUE(is_single_reference(names({"a:1"})));
    EXPECT_TRUE(is_single_reference(names({"a:1", "a" + digest})));
    EXPECT_FALSE(is_single_reference(names({})));
    EXPECT_FALSE(is_single_reference(names({"a:1", "a:2"})));
    EXPECT_FALSE(is_single_reference(names({"a:1", "b" + digest})));
    EXPECT_FALSE(is_single_reference(names({"a:1", "a" + digest, "b" + digest})));
}

}  // namespace
}  // namespace wherry::images
