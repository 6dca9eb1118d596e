#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/operation.hpp"
#include "server/path.hpp"
#include "server/route.hpp"

namespace wherry::server {
namespace {

/// Not served: BuildKit's upgrades answer 404, the others are no operations of the API.
const std::set<std::string_view> left_out = {"Session", "Grpc", "Options", "DebugVars",
                                             "DebugPprof"};

TEST(RouteTable, has_every_operation_of_the_catalogue) {
    for (const api::Operation& operation : api::operations()) {
        const bool found = std::ranges::any_of(routes(), [&](const Route& route) {
            return route.operation == operation.id && route.method == operation.method &&
                   route.pattern == operation.path;
        });
        EXPECT_EQ(found, !left_out.contains(operation.id)) << operation.id;
    }
}

TEST(RouteTable, names_only_operations_of_the_catalogue) {
    for (const Route& route : routes()) {
        EXPECT_TRUE(std::ranges::any_of(api::operations(), [&](const api::Operation& operation) {
            return route.operation == operation.id;
        })) << route.operation;
    }
}

TEST(RouteTable, no_route_hides_one_behind_it) {
    for (const Route& route : routes()) {
        std::string path(route.pattern);
        for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
            path.replace(open, path.find('}') - open + 1, "x");
        }
        const auto first = std::ranges::find_if(routes(), [&](const Route& one) {
            return one.method == route.method && match(one.pattern, path).has_value();
        });
        ASSERT_NE(first, routes().end());
        EXPECT_EQ(first->pattern, route.pattern) << path;
    }
}

}  // namespace
}  // namespace wherry::server
