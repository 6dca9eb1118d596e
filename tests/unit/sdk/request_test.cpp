// The request line of each operation, by_hand ones included.
#include <gtest/gtest.h>

#include "api/operation.hpp"
#include "unit/sdk/request_table.hpp"
#include "unit/sdk/scripted_server.hpp"

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)

TEST(Requests, of_all_operations_are_exactly_what_the_api_lists) {
    std::string reply;
    const test::ScriptedServer server(
        [&](const test::Request&) { return test::answer(200, reply, "Content-Type: x/y\r\n"); });
    const Client client = Client::connect({.host = server.host(), .api_version = "1.55"});
    for (const auto& item : test::request_cases()) {
        reply = item.reply;
        EXPECT_TRUE(item.run(client)) << item.operation;
        EXPECT_EQ(server.calls().back(), item.call) << item.operation;
    }
}

TEST(Requests, are_there_for_the_whole_catalogue) {
    // By hand, and tested in client_test and stream_test; or for call() alone, since they are no
    // exchange of a request and a reply, or no part of the API.
    std::size_t apart = 0;
    for (const auto& operation : api::operations()) {
        for (const auto* name :
             {"SystemPing", "SystemPingHead", "ContainerArchiveInfo", "ContainerAttach",
              "ExecStart", "ContainerWait", "ContainerAttachWebsocket", "Session", "Grpc",
              "Options", "DebugVars", "DebugPprof"}) {
            apart += operation.id == name ? 1 : 0;
        }
    }
    EXPECT_EQ(test::request_cases().size() + apart, api::operations().size());
}

}  // namespace
