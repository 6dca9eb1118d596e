// The verbs: each is a function in commands/VERB.cpp with its page in commands/VERB.md.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bin/wherry/flags.hpp"
#include "os/unique_fd.hpp"
#include "wherry/client.hpp"

namespace wherry::command {

using Words = std::vector<std::string>;

/// What every verb gets.
struct Context {
    std::string verb;
    Words words;  ///< behind the verb
    ClientOptions options;

    /// Brings an engine up where none answers and none was named.
    [[nodiscard]] Client connect() const;

    /// An on-demand engine stays at least as long as this.
    mutable os::UniqueFd engine_connection;
};

/// Returns the exit code.
using Verb = int (*)(const Context& context);

int version(const Context& context);
int pull(const Context& context);
int run(const Context& context);
int ps(const Context& context);
int logs(const Context& context);
int stop(const Context& context);
int rm(const Context& context);
int cp(const Context& context);
int images(const Context& context);
int rmi(const Context& context);
int inspect(const Context& context);
int events(const Context& context);
int info(const Context& context);

struct Count {
    std::size_t least = 0;
    std::size_t most = static_cast<std::size_t>(-1);
};
/// Parses flags (and --help) and checks how many arguments are left. With an exit code, the verb
/// returns it at once: everything was said.
struct Parsed {
    Words arguments;
    std::optional<int> exit_code;
};
[[nodiscard]] Parsed parse(const Context& context, Flags& flags, Count count);

/// "Error response from daemon: …" for what the daemon said, else the error's own words.
[[nodiscard]] std::string words_of(const Error& error);
/// Prints them on standard error; the exit code 1.
int report(const Error& error);

void print(std::string_view text);
void print_error(std::string_view text);

}  // namespace wherry::command
