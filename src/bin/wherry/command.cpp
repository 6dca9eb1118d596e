#include "bin/wherry/command.hpp"

#include <cstdio>

#include "base/text.hpp"
#include "bin/wherry/on_demand.hpp"
#include "bin/wherry/page.hpp"

namespace wherry::command {

namespace {

constexpr int bad_flag = 125;
constexpr int bad_arguments = 1;

std::string count_words(const Count& count) {
    const auto noun = [](std::size_t number) { return number == 1 ? "argument" : "arguments"; };
    if (count.most == 0) {
        return "accepts no arguments";
    }
    if (count.least == 0) {
        return text::format("requires at most {} {}", count.most, noun(count.most));
    }
    if (count.least == count.most) {
        return text::format("requires {} {}", count.least, noun(count.least));
    }
    return text::format("requires at least {} {}", count.least, noun(count.least));
}

}  // namespace

Client Context::connect() const {
    ClientOptions chosen = options;
    auto engine = reach_engine(options);
    if (!engine) {
        // The client says that there is no daemon; this is why.
        print_error(words_of(engine.error()) + "\n");
    } else if (*engine) {
        chosen.host = (*engine)->host;
        engine_connection = std::move((*engine)->connection);
    }
    return Client::connect(chosen);
}

void print(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void print_error(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
}

Parsed parse(const Context& context, Flags& flags, Count count) {
    bool help = false;
    flags.flag("help", 0, help);
    const auto page = find_page(context.verb);
    const std::string usage = "\n\nUsage:  " + usage_of(page) + "\n\n";
    auto arguments = flags.parse(context.words);
    if (!arguments) {
        print_error(text::format("{}{}Run 'wherry {} --help' for more information\n",
                                 arguments.error().message(), usage, context.verb));
        return {.arguments = {}, .exit_code = bad_flag};
    }
    if (help) {
        print(help_of(page));
        return {.arguments = {}, .exit_code = 0};
    }
    if (arguments->size() < count.least || arguments->size() > count.most) {
        const auto* see = count.least == count.most ? "Run" : "See";
        print_error(text::format(
            "wherry: 'wherry {}' {}{}{} 'wherry {} --help' for more "
            "information\n",
            context.verb, count_words(count), usage, count.most == 0 ? "Run" : see, context.verb));
        return {.arguments = {}, .exit_code = bad_arguments};
    }
    return {.arguments = std::move(*arguments), .exit_code = std::nullopt};
}

std::string words_of(const Error& error) {
    const ApiError* facts = api_error(error);
    if (facts != nullptr && facts->status != 0) {
        return "Error response from daemon: " + error.message();
    }
    return error.message();
}

int report(const Error& error) {
    print_error(words_of(error) + "\n");
    return 1;
}

}  // namespace wherry::command
