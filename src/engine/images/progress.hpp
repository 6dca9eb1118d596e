// What a long operation on images tells its client: one JSON object a line, ended by CRLF
// (behaviour.md, JSON progress). Steps are told one by one; how far a step is, at most ten times a
// second. Loop thread only.
#pragma once

#include <cstdint>
#include <deque>
#include <list>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "engine/images/unpack.hpp"
#include "net/async/event.hpp"
#include "net/http/message.hpp"

namespace wherry::images {

class Progress {
  public:
    Progress() = default;
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    virtual ~Progress() = default;

    /// {"status":…} or {"status":…,"id":…}
    virtual void message(std::string_view status, std::string_view id = "") = 0;
    /// A layer's step: {"status":…,"progressDetail":{},"id":…}
    virtual void step(std::string_view status, std::string_view id) = 0;
    /// {"stream":…}
    virtual void stream(std::string_view text) = 0;
    /// A step that takes time: what `state` counts is told until the returned object ends.
    [[nodiscard]] virtual std::shared_ptr<void> track(std::string_view status, std::string_view id,
                                                      std::shared_ptr<JobState> state,
                                                      std::uint64_t total) = 0;
};

/// For those who do not listen.
class NoProgress final : public Progress {
  public:
    void message(std::string_view /*status*/, std::string_view /*id*/) override {}
    void step(std::string_view /*status*/, std::string_view /*id*/) override {}
    void stream(std::string_view /*text*/) override {}
    std::shared_ptr<void> track(std::string_view /*status*/, std::string_view /*id*/,
                                std::shared_ptr<JobState> /*state*/,
                                std::uint64_t /*total*/) override {
        return nullptr;
    }
};

/// Progress as the lines of a response body.
class ProgressLines final : public Progress {
  public:
    ProgressLines();
    void message(std::string_view status, std::string_view id) override;
    void step(std::string_view status, std::string_view id) override;
    void stream(std::string_view text) override;
    std::shared_ptr<void> track(std::string_view status, std::string_view id,
                                std::shared_ptr<JobState> state, std::uint64_t total) override;
    /// {"errorDetail":{"message":…},"error":…}
    void error(const Error& error);
    /// No more is told: `write_to` returns after what is left.
    void close();

    /// Writes lines as they come, until `close`.
    [[nodiscard]] Task<Result<>> write_to(http::BodyWriter& out);
    /// All lines so far (for tests, and for answers that need no streaming).
    [[nodiscard]] std::string take();

  private:
    struct State;
    class Tracked;
    void push(std::string line);
    std::shared_ptr<State> state_;
};

/// The bar that 28.5.2 sends beside the numbers: "[==>   ]  1.2MB/5MB"; "" without a current.
[[nodiscard]] std::string progress_bar(std::uint64_t current, std::uint64_t total);
/// As Docker writes sizes: four digits, powers of a thousand ("36.45kB", "1.037MB").
[[nodiscard]] std::string human_size(std::uint64_t bytes);

}  // namespace wherry::images
