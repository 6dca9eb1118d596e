// A pull's progress: bars that are drawn over themselves on a terminal, plain lines elsewhere.
#pragma once

#include <string>
#include <vector>

#include "wherry/types.hpp"

namespace wherry::command {

class ProgressView {
  public:
    explicit ProgressView(bool terminal) : terminal_(terminal) {}
    /// What is to be written for this message.
    [[nodiscard]] std::string show(const Progress& message);

  private:
    [[nodiscard]] std::string over(std::size_t line, const std::string& content) const;

    bool terminal_;
    std::vector<std::string> lines_;  // the id of each line that can still change, top to bottom
};

/// "[====>     ]  1.2MB/3.4MB"; empty where the message has no numbers.
[[nodiscard]] std::string progress_bar(const Progress& message);

}  // namespace wherry::command
