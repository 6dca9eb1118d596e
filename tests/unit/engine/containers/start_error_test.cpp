#include <gtest/gtest.h>

#include "engine/containers/start_plan.hpp"

namespace wherry::containers {
namespace {

struct Failed {
    const char* path;
    wire::FailureCode code;
    const char* text;  ///< the runtime's
    int status;
    std::int64_t exit_code;
    const char* ends_with;
};

class StartError : public testing::TestWithParam<Failed> {};

TEST_P(StartError, is_told_as_the_reference_does) {
    Record record;
    record.path = GetParam().path;
    record.host.runtime = "crun";
    const auto told = start_error(record, {GetParam().code, GetParam().text},
                                  Error(ErrorKind::internal, "something else"));
    EXPECT_EQ(told.error.status(), GetParam().status);
    EXPECT_EQ(told.exit_code, GetParam().exit_code);
    EXPECT_TRUE(told.error.message().ends_with(GetParam().ends_with)) << told.error.message();
}

INSTANTIATE_TEST_SUITE_P(
    all, StartError,
    testing::Values(
        Failed{"nope", wire::FailureCode::not_found, "x", 400, 127,
               "exec: \"nope\": executable file not found in $PATH"},
        Failed{"/nope", wire::FailureCode::not_found, "x", 400, 127,
               "exec: \"/nope\": stat /nope: no such file or directory"},
        Failed{"/etc/passwd", wire::FailureCode::permission, "x", 400, 126,
               "exec: \"/etc/passwd\": permission denied"},
        Failed{"/etc", wire::FailureCode::other, "open executable: Operation not permitted", 400,
               126, "exec: \"/etc\": permission denied"},
        Failed{"sh", wire::FailureCode::not_directory, "mount x", 400, 127, ": not a directory"},
        Failed{"sh", wire::FailureCode::other, "odd", 500, 128, "crun create failed: odd"},
        Failed{"sh", wire::FailureCode::other, "", 500, 128, "something else"}));

}  // namespace
}  // namespace wherry::containers
