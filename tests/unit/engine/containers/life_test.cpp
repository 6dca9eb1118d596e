#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/containers/catalog.hpp"
#include "engine/containers/list_filter.hpp"
#include "engine/containers/logs.hpp"
#include "engine/containers/record.hpp"
#include "engine/containers/restart_policy.hpp"
#include "engine/containers/status_text.hpp"
#include "engine/containers/user.hpp"
#include "engine/containers/view.hpp"

namespace wherry::containers {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

api::RestartPolicy policy(std::string name, std::int64_t retries = 0) {
    api::RestartPolicy out;
    out.name = std::move(name);
    out.maximum_retry_count = retries;
    return out;
}

TEST(RestartPolicy, waits_twice_as_long_each_time_up_to_a_minute) {
    RunEnd end{.exit_code = 1};
    EXPECT_EQ(restart_delay(policy("always"), end), 100ms);
    end.last_delay = 100ms;
    EXPECT_EQ(restart_delay(policy("always"), end), 200ms);
    end.last_delay = 51200ms;
    EXPECT_EQ(restart_delay(policy("always"), end), 60000ms);
}

TEST(RestartPolicy, a_long_run_begins_anew) {
    const RunEnd end{.exit_code = 1, .ran_for = 10s, .last_delay = 800ms};
    EXPECT_EQ(restart_delay(policy("always"), end), 100ms);
}

TEST(RestartPolicy, on_failure_gives_up_after_its_retries) {
    RunEnd end{.exit_code = 1};
    EXPECT_TRUE(restart_delay(policy("on-failure", 2), end));
    end.restart_count = 2;
    EXPECT_FALSE(restart_delay(policy("on-failure", 2), end));
    EXPECT_TRUE(restart_delay(policy("on-failure"), end)) << "0 retries are without end";
    end.exit_code = 0;
    EXPECT_FALSE(restart_delay(policy("on-failure"), end));
}

TEST(RestartPolicy, rests_after_a_stop_by_hand) {
    const RunEnd end{.exit_code = 137, .stopped_by_hand = true};
    EXPECT_FALSE(restart_delay(policy("always"), end));
    EXPECT_TRUE(starts_with_daemon(policy("always"), end));
    EXPECT_FALSE(starts_with_daemon(policy("unless-stopped"), end));
    EXPECT_FALSE(starts_with_daemon(policy("no"), RunEnd()));
}

ContainerPtr container(std::string id, std::string name) {
    Record record;
    record.id = std::move(id);
    record.name = std::move(name);
    return std::make_shared<Container>(std::move(record));
}

TEST(Catalog, finds_by_id_name_and_unique_prefix) {
    Catalog catalog;
    catalog.add(container("abc1", "web"));
    catalog.add(container("abd2", "db"));
    EXPECT_EQ((*catalog.get("abc1"))->record.name, "web");
    EXPECT_EQ((*catalog.get("/web"))->id(), "abc1");
    EXPECT_EQ((*catalog.get("abd"))->id(), "abd2");
    EXPECT_EQ(catalog.get("ab").error().message(), "multiple IDs found with provided prefix: ab");
    EXPECT_EQ(catalog.get("ab").error().status(), 400);
    EXPECT_EQ(catalog.get("x").error().message(), "No such container: x");
    EXPECT_EQ(catalog.get("x").error().status(), 404);
    EXPECT_EQ(catalog.get("").error().status(), 400);
}

TEST(Catalog, a_name_is_taken_once) {
    Catalog catalog;
    ASSERT_TRUE(catalog.reserve("web", "1").ok());
    const auto second = catalog.reserve("web", "2");
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().message(),
              "Conflict. The container name \"/web\" is already in use by container \"1\". You "
              "have to remove (or rename) that container to be able to reuse that name.");
    catalog.release("web");
    EXPECT_TRUE(catalog.reserve("web", "2").ok());
}

TEST(Record, survives_the_store) {
    Record record;
    record.id = "abc";
    record.name = "web";
    record.created = Time(123456789ns);
    record.config.cmd = {"a", "b c"};
    record.config.labels = {{"k", "v"}};
    record.host.memory = 7;
    record.host.masked_paths.set_present();
    MountRecord mount;
    mount.type = "volume";
    mount.name = "v";
    mount.destination = "/v";
    mount.anonymous = true;
    record.mounts.push_back(mount);
    const auto back = decode_record(encode_record(record));
    ASSERT_TRUE(back.ok()) << back.error().message();
    EXPECT_EQ(back->name, "web");
    EXPECT_EQ(back->created, record.created);
    EXPECT_THAT(back->config.cmd, ElementsAre("a", "b c"));
    EXPECT_EQ(back->host.memory, 7);
    EXPECT_FALSE(back->host.masked_paths.is_null());
    ASSERT_EQ(back->mounts.size(), 1U);
    EXPECT_TRUE(back->mounts[0].anonymous);
    EXPECT_EQ(back->mounts[0].destination, "/v");
}

