#include <cstdio>

#include "base/clock.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/output.hpp"
#include "bin/wherry/words.hpp"

namespace wherry::command {

int logs(const Context& context) {
    Flags flags;
    bool follow = false;
    bool timestamps = false;
    std::string tail = "all";
    std::string since;
    flags.flag("follow", 'f', follow);
    flags.flag("timestamps", 't', timestamps);
    flags.value("tail", 'n', tail);
    flags.value("since", 0, since);
    const auto parsed = parse(context, flags, {.least = 1, .most = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    ContainerLogsOptions options;
    options.tail = tail;
    if (follow) {
        options.follow = true;
    }
    if (timestamps) {
        options.timestamps = true;
    }
    if (!since.empty()) {
        const auto time = since_text(since, now());
        if (!time) {
            return report(time.error());
        }
        options.since = *time;
    }
    auto stream = context.connect().container_logs(parsed.arguments.front(), options);
    if (!stream) {
        return report(stream.error());
    }
    while (true) {
        const auto piece = stream->next();
        if (!piece) {
            return report(piece.error());
        }
        if (!piece->has_value() || !write_output(**piece)) {
            return 0;
        }
    }
}

}  // namespace wherry::command
