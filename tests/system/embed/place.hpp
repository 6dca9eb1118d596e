// Where an engine under test lives: folders and a network of its own, and an image made of busybox.
#pragma once

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <string>

#include "codec/archive/tar.hpp"
#include "os/file.hpp"
#include "os/program.hpp"
#include "support/own_netns.hpp"
#include "support/temp_dir.hpp"
#include "wherry/embedded.hpp"

namespace wherry::test {

inline constexpr const char* busybox = "/bin/busybox";

/// State and run folder, gone with their owner.
class Place {
  public:
    Place() { (void)os::run_program({"ip", "link", "set", "lo", "up"}, "", limit); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place() { (void)::umount2(runs().c_str(), MNT_DETACH); }

    [[nodiscard]] std::string state() const { return dir_ / "state"; }
    [[nodiscard]] std::string run() const { return dir_ / "run"; }
    [[nodiscard]] std::string runs() const { return run() + "/c"; }
    [[nodiscard]] std::string socket() const { return dir_ / "docker.sock"; }
    [[nodiscard]] Embedded options() const {
        Embedded options;
        options.state_folder = state();
        options.run_folder = run();
        options.monitor_program = WHERRY_MONITOR;
        options.end_grace = std::chrono::milliseconds(500);
        return options;
    }

  private:
    static constexpr std::chrono::seconds limit{10};
    TempDir dir_;
};

/// The tar of a root with busybox and a shell.
inline std::string busybox_root() {
    std::string tar;
    archive::TextSink sink(tar);
    archive::TarWriter writer(sink);
    for (const char* folder : {"bin", "etc", "proc", "sys", "dev", "tmp"}) {
        writer.add({.path = folder, .type = archive::EntryType::directory, .mode = 0755}).value();
    }
    const std::string program = os::read_file(busybox).value();
    writer.add_file({.path = "bin/busybox", .mode = 0755, .size = program.size()}, program).value();
    for (const char* name : {"sh", "cat", "echo", "sleep", "true", "id", "wc"}) {
        writer
            .add({.path = std::string("bin/") + name,
                  .type = archive::EntryType::symlink,
                  .mode = 0777,
                  .link = "busybox"})
            .value();
    }
    writer.finish().value();
    return tar;
}

/// The image "box".
inline void import_box(const Client& client) {
    ImageCreateOptions options;
    options.from_src = "-";
    options.repo = "box";
    options.tag = "latest";
    auto made = client.image_create(Upload::bytes(busybox_root()), options).value();
    made.wait().value();
}

}  // namespace wherry::test

#define NEEDS_BUSYBOX()                                                   \
    if (!wherry::os::exists(wherry::test::busybox)) {                     \
        GTEST_SKIP() << "needs busybox (Debian: package busybox-static)"; \
    }
