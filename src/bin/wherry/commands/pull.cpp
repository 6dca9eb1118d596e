#include <unistd.h>

#include "api/reference.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/progress.hpp"
#include "bin/wherry/pull_image.hpp"
#include "bin/wherry/terminal.hpp"

namespace wherry::command {

Result<> pull_image(const Client& client, const std::string& reference,
                    const ImagePullOptions& options, const PullOutput& output) {
    TRY(auto stream, client.image_pull(reference, options));
    ProgressView view(output.terminal);
    while (true) {
        TRY(const auto step, stream.next());
        if (!step) {
            return {};
        }
        if (!output.quiet) {
            output.write(view.show(*step));
        }
    }
}

int pull(const Context& context) {
    Flags flags;
    bool quiet = false;
    std::string platform;
    flags.flag("quiet", 'q', quiet);
    flags.value("platform", 0, platform);
    const auto parsed = parse(context, flags, {.least = 1, .most = 1});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    const auto reference = api::Reference::parse(parsed.arguments.front());
    if (!reference) {
        return report(reference.error());
    }
    const auto full = reference->with_default_tag();
    if (reference->is_name_only() && !quiet) {
        print("Using default tag: latest\n");
    }
    const PullOutput output{.terminal = is_terminal(STDOUT_FILENO), .quiet = quiet, .write = print};
    ImagePullOptions options;
    options.platform = platform;
    const auto pulled = pull_image(context.connect(), full.canonical(), options, output);
    if (!pulled) {
        return report(pulled.error());
    }
    print(full.canonical() + "\n");
    return 0;
}

}  // namespace wherry::command
