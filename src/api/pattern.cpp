#include "api/pattern.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wherry::api {

namespace {

using Bytes = std::bitset<256>;

constexpr std::size_t most_steps = 20'000;
constexpr int deepest = 100;
constexpr int most_repeats = 1000;

void add_range(Bytes& set, unsigned char from, unsigned char to) {
    for (unsigned byte = from; byte <= to; ++byte) {
        set.set(byte);
    }
}

Bytes class_of(char letter) {
    Bytes set;
    switch (letter) {
        case 'd':
        case 'D':
            add_range(set, '0', '9');
            break;
        case 's':
        case 'S':
            for (const unsigned char blank : std::string_view("\t\n\f\r ")) {
                set.set(blank);
            }
            break;
        default:
            add_range(set, '0', '9');
            add_range(set, 'A', 'Z');
            add_range(set, 'a', 'z');
            set.set('_');
    }
    return letter < 'a' ? ~set : set;
}

bool is_class(char letter) {
    return std::string_view("dDsSwW").find(letter) != std::string_view::npos;
}

void ignore_case(Bytes& set) {
    for (unsigned byte = 'a'; byte <= 'z'; ++byte) {
        const unsigned upper = byte - 'a' + 'A';
        if (set.test(byte) || set.test(upper)) {
            set.set(byte);
            set.set(upper);
        }
    }
}

}  // namespace

/// A recursive descent that writes steps; a part can be written again for repetitions.
class PatternParser {
  public:
    explicit PatternParser(std::string_view text) : text_(text) {}

    std::optional<Pattern> parse() {
        if (text_.starts_with("(?i)")) {
            text_.remove_prefix(4);
            ignore_case_ = true;
        }
        alternatives();
        if (!good_ || at_ != text_.size()) {
            return std::nullopt;
        }
        emit({.kind = Pattern::Kind::match});
        return good_ ? std::optional(std::move(out_)) : std::nullopt;
    }

  private:
    using Kind = Pattern::Kind;

    [[nodiscard]] bool more() const { return good_ && at_ < text_.size(); }
    [[nodiscard]] char peek() const { return text_[at_]; }
    [[nodiscard]] std::uint32_t here() const {
        return static_cast<std::uint32_t>(out_.steps_.size());
    }
    void fail() { good_ = false; }

    std::uint32_t emit(Pattern::Step step) {
        if (out_.steps_.size() >= most_steps) {
            fail();
            return 0;
        }
        out_.steps_.push_back(step);
        return here() - 1;
    }

    void emit_set(Bytes set) {
        if (ignore_case_) {
            ignore_case(set);
        }
        out_.sets_.push_back(set);
        emit({.kind = Kind::set, .set = static_cast<std::uint32_t>(out_.sets_.size() - 1)});
    }

    void alternatives() {
        if (++depth_ > deepest) {
            return fail();
        }
        std::vector<std::uint32_t> exits;
        while (good_) {
            // The split is written before it is known whether an alternative follows; one whose
            // two ways are the same does no harm.
            const auto split = emit({.kind = Kind::split, .first = here() + 1});
            sequence();
            const bool another = more() && peek() == '|';
            if (another) {
                exits.push_back(emit({.kind = Kind::jump}));
                ++at_;
            }
            if (good_) {
                out_.steps_[split].second = another ? here() : split + 1;
            }
            if (!another) {
                break;
            }
        }
        for (const auto exit : exits) {
            if (good_) {
                out_.steps_[exit].first = here();
            }
        }
        --depth_;
    }

    void sequence() {
        while (more() && peek() != '|' && peek() != ')') {
            repeated();
        }
    }

    void repeated() {
        const auto start = here();
        atom();
        int least = 0;
        int most = -1;
        if (!more() || !repetition(least, most)) {
            return;
        }
        repeat(start, least, most);
        if (more() && peek() == '?') {
            ++at_;  // a lazy repetition finds the same texts
        }
    }

    /// `*`, `+`, `?` or `{m,n}`, if one follows.
    bool repetition(int& least, int& most) {
        switch (peek()) {
            case '*':
                break;
            case '+':
                least = 1;
                break;
            case '?':
                most = 1;
                break;
            case '{':
                return counts(least, most);
            default:
                return false;
        }
        ++at_;
        return true;
    }

    /// Replaces the steps from `start` on by as many copies as are asked for.
    void repeat(std::uint32_t start, int least, int most) {
        const std::vector<Pattern::Step> part(out_.steps_.begin() + start, out_.steps_.end());
        out_.steps_.resize(start);
        const auto once = [&] {
            const auto shift = here() - start;
            for (auto step : part) {
                step.first += shift;
                step.second += shift;
                emit(step);
            }
        };
        for (int count = 0; count < least && good_; ++count) {
            once();
        }
        if (most < 0) {
            const auto split = emit({.kind = Kind::split, .first = here() + 1});
            once();
            emit({.kind = Kind::jump, .first = split});
            patch(split);
            return;
        }
        std::vector<std::uint32_t> splits;
        for (int count = least; count < most && good_; ++count) {
            splits.push_back(emit({.kind = Kind::split, .first = here() + 1}));
            once();
        }
        for (const auto split : splits) {
            patch(split);
        }
    }

    void patch(std::uint32_t split) {
        if (good_) {
            out_.steps_[split].second = here();
        }
    }

