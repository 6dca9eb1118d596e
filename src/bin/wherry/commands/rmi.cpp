#include "bin/wherry/command.hpp"

namespace wherry::command {

int rmi(const Context& context) {
    Flags flags;
    bool force = false;
    bool keep_parents = false;
    flags.flag("force", 'f', force);
    flags.flag("no-prune", 0, keep_parents);
    const auto parsed = parse(context, flags, {.least = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    ImageDeleteOptions options;
    if (force) {
        options.force = true;
    }
    if (keep_parents) {
        options.noprune = true;
    }
    const Client client = context.connect();
    std::string problems;
    bool fatal = false;
    for (const std::string& name : parsed.arguments) {
        const auto removed = client.image_delete(name, options);
        if (!removed) {
            fatal = fatal || !force || removed.error().kind() != ErrorKind::not_found;
            problems += words_of(removed.error()) + "\n";
            continue;
        }
        for (const api::ImageDeleteResponseItem& item : *removed) {
            print(item.deleted.empty() ? "Untagged: " + item.untagged + "\n"
                                       : "Deleted: " + item.deleted + "\n");
        }
    }
    print_error(problems);
    return fatal ? 1 : 0;
}

}  // namespace wherry::command
