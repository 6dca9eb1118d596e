// wherry: containers from the command line, on top of libwherry.
#include <algorithm>
#include <array>
#include <csignal>
#include <string_view>

#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/page.hpp"

namespace {

using namespace wherry;           // NOLINT(google-build-using-namespace): the program's own words
using namespace wherry::command;  // NOLINT(google-build-using-namespace)

struct Entry {
    std::string_view name;
    Verb verb;
};
constexpr std::array verbs{
    Entry{.name = "run", .verb = run},         Entry{.name = "ps", .verb = ps},
    Entry{.name = "logs", .verb = logs},       Entry{.name = "stop", .verb = stop},
    Entry{.name = "rm", .verb = rm},           Entry{.name = "pull", .verb = pull},
    Entry{.name = "images", .verb = images},   Entry{.name = "rmi", .verb = rmi},
    Entry{.name = "inspect", .verb = inspect}, Entry{.name = "events", .verb = events},
    Entry{.name = "info", .verb = info},       Entry{.name = "version", .verb = version},
    Entry{.name = "cp", .verb = cp},
};

int start(const Words& words) {
    Context context;
    bool help = false;
    bool version_wanted = false;
    Flags flags;
    flags.stop_at_first_argument();
    flags.value("host", 'H', context.options.host);
    flags.flag("help", 'h', help);
    flags.flag("version", 'v', version_wanted);
    auto rest = flags.parse(words);
    if (!rest) {
        print_error(rest.error().message() + "\nSee 'wherry --help'.\n");
        return 125;
    }
    if (version_wanted) {
        print("wherry version 0.1.0\n");
        return 0;
    }
    if (rest->empty() || help) {
        print(help_of(find_page("wherry")));
        return 0;
    }
    context.verb = rest->front();
    context.words.assign(rest->begin() + 1, rest->end());
    if (context.verb == "help" && !context.words.empty()) {
        context.verb = context.words.front();
        context.words = {"--help"};
    }
    const auto* const found = std::ranges::find(verbs, context.verb, &Entry::name);
    if (found == verbs.end()) {
        print_error(
            text::format("wherry: unknown command: wherry {}\n\nRun 'wherry --help' for "
                         "more information\n",
                         context.verb));
        return 1;
    }
    return found->verb(context);
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    return start(Words(argv + 1, argv + argc));
}
