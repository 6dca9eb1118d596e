// No daemon: the engine runs inside this program. As root: without_daemon [IMAGE.tar [STATE
// FOLDER]] loads the image alpine from an archive of `docker save`; without one it is pulled.
#include <iostream>
#include <wherry/embedded.hpp>
#include <wherry/wherry.hpp>

int main(int argc, char** argv) {
    try {
        wherry::Embedded engine;
        if (argc > 2) {
            engine.state_folder = argv[2];
        }
        const auto client = wherry::connect(engine);  // the only line that differs
        if (argc > 1) {
            client.image_load(wherry::Upload::file(argv[1])).value().wait().value();
        }
        const auto done = client.run({.image = "alpine", .cmd = {"echo", "hello world"}}).value();
        std::cout << done.out;
        return static_cast<int>(done.exit_code);
    } catch (const wherry::BadResult& problem) {
        std::cerr << wherry::describe(problem.error()) << '\n';
        return 1;
    }
}
