// The file of a log, written a batch of records at a time. While it cannot be (a full disk) the
// records wait, and the owner holds the container back; or, where nothing may be held up, they are
// dropped and counted, whole ones.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "codec/logfile/rotation.hpp"

namespace wherry::monitor {

class LogFile {
  public:
    enum class WhenFull : std::uint8_t { wait, drop };

    [[nodiscard]] static Result<LogFile> open(logfile::RotationPlan plan, WhenFull when_full);
    /// Where whole records are appended for the next `flush`.
    [[nodiscard]] std::string& batch() noexcept { return batch_; }
    void flush();
    /// Records wait to be written: no more should come, and `flush` be called now and then.
    [[nodiscard]] bool waits() const noexcept { return waits_; }
    /// Drops what waits.
    void give_up();
    /// Gives memory back.
    void shrink() { batch_.shrink_to_fit(); }
    [[nodiscard]] std::uint64_t lost_batches() const noexcept { return lost_batches_; }

  private:
    LogFile(logfile::RotatingFile file, WhenFull when_full)
        : file_(std::move(file)), when_full_(when_full) {}

    logfile::RotatingFile file_;
    WhenFull when_full_;
    std::string batch_;
    std::uint64_t lost_batches_ = 0;
    bool waits_ = false;
};

}  // namespace wherry::monitor
