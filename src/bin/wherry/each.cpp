#include "bin/wherry/each.hpp"

namespace wherry::command {

int for_each(const Words& names, const std::function<Result<>(const std::string& name)>& action) {
    std::string problems;
    for (const auto& name : names) {
        const auto done = action(name);
        if (done) {
            print(name + "\n");
        } else {
            problems += words_of(done.error()) + "\n";
        }
    }
    print_error(problems);
    return problems.empty() ? 0 : 1;
}

}  // namespace wherry::command
