// Uses the embedded engine of an installed libwherry: its version, and no daemon anywhere. Without
// root it says that it needs it. embedded FOLDER [MONITOR]
#include <wherry/embedded.hpp>

#include <unistd.h>

#include <iostream>
#include <string>

int main(int argc, char** argv) {
    wherry::Embedded options;
    options.state_folder = std::string(argc > 1 ? argv[1] : "/nonexistent") + "/state";
    options.run_folder = std::string(argc > 1 ? argv[1] : "/nonexistent") + "/run";
    options.monitor_program = argc > 2 ? argv[2] : "";
    options.prepare_cgroups = false;
    const auto version = wherry::connect(options).version();
    if (!version) {
        std::cout << wherry::describe(version.error()) << '\n';
        return ::geteuid() != 0 && version.error().kind() == wherry::ErrorKind::denied ? 0 : 1;
    }
    std::cout << "embedded engine " << version->version << '\n';
    return version->version.empty() ? 1 : 0;
}
