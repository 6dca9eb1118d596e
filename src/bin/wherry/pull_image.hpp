// Pulling with its progress shown; used by `pull` and `run`.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "wherry/client.hpp"

namespace wherry::command {

struct PullOutput {
    bool terminal = false;
    bool quiet = false;
    std::function<void(std::string_view text)> write;
};

[[nodiscard]] Result<> pull_image(const Client& client, const std::string& reference,
                                  const ImagePullOptions& options, const PullOutput& output);

}  // namespace wherry::command
