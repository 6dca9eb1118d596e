#include "launch/process.hpp"

#include <gmock/gmock.h>

namespace {

using namespace wherry;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;
using Words = std::vector<std::string>;

TEST(Candidates, are_the_folders_of_the_containers_path) {
    const Words environment = {"A=1", "PATH=/bin:/usr/bin", "PATH=/second"};
    EXPECT_THAT(launch::candidates("id", environment), ElementsAre("/bin/id", "/usr/bin/id"));
}

TEST(Candidates, of_a_path_are_itself) {
    EXPECT_THAT(launch::candidates("./run", {"PATH=/bin"}), ElementsAre("./run"));
    EXPECT_THAT(launch::candidates("/bin/id", {}), ElementsAre("/bin/id"));
}

TEST(Candidates, are_never_in_the_working_folder) {
    EXPECT_THAT(launch::candidates("id", {"PATH=:relative:/bin:"}), ElementsAre("/bin/id"));
    EXPECT_THAT(launch::candidates("id", {"PATHS=/bin"}), IsEmpty());
    EXPECT_THAT(launch::candidates("", {"PATH=/bin"}), IsEmpty());
}

}  // namespace
