// A scratch folder that goes with its owner.
#pragma once

#include <stdlib.h>

#include <stdexcept>
#include <string>

#include "os/tree.hpp"

namespace wherry::test {

class TempDir {
  public:
    TempDir() {
        std::string pattern = "/tmp/wherry-test-XXXXXX";
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("mkdtemp failed");
        }
        path_ = pattern;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() { (void)os::remove_tree(path_); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::string operator/(const std::string& name) const {
        return path_ + "/" + name;
    }

  private:
    std::string path_;
};

}  // namespace wherry::test
