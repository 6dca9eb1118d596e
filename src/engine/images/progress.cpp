#include "engine/images/progress.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/text.hpp"
#include "net/async/sleep.hpp"

namespace wherry::images {

namespace {

constexpr std::chrono::milliseconds interval{100};
constexpr std::size_t bar_width = 50;
constexpr std::size_t size_width = 8;

// As Go writes JSON with its HTML escapes, which the reference leaves on here.
std::string quote(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (byte < ' ' || c == '<' || c == '>' || c == '&') {
                    out += "\\u00" + text::hex({&c, 1});
                } else {
                    out += c;
                }
        }
    }
    out += '"';
    return out;
}

std::string detail_line(std::string_view status, std::string_view id, std::uint64_t current,
                        std::uint64_t total) {
    std::string detail = text::format("{\"current\":{}", current);
    if (total > 0) {
        detail += text::format(",\"total\":{}", total);
    }
    return text::format("{\"status\":{},\"progressDetail\":{}},\"progress\":{},\"id\":{}}",
                        quote(status), detail, quote(progress_bar(current, total)), quote(id));
}

}  // namespace

std::string human_size(std::uint64_t bytes) {
    constexpr std::array<const char*, 6> units = {"B", "kB", "MB", "GB", "TB", "PB"};
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= 1000.0 && unit + 1 < units.size()) {
        value /= 1000.0;
        ++unit;
    }
    std::array<char, 32> text{};
    (void)std::snprintf(text.data(), text.size(), "%.4g%s", value, units.at(unit));
    return text.data();
}

std::string progress_bar(std::uint64_t current, std::uint64_t total) {
    if (current == 0 && total == 0) {
        return "";
    }
    if (total == 0) {
        return text::format("{}", human_size(current));
    }
    const std::uint64_t percent = std::min<std::uint64_t>(current * 100 / total, 100) / 2;
    const auto filled = static_cast<std::size_t>(percent);
    const std::size_t rest = bar_width > filled ? bar_width - filled : 0;
    std::string now = human_size(current);
    now.insert(0, now.size() < size_width ? size_width - now.size() : 0, ' ');
    return text::format("[{}>{}] {}/{}", std::string(filled, '='), std::string(rest, ' '), now,
                        human_size(total));
}

struct ProgressLines::State {
    struct Track {
        std::string status;
        std::string id;
        std::shared_ptr<JobState> state;
        std::uint64_t total = 0;
        std::uint64_t told = 0;
    };
    std::deque<std::string> lines;
    std::list<Track> tracks;
    bool closed = false;
    async::Notifier changed;

    void push(std::string line) {
        lines.push_back(std::move(line));
        changed.notify_all();
    }
    void sample(Track& track) {
        const std::uint64_t current = track.state->done_bytes.load(std::memory_order_relaxed);
        if (current != track.told) {
            track.told = current;
            lines.push_back(detail_line(track.status, track.id, current, track.total));
        }
    }
};

class ProgressLines::Tracked {
  public:
    Tracked(std::shared_ptr<State> state, std::list<State::Track>::iterator at)
        : state_(std::move(state)), at_(at) {}
    Tracked(const Tracked&) = delete;
    Tracked& operator=(const Tracked&) = delete;
    Tracked(Tracked&&) = delete;
    Tracked& operator=(Tracked&&) = delete;
    ~Tracked() {
        state_->sample(*at_);
        state_->tracks.erase(at_);
        state_->changed.notify_all();
    }

  private:
    std::shared_ptr<State> state_;
    std::list<State::Track>::iterator at_;
};

ProgressLines::ProgressLines() : state_(std::make_shared<State>()) {}

void ProgressLines::message(std::string_view status, std::string_view id) {
    if (id.empty()) {
        state_->push(text::format("{\"status\":{}}", quote(status)));
    } else {
        state_->push(text::format("{\"status\":{},\"id\":{}}", quote(status), quote(id)));
    }
}

void ProgressLines::step(std::string_view status, std::string_view id) {
    // Written in pieces: `{}` is a hole of the pattern.
    state_->push("{\"status\":" + quote(status) + ",\"progressDetail\":{},\"id\":" + quote(id) +
                 "}");
}

void ProgressLines::stream(std::string_view text) {
    state_->push(text::format("{\"stream\":{}}", quote(text)));
}

std::shared_ptr<void> ProgressLines::track(std::string_view status, std::string_view id,
                                           std::shared_ptr<JobState> state, std::uint64_t total) {
    state_->tracks.push_back({.status = std::string(status),
                              .id = std::string(id),
                              .state = std::move(state),
                              .total = total});
    state_->changed.notify_all();
    return std::make_shared<Tracked>(state_, std::prev(state_->tracks.end()));
}

void ProgressLines::error(const Error& error) {
    const std::string message = quote(error.message());
    state_->push("{\"errorDetail\":{\"message\":" + message + "},\"error\":" + message + "}");
}

void ProgressLines::close() {
    state_->closed = true;
    state_->changed.notify_all();
}

std::string ProgressLines::take() {
    std::string out;
    for (const std::string& line : state_->lines) {
        out.append(line).append("\r\n");
    }
    state_->lines.clear();
    return out;
}

Task<Result<>> ProgressLines::write_to(http::BodyWriter& out) {
    const auto state = state_;
    while (true) {
        if (!state->lines.empty()) {
            const std::string lines = take();
            CO_CHECK_OK(co_await out.write(lines));
            continue;
        }
        if (state->closed) {
            co_return Result<>();
        }
        if (state->tracks.empty()) {
            CO_CHECK_OK(co_await state->changed.wait());
            continue;
        }
        // A step is under way: look at it again after a while, or when something is told.
        const auto woken = co_await async::with_deadline(state->changed.wait(), interval);
        if (!woken && woken.error().kind() == ErrorKind::cancelled) {
            co_return woken;
        }
        if (!woken) {
            for (State::Track& track : state->tracks) {
                state->sample(track);
            }
        }
    }
}

}  // namespace wherry::images
