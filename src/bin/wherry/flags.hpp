// Command line flags with the docker command's rules and words: -it, --name=x, --name x, and for
// `run` an end of flags at the first argument.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "wherry/types.hpp"

namespace wherry::command {

class Flags {
  public:
    /// A flag without a value; "--name=false" is possible.
    void flag(std::string_view name, char letter, bool& target);
    void value(std::string_view name, char letter, std::string& target);
    /// May come several times.
    void list(std::string_view name, char letter, std::vector<std::string>& target);
    /// NAME=VALUE; may come several times.
    void filters(std::string_view name, char letter, Filters& target);
    /// What follows the first argument belongs to the container.
    void stop_at_first_argument() noexcept { stop_at_first_ = true; }

    /// The arguments that are no flags. Errors have the docker command's words.
    [[nodiscard]] Result<std::vector<std::string>> parse(const std::vector<std::string>& words);
    /// Whether a flag was on the command line.
    [[nodiscard]] bool given(std::string_view name) const;

  private:
    struct Flag {
        std::string name;
        char letter = 0;
        bool takes_value = false;
        std::function<Result<>(const std::string& value)> set;
        bool given = false;
    };
    using Words = std::vector<std::string>;

    Result<> parse_long(std::string_view word, const Words& words, std::size_t& at);
    Result<> parse_short(std::string_view word, const Words& words, std::size_t& at);
    Result<> set(Flag& flag, const std::string& value);

    std::vector<Flag> flags_;
    bool stop_at_first_ = false;
};

}  // namespace wherry::command