    /// {m}, {m,} or {m,n}; otherwise the brace is a brace.
    bool counts(int& least, int& most) {
        const auto end = text_.find('}', at_);
        if (end == std::string_view::npos) {
            return false;
        }
        const auto inner = text_.substr(at_ + 1, end - at_ - 1);
        const auto parts = text::cut(inner, ",");
        const auto low = text::parse_int<int>(parts ? parts->first : inner);
        const bool open = parts && parts->second.empty();
        const auto high = parts ? text::parse_int<int>(parts->second) : low;
        if (!low || (!open && !high)) {
            return false;
        }
        least = *low;
        most = open ? -1 : *high;
        if (least < 0 || least > most_repeats || most > most_repeats || (!open && most < least)) {
            fail();
            return false;
        }
        at_ = end + 1;
        return true;
    }

    void atom() {
        if (!more()) {
            return fail();
        }
        const char c = text_[at_++];
        Bytes set;
        switch (c) {
            case '(':
                group();
                return;
            case '[':
                emit_set(brackets());
                return;
            case '^':
                emit({.kind = Kind::begin});
                return;
            case '$':
                emit({.kind = Kind::end});
                return;
            case '*':
            case '+':
            case '?':
                fail();
                return;
            case '.':
                set.set();
                set.reset('\n');
                break;
            case '\\':
                if (escape(set)) {
                    return;
                }
                break;
            default:
                set.set(static_cast<unsigned char>(c));
        }
        emit_set(set);
    }

    void group() {
        if (text_.substr(at_).starts_with("?:")) {
            at_ += 2;
        } else if (more() && peek() == '?') {
            return fail();
        }
        alternatives();
        if (!more() || peek() != ')') {
            return fail();
        }
        ++at_;
    }

    /// True where a whole step was written.
    bool escape(Bytes& set) {
        if (!more()) {
            fail();
            return true;
        }
        const char c = text_[at_++];
        if (c == 'A' || c == 'z') {
            emit({.kind = c == 'A' ? Kind::begin : Kind::end});
            return true;
        }
        if (is_class(c)) {
            set = class_of(c);
        } else if (c == 'n' || c == 't' || c == 'r') {
            set.set(c == 'n' ? '\n' : c == 't' ? '\t' : '\r');
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
            fail();
        } else {
            set.set(static_cast<unsigned char>(c));
        }
        return false;
    }

    Bytes brackets() {
        Bytes set;
        const bool negated = more() && peek() == '^';
        at_ += negated ? 1 : 0;
        bool first = true;
        while (more() && (peek() != ']' || first)) {
            first = false;
            auto from = static_cast<unsigned char>(text_[at_++]);
            if (from == '\\') {
                if (!more()) {
                    break;
                }
                const char escaped = text_[at_++];
                if (is_class(escaped)) {
                    set |= class_of(escaped);
                    continue;
                }
                from = static_cast<unsigned char>(escaped);
            }
            unsigned char to = from;
            if (at_ + 1 < text_.size() && peek() == '-' && text_[at_ + 1] != ']') {
                to = static_cast<unsigned char>(text_[at_ + 1]);
                at_ += 2;
            }
            if (to < from) {
                fail();
            }
            add_range(set, from, to);
        }
        if (!more()) {
            fail();
            return set;
        }
        ++at_;
        return negated ? ~set : set;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int depth_ = 0;
    bool ignore_case_ = false;
    bool good_ = true;
    Pattern out_;
};

std::optional<Pattern> Pattern::compile(std::string_view text) {
    return PatternParser(text).parse();
}

/// All ways through the pattern at once, a byte of the text at a time.
struct Pattern::Run {
    const std::vector<Step>& steps;
    std::size_t length;
    std::vector<std::size_t> seen;
    Threads todo;

    /// Follows splits, jumps and anchors; true where the end of the pattern is reached.
    bool add(Threads& threads, std::uint32_t step, std::size_t at) {
        todo.assign(1, step);
        while (!todo.empty()) {
            const auto index = todo.back();
            todo.pop_back();
            if (seen[index] == at + 1) {
                continue;
            }
            seen[index] = at + 1;
            const Step& now = steps[index];
            switch (now.kind) {
                case Kind::match:
                    return true;
                case Kind::set:
                    threads.push_back(index);
                    break;
                case Kind::split:
                    todo.push_back(now.second);
                    todo.push_back(now.first);
                    break;
                case Kind::jump:
                    todo.push_back(now.first);
                    break;
                case Kind::begin:
                case Kind::end:
                    if (at == (now.kind == Kind::begin ? 0 : length)) {
                        todo.push_back(index + 1);
                    }
                    break;
            }
        }
        return false;
    }
};

bool Pattern::found_in(std::string_view text) const {
    Run run{.steps = steps_, .length = text.size(), .seen = {}, .todo = {}};
    run.seen.resize(steps_.size());
    Threads now;
    Threads next;
    if (run.add(now, 0, 0)) {
        return true;
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
        next.clear();
        for (const auto thread : now) {
            if (sets_[steps_[thread].set].test(static_cast<unsigned char>(text[at])) &&
                run.add(next, thread + 1, at + 1)) {
                return true;
            }
        }
        if (run.add(next, 0, at + 1)) {
            return true;
        }
        std::swap(now, next);
    }
    return false;
}

}  // namespace wherry::api
