#include "base/text.hpp"
#include "bin/wherry/each.hpp"

namespace wherry::command {

int rm(const Context& context) {
    Flags flags;
    bool force = false;
    bool volumes = false;
    flags.flag("force", 'f', force);
    flags.flag("volumes", 'v', volumes);
    const auto parsed = parse(context, flags, {.least = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    ContainerDeleteOptions options;
    if (force) {
        options.force = true;
    }
    if (volumes) {
        options.volumes = true;
    }
    const Client client = context.connect();
    std::string problems;
    for (std::string_view name : parsed.arguments) {
        while (name.starts_with('/')) {
            name.remove_prefix(1);
        }
        const auto removed = client.container_delete(name, options);
        if (removed) {
            print(std::string(name) + "\n");
        } else if (force && removed.error().kind() == ErrorKind::not_found) {
            print_error(words_of(removed.error()) + "\n");  // it is not there: as wished
        } else {
            problems += words_of(removed.error()) + "\n";
        }
    }
    print_error(problems);
    return problems.empty() ? 0 : 1;
}

}  // namespace wherry::command
