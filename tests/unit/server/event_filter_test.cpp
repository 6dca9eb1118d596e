#include "server/event_filter.hpp"

#include <gtest/gtest.h>

namespace wherry::server {
namespace {

constexpr api::ApiVersion newest = api::newest_version;

store::Event container_event(std::string action) {
    store::Event event;
    event.type = "container";
    event.action = std::move(action);
    event.actor_id = "abcdef123456";
    event.attributes = {{"image", "alpine:3.10"}, {"name", "web"}, {"role", "front"}};
    event.time = Time(std::chrono::nanoseconds(1'700'000'000'123'456'789));
    return event;
}

bool passes(const store::Event& event, std::string_view filters) {
    return wanted(event, api::Filters::parse(filters).value(), newest);
}

TEST(EventFilter, matches_as_the_reference_does) {
    const std::pair<const char*, bool> cases[] = {
        {"", true},
        {R"({"type":["container"]})", true},
        {R"({"type":["image","volume"]})", false},
        {R"({"event":["start"]})", true},
        {R"({"event":["sta"]})", false},
        {R"({"container":["web"]})", true},
        {R"({"container":["abcdef"]})", true},
        {R"({"container":["other"]})", false},
        {R"({"network":["bridge"]})", false},
        {R"({"image":["alpine"]})", true},
        {R"({"image":["alpine:3.10"]})", true},
        {R"({"image":["alpine:3.9"]})", false},
        {R"({"label":["role=front"]})", true},
        {R"({"label":["role=back"]})", false},
        {R"({"scope":["swarm"]})", false},
        {R"({"nosuch":["x"]})", true},
    };
    for (const auto& [filters, expected] : cases) {
        EXPECT_EQ(passes(container_event("start"), filters), expected) << filters;
    }
}

TEST(EventFilter, actions_with_arguments_match_by_their_beginning) {
    EXPECT_TRUE(passes(container_event("exec_create: sh"), R"({"event":["exec_create"]})"));
    EXPECT_TRUE(
        passes(container_event("health_status: healthy"), R"({"event":["health_status"]})"));
    EXPECT_FALSE(passes(container_event("exec_start: sh"), R"({"event":["exec_create"]})"));
}

TEST(EventFilter, images_that_were_created_are_hidden_from_old_clients) {
    store::Event event;
    event.type = "image";
    event.action = "create";
    EXPECT_FALSE(wanted(event, api::Filters(), api::ApiVersion(1, 45)));
    EXPECT_TRUE(wanted(event, api::Filters(), api::ApiVersion(1, 46)));
}

TEST(EventText, has_the_legacy_members_before_1_52) {
    const std::string text = event_text(container_event("start"), api::ApiVersion(1, 51));
    EXPECT_TRUE(text.starts_with(R"({"status":"start","id":"abcdef123456","from":"alpine:3.10",)"
                                 R"("Type":"container","Action":"start",)"))
        << text;
    EXPECT_TRUE(text.ends_with(R"("time":1700000000,"timeNano":1700000000123456789})")) << text;
    EXPECT_TRUE(event_text(container_event("start"), api::ApiVersion(1, 52))
                    .starts_with(R"({"Type":"container",)"));
}

}  // namespace
}  // namespace wherry::server
