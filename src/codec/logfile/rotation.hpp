// The writing end of a log file: appends whole records, rotates by size as the reference does (a
// file is left once it has reached the limit; a record is never cut).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "os/unique_fd.hpp"

namespace wherry::logfile {

/// How a file's records are told apart.
enum class Framing : std::uint8_t { lines, lengths };

struct RotationPlan {
    std::string path;
    std::uint64_t max_size = 0;  ///< bytes; 0: one file without end
    unsigned max_file = 1;       ///< rotated ones included
    Framing framing = Framing::lines;
    bool compressed = false;  ///< somebody compresses rotated files meanwhile
};

class RotatingFile {
  public:
    /// Appends to what is there.
    [[nodiscard]] static Result<RotatingFile> open(RotationPlan plan);
    /// `records` are whole ones.
    [[nodiscard]] Result<> write(std::string_view records);
    /// How much of the last `write` is in the log, also where that has failed: whole records.
    [[nodiscard]] std::size_t taken() const noexcept { return taken_; }

  private:
    explicit RotatingFile(RotationPlan plan) : plan_(std::move(plan)) {}
    [[nodiscard]] Result<> open_current(int more_flags);
    [[nodiscard]] Result<> rotate();
    /// The bytes up to the end of the record that reaches the size limit.
    [[nodiscard]] std::size_t up_to_limit(std::string_view records) const;

    RotationPlan plan_;
    os::UniqueFd fd_;
    std::size_t taken_ = 0;
    bool moved_ = false;  // the old file has its new name, the new one is still to be made
    std::uint64_t size_ = 0;
};

}  // namespace wherry::logfile
