#include "base/text.hpp"
#include "bin/wherry/each.hpp"

namespace wherry::command {

int stop(const Context& context) {
    Flags flags;
    std::string timeout;
    std::string signal;
    flags.value("timeout", 't', timeout);
    flags.value("time", 0, timeout);
    flags.value("signal", 's', signal);
    const auto parsed = parse(context, flags, {.least = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    ContainerStopOptions options;
    options.signal = signal;
    if (!timeout.empty()) {
        options.timeout_s = text::parse_int<std::int64_t>(timeout);
        if (!options.timeout_s) {
            print_error(
                text::format("invalid argument \"{}\" for \"-t, --timeout\" flag: "
                             "strconv.ParseInt: parsing \"{}\": invalid syntax\n",
                             timeout, timeout));
            return 125;
        }
    }
    const Client client = context.connect();
    return for_each(parsed.arguments,
                    [&](const std::string& name) { return client.container_stop(name, options); });
}

}  // namespace wherry::command