TEST(Record, a_state_survives_the_store) {
    StateRecord record;
    record.state.set_running(42, Time(5s));
    record.state.stopped_by_hand = true;
    record.endpoint.emplace();
    record.endpoint->ipv4_address = "172.17.0.2";
    record.endpoint->ports.push_back({.container_port = 80, .host_ip = "::", .host_port = 8080});
    const auto back = decode_state(encode_state(record));
    ASSERT_TRUE(back.ok()) << back.error().message();
    EXPECT_EQ(back->state.pid, 42);
    EXPECT_EQ(back->state.started_at, Time(5s));
    EXPECT_TRUE(back->state.stopped_by_hand);
    ASSERT_TRUE(back->endpoint);
    EXPECT_EQ(back->endpoint->ports.at(0).host_port, 8080);
}

TEST(Record, of_a_newer_version_is_refused) {
    EXPECT_EQ(decode_record(R"({"Schema":99,"Id":"x"})").error().kind(), ErrorKind::unsupported);
}

TEST(Status, as_a_list_tells_it) {
    State state;
    EXPECT_EQ(status_text(state, Time()), "Created");
    state.set_running(1, Time(100s));
    EXPECT_EQ(status_text(state, Time(100s)), "Up Less than a second");
    EXPECT_EQ(status_text(state, Time(101s)), "Up 1 second");
    EXPECT_EQ(status_text(state, Time(400s)), "Up 5 minutes");
    state.paused = true;
    EXPECT_EQ(status_text(state, Time(200s)), "Up About a minute (Paused)");
    state.set_exited(3, Time(200s), false);
    EXPECT_EQ(status_text(state, Time(200s + 1h)), "Exited (3) About an hour ago");
    EXPECT_EQ(status_text(state, Time(200s + 72h)), "Exited (3) 3 days ago");
}

UserFiles files() {
    return {.passwd = "root:x:0:0:root:/root:/bin/sh\nweb:x:33:34:web:/var/www:/bin/sh\nbroken\n",
            .group = "root:x:0:\nstaff:x:50:web,root\ndocker:x:99:\n"};
}

TEST(User, is_looked_up_in_the_images_files) {
    const auto web = resolve_user("web", {}, files());
    ASSERT_TRUE(web.ok());
    EXPECT_EQ(web->uid, 33U);
    EXPECT_EQ(web->gid, 34U);
    EXPECT_EQ(web->home, "/var/www");
    EXPECT_THAT(web->additional_gids, ElementsAre(50U));
    const auto root = resolve_user("", {"docker", "7"}, files());
    ASSERT_TRUE(root.ok());
    EXPECT_THAT(root->additional_gids, ElementsAre(50U, 99U, 7U));
    const auto number = resolve_user("1000:docker", {}, files());
    ASSERT_TRUE(number.ok());
    EXPECT_EQ(number->uid, 1000U);
    EXPECT_EQ(number->gid, 99U);
    EXPECT_EQ(number->home, "/");
    EXPECT_EQ(resolve_user("nope", {}, files()).error().message(),
              "unable to find user nope: no matching entries in passwd file");
    EXPECT_EQ(resolve_user("0:nope", {}, files()).error().message(),
              "unable to find group nope: no matching entries in group file");
}

logfile::Record line(std::string text, logfile::Stream stream) {
    logfile::Record record;
    record.stream = stream;
    record.time = Time(1s + 5ns);
    record.log = std::move(text);
    record.attributes = R"({"b":"2 x","a":"1"})";
    return record;
}

TEST(LogFormat, chooses_and_frames) {
    const LogQuery query{.standard_output = true, .timestamps = true, .details = true};
    std::string out;
    const LogFormatter framed(query, true);
    framed.append(out, line("hi\n", logfile::Stream::standard_output));
    framed.append(out, line("no\n", logfile::Stream::standard_error));
    const std::string text = "1970-01-01T00:00:01.000000005Z a=1,b=2+x hi\n";
    ASSERT_EQ(out.size(), 8 + text.size());
    EXPECT_EQ(out[0], 1);
    EXPECT_EQ(static_cast<std::size_t>(out[7]), text.size());
    EXPECT_EQ(out.substr(8), text);
    out.clear();
    const LogFormatter raw({.standard_error = true}, false);
    raw.append(out, line("err\n", logfile::Stream::standard_error));
    EXPECT_EQ(out, "err\n");
}

