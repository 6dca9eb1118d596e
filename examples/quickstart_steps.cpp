// The same, one operation of the API after the other.
#include <iostream>
#include <wherry/wherry.hpp>

int main() {
    try {
        const auto client = wherry::Client::from_env();
        std::clog << "talking to " << client.explain() << '\n';

        auto pull = client.image_pull("alpine").value();
        for (const auto& step : pull) {
            std::clog << step.id << (step.id.empty() ? "" : ": ") << step.status << '\n';
        }

        wherry::api::ContainerCreateRequest spec;
        spec.image = "alpine";
        spec.cmd = {"echo", "hello world"};
        const auto box = client.container_create(spec).value();
        std::clog << "created " << box.id << '\n';

        client.container_start(box.id).value();
        const auto exit = client.container_wait(box.id).value();
        std::clog << "ended with " << exit.code << '\n';

        auto output = client.container_logs(box.id).value();
        for (const auto& piece : output) {
            std::cout << piece.text;
        }
        client.container_delete(box.id).value();
    } catch (const wherry::BadResult& problem) {
        std::cerr << wherry::describe(problem.error()) << '\n';
        return 1;
    }
}
