#include "engine/images/changes.hpp"

#include <gtest/gtest.h>

namespace wherry::images {
namespace {

TEST(Changes, set_what_a_dockerfile_would) {
    oci::RunConfig config;
    const auto done =
        apply_changes({"cmd [\"a\", \"b\"]", "ENTRYPOINT run it", "ENV A=1 B=\"two words\"",
                       "ENV A 3", "EXPOSE 80 53/udp", "VOLUME /data", "WORKDIR /srv", "WORKDIR app",
                       "USER nobody", "LABEL k=v", "STOPSIGNAL SIGINT", "ONBUILD RUN x",
                       "HEALTHCHECK --interval=5s --retries=2 CMD test -f x"},
                      config);
    ASSERT_TRUE(done) << done.error().message();
    EXPECT_EQ(config.cmd, (api::List<std::string>{"a", "b"}));
    EXPECT_EQ(config.entrypoint, (api::List<std::string>{"/bin/sh", "-c", "run it"}));
    EXPECT_EQ(config.env, (api::List<std::string>{"A=3", "B=two words"}));
    EXPECT_TRUE(config.exposed_ports.contains("80/tcp"));
    EXPECT_TRUE(config.exposed_ports.contains("53/udp"));
    EXPECT_TRUE(config.volumes.contains("/data"));
    EXPECT_EQ(config.working_dir, "/srv/app");
    EXPECT_EQ(config.user, "nobody");
    EXPECT_EQ(config.labels.at("k"), "v");
    EXPECT_EQ(config.healthcheck->interval, 5'000'000'000);
    EXPECT_EQ(config.healthcheck->retries, 2);
    EXPECT_EQ(config.healthcheck->test, (api::List<std::string>{"CMD-SHELL", "test -f x"}));
}

TEST(Changes, others_are_refused_by_name) {
    oci::RunConfig config;
    EXPECT_EQ(apply_changes({"RUN make"}, config).error().message(),
              "RUN is not a valid change command");
    for (const char* change :
         {"ENV", "ENV A", "LABEL =x", "HEALTHCHECK CMD", "HEALTHCHECK --x=1s"}) {
        EXPECT_FALSE(apply_changes({change}, config)) << change;
    }
}

TEST(Changes, words_are_split_as_a_shell_does) {
    EXPECT_EQ(split_words("a \"b c\" d\\ e 'f \"g'"),
              (std::vector<std::string>{"a", "b c", "d e", "f \"g"}));
    EXPECT_TRUE(split_words("  ").empty());
}

}  // namespace
}  // namespace wherry::images
