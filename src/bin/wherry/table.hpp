// Columns as the docker command aligns them: as wide as the widest cell, three blanks between.
#pragma once

#include <string>
#include <vector>

namespace wherry::command {

class Table {
  public:
    explicit Table(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] std::string text() const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace wherry::command