TEST(LogFormat, json_tells_stream_time_and_attributes) {
    const auto output = line("a\xff\"\n", logfile::Stream::standard_output);
    LogQuery query{.standard_output = true, .details = true, .form = LogForm::json_lines};
    std::string out;
    LogFormatter(query, true).append(out, output);
    LogFormatter(query, true).append(out, line("no\n", logfile::Stream::standard_error));
    EXPECT_EQ(out, R"({"Line":"a\ufffd\"\n","Source":"stdout",)"
                   R"("Timestamp":"1970-01-01T00:00:01.000000005Z","Attrs":{"b":"2 x","a":"1"}})"
                   "\n");
    query = {.standard_error = true, .form = LogForm::json_sequence};
    out.clear();
    LogFormatter(query, false).append(out, line("e", logfile::Stream::standard_error));
    EXPECT_EQ(out,
              "\x1e"
              R"({"Line":"e","Source":"stderr","Timestamp":"1970-01-01T00:00:01.000000005Z"})"
              "\n");
}

TEST(LogFormat, a_failure_and_a_gap_take_the_form_of_the_rest) {
    const auto said = [](LogForm form, bool framed) {
        std::string out;
        const LogFormatter format({.standard_output = true, .form = form}, framed);
        format.append_failure(out, "bad");
        return out;
    };
    EXPECT_EQ(said(LogForm::json_lines, true), "{\"Error\":\"bad\"}\n");
    EXPECT_EQ(said(LogForm::bytes, true), std::string("\x03\0\0\0\0\0\0\x04", 8) + "bad\n");
    EXPECT_EQ(said(LogForm::bytes, false), "");
    std::string gap;
    LogFormatter({.standard_output = true, .form = LogForm::json_lines}, false).append_gap(gap);
    EXPECT_TRUE(gap.starts_with("{\"Error\":\"(lines are missing")) << gap;
}

Result<ListFilter> filter(std::string_view text) {
    auto filters = api::Filters::parse(text);
    if (!filters) {
        return std::move(filters).error();
    }
    return parse_list_filter(std::move(*filters));
}

TEST(ListFilter, refuses_as_the_reference) {
    EXPECT_EQ(filter(R"({"foo":["x"]})").error().status(), 400);
    EXPECT_EQ(filter(R"({"status":["x"]})").error().status(), 400);
    EXPECT_EQ(filter(R"({"exited":["x"]})").error().status(), 400);
    EXPECT_EQ(filter(R"({"publish":["x"]})").error().status(), 500);
}

struct FilterCase {
    const char* filters;
    bool expected;
};

class ListFilterMatches : public testing::TestWithParam<FilterCase> {};

TEST_P(ListFilterMatches, a_container) {
    const auto one = container("0123456789ab", "web");
    one->record.config.labels = {{"tier", "front"}};
    one->record.config.exposed_ports = {{"80/tcp", {}}};
    one->record.endpoints["bridge"];
    one->state.set_exited(3, Time(9s), false);
    one->state.started_at = Time(8s);
    const auto parsed = filter(GetParam().filters);
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    EXPECT_EQ(matches(*parsed, *one), GetParam().expected) << GetParam().filters;
}

INSTANTIATE_TEST_SUITE_P(
    all, ListFilterMatches,
    testing::Values(
        FilterCase{R"({"name":["we"]})", true}, FilterCase{R"({"name":["^/web$"]})", true},
        FilterCase{R"({"name":["db"]})", false}, FilterCase{R"({"id":["0123"]})", true},
        FilterCase{R"({"label":["tier"]})", true}, FilterCase{R"({"label":["tier=front"]})", true},
        FilterCase{R"({"label":["tier=back"]})", false},
        FilterCase{R"({"status":["exited"]})", true},
        FilterCase{R"({"status":["running","exited"]})", true},
        FilterCase{R"({"status":["running"]})", false}, FilterCase{R"({"exited":["3"]})", true},
        FilterCase{R"({"exited":["0"]})", false}, FilterCase{R"({"expose":["80"]})", true},
        FilterCase{R"({"expose":["81/udp"]})", false},
        FilterCase{R"({"network":["bridge"]})", true},
        FilterCase{R"({"network":["other"]})", false}, FilterCase{R"({"health":["none"]})", true},
        FilterCase{R"({"is-task":["true"]})", false}, FilterCase{R"({"volume":["x"]})", false}));

TEST(View, a_list_quotes_what_has_spaces) {
    Record record;
    record.path = "sh";
    record.args = {"-c", "sleep 1"};
    EXPECT_EQ(command_text(record), "sh -c 'sleep 1'");
}

}  // namespace
}  // namespace wherry::containers
