#include "engine/images/progress.hpp"

#include <gtest/gtest.h>

namespace wherry::images {
namespace {

// Recorded from a dockerd 28.5.2.
TEST(Progress, bar_and_sizes_are_written_as_the_reference_does) {
    EXPECT_EQ(progress_bar(36445, 1036843),
              "[=>                                                 ]  36.45kB/1.037MB");
    EXPECT_EQ(progress_bar(1036843, 1036843),
              "[==================================================>]  1.037MB/1.037MB");
    EXPECT_EQ(progress_bar(512, 0), "512B");
    EXPECT_EQ(progress_bar(0, 0), "");
    EXPECT_EQ(human_size(0), "0B");
    EXPECT_EQ(human_size(999), "999B");
    EXPECT_EQ(human_size(2'500'000'000), "2.5GB");
}

TEST(Progress, lines_are_objects_ended_by_crlf) {
    ProgressLines progress;
    progress.message("Pulling from library/alpine", "latest");
    progress.step("Pulling fs layer", "b739d914586b");
    progress.message("Status: \"x\"\n", "");
    progress.stream("Loaded image: a:b\n");
    progress.error(fail(ErrorKind::not_found, "<gone>"));
    EXPECT_EQ(progress.take(),
              "{\"status\":\"Pulling from library/alpine\",\"id\":\"latest\"}\r\n"
              "{\"status\":\"Pulling fs layer\",\"progressDetail\":{},\"id\":\"b739d914586b\"}\r\n"
              "{\"status\":\"Status: \\\"x\\\"\\n\"}\r\n"
              "{\"stream\":\"Loaded image: a:b\\n\"}\r\n"
              "{\"errorDetail\":{\"message\":\"\\u003cgone\\u003e\"},"
              "\"error\":\"\\u003cgone\\u003e\"}\r\n");
}

TEST(Progress, the_last_state_of_a_step_is_told_when_it_ends) {
    ProgressLines progress;
    auto state = std::make_shared<JobState>();
    auto tracked = progress.track("Downloading", "abc", state, 200);
    EXPECT_EQ(progress.take(), "");
    state->done_bytes = 200;
    tracked.reset();
    progress.step("Download complete", "abc");
    EXPECT_EQ(progress.take(),
              "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":200,\"total\":200},"
              "\"progress\":\"[==================================================\\u003e]"
              "     200B/200B\",\"id\":\"abc\"}\r\n"
              "{\"status\":\"Download complete\",\"progressDetail\":{},\"id\":\"abc\"}\r\n");
}

}  // namespace
}  // namespace wherry::images
