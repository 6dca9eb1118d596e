// Talks to a process through its standard input, reads its logs, and shows an error's facts.
#include <iostream>
#include <wherry/wherry.hpp>

namespace {

/// Everything the session says up to its end.
void show(wherry::Session& session) {
    while (true) {
        const auto piece = session.next().value();
        if (!piece) {
            return;
        }
        std::cout << (piece->channel == wherry::Channel::err ? "err: " : "out: ") << piece->text;
    }
}

void talk(const wherry::Client& client, const std::string& id) {
    auto session =
        client.container_attach(id, {.stream = true, .in = true, .out = true, .err = true}).value();
    auto end = client.container_wait_begin(id, {.until = wherry::WaitUntil::next_exit}).value();
    client.container_start(id).value();
    session.write("one\ntwo\n").value();
    session.close_write().value();
    show(session);
    std::cout << "exit code " << end.get().value().code << '\n';
}

}  // namespace

int main() {
    try {
        const auto client = wherry::Client::from_env();
        wherry::api::ContainerCreateRequest spec;
        spec.image = "alpine";
        spec.cmd = {"cat", "-n"};
        spec.open_stdin = true;
        spec.stdin_once = true;
        const auto id = client.container_create(spec).value().id;
        talk(client, id);
        auto logs = client.container_logs(id, {.timestamps = true, .tail = "1"}).value();
        for (const auto& piece : logs) {
            std::cout << "log: " << piece.text;
        }
        client.container_delete(id).value();
        const auto gone = client.container_start(id);
        std::clog << wherry::describe(gone.error()) << '\n';
    } catch (const wherry::BadResult& problem) {
        std::cerr << wherry::describe(problem.error()) << '\n';
        return 1;
    }
}
