#include "os/overlay.hpp"

#include <gtest/gtest.h>

namespace wherry::os {
namespace {

struct Case {
    const char* name;
    Overlay overlay;
    const char* folder;
    const char* options;
};

class OverlayOptionsTable : public ::testing::TestWithParam<Case> {};

TEST_P(OverlayOptionsTable, are_short_and_escaped) {
    const auto plan = overlay_options(GetParam().overlay);
    EXPECT_EQ(plan.folder, GetParam().folder);
    EXPECT_EQ(plan.options, GetParam().options);
}

INSTANTIATE_TEST_SUITE_P(
    All, OverlayOptionsTable,
    ::testing::Values(
        Case{"below_a_base",
             {"/l", {"a", "b"}, "/u", "/w"},
             "/l",
             "lowerdir=a:b,upperdir=/u,workdir=/w"},
        Case{"absolute", {"", {"/x/y/a", "/x/z/b"}, "", ""}, "/x", "lowerdir=y/a:z/b"},
        Case{"a_base_and_elsewhere",
             {"/d/layers", {"/d/init", "a"}, "", ""},
             "/d",
             "lowerdir=init:layers/a"},
        Case{"nothing_shared", {"", {"/a", "/b/c"}, "", ""}, "/", "lowerdir=a:b/c"},
        Case{"similar_names", {"", {"/x/ab", "/x/abc/d"}, "", ""}, "/x", "lowerdir=ab:abc/d"},
        Case{"unsynced",
             {"/l", {"a"}, "/u", "/w", true},
             "/l",
             "lowerdir=a,upperdir=/u,workdir=/w,volatile"},
        Case{"escaped",
             {"", {"/x,/a:b", "/x,/c,d"}, "/u\\p", "/w"},
             "/x,",
             "lowerdir=a\\:b:c\\,d,upperdir=/u\\\\p,workdir=/w"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace wherry::os
