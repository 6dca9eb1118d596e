#include "engine/networks/foreign.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/text.hpp"

namespace wherry::networks {

namespace {

using json::Value;

/// Base chain and the chains that it jumps to are of one table.
constexpr int most_jumps = 16;

enum class Verdict : std::uint8_t { none, accept, drop, back };

const Value& member(const Value& value, std::string_view name) {
    static const Value nothing;
    const Value* found = value.find(name);
    return found == nullptr ? nothing : *found;
}

/// The values that the right side of a match allows: one, a list, or an anonymous set. Nothing if
/// it names a set, whose content is not here.
std::optional<std::vector<std::string_view>> allowed(const Value& right) {
    if (right.is_string()) {
        const std::string& text = right.as_string();
        if (text.starts_with('@')) {
            return std::nullopt;
        }
        return std::vector<std::string_view>{text};
    }
    const Value& set = member(right, "set");
    std::vector<std::string_view> out;
    for (const Value& item : (set.is_array() ? set : right).as_array()) {
        if (!item.is_string()) {
            return std::nullopt;
        }
        out.push_back(item.as_string());
    }
    return out.empty() ? std::nullopt : std::optional(std::move(out));
}

bool is_interface(std::string_view pattern, std::string_view name) {
    return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1))
                                  : pattern == name;
}

/// One packet on its way through the chains of one table.
class Walk {
  public:
    Walk(const json::Array& items, const ForeignView& view, bool forward)
        : items_(items), view_(view), forward_(forward) {}

    [[nodiscard]] Verdict through(const Value& chain, int depth) const {
        for (const Value& item : items_) {
            const Value& rule = member(item, "rule");
            if (rule.text("family") != chain.text("family") ||
                rule.text("table") != chain.text("table") ||
                rule.text("chain") != chain.text("name")) {
                continue;
            }
            const Verdict verdict = of_rule(rule, depth);
            if (verdict != Verdict::none) {
                return verdict == Verdict::back ? Verdict::none : verdict;
            }
        }
        return Verdict::none;
    }

  private:
    [[nodiscard]] Verdict of_rule(const Value& rule, int depth) const {
        for (const Value& statement : member(rule, "expr").as_array()) {
            if (statement.as_object().empty()) {
                return Verdict::none;
            }
            const auto& [kind, body] = statement.as_object().front();
            if (kind == "accept") {
                return Verdict::accept;
            }
            if (kind == "drop" || kind == "reject") {
                return Verdict::drop;
            }
            if (kind == "return") {
                return Verdict::back;
            }
            if (kind == "jump" || kind == "goto") {
                const Verdict there = jump(rule, body.text("target"), depth);
                return there == Verdict::none && kind == "goto" ? Verdict::back : there;
            }
            const bool goes_on = kind == "counter" || kind == "log" || kind == "comment" ||
                                 (kind == "match" && matches(body));
            if (!goes_on) {
                return Verdict::none;
            }
        }
        return Verdict::none;
    }

    [[nodiscard]] Verdict jump(const Value& rule, const std::string& target, int depth) const {
        if (depth >= most_jumps) {
            return Verdict::none;
        }
        Value chain;
        chain.set("family", rule.text("family"));
        chain.set("table", rule.text("table"));
        chain.set("name", target);
        return through(chain, depth + 1);
    }

    /// Whether the condition holds for our packet; false too where that cannot be told.
    [[nodiscard]] bool matches(const Value& match) const {
        const auto values = allowed(member(match, "right"));
        if (!values) {
            return false;
        }
        const std::optional<bool> found = among(member(match, "left"), *values);
        const bool negated = match.text("op") == "!=";
        return found && *found != negated;
    }

    [[nodiscard]] std::optional<bool> among(const Value& left,
                                            const std::vector<std::string_view>& values) const {
        const std::string& meta = member(left, "meta").text("key");
        const std::string& ct = member(left, "ct").text("key");
        const auto any = [&](auto test) { return std::ranges::any_of(values, test); };
        if (ct == "state") {
            return any([](std::string_view value) { return value == "new"; });
        }
        if (ct == "status") {
            return forward_ && any([](std::string_view value) { return value == "dnat"; });
        }
        const auto is_bridge = [&](std::string_view value) {
            return std::ranges::any_of(view_.bridges, [&](const std::string& bridge) {
                return is_interface(value, bridge);
            });
        };
        if (meta == "oifname" && forward_) {
            return any(is_bridge);
        }
        if (meta == "iifname") {
            // Some interface to the outside: none of ours, and not the loopback.
            const bool inside = std::ranges::all_of(
                values, [&](std::string_view value) { return value == "lo" || is_bridge(value); });
            return inside ? std::optional(false) : std::nullopt;
        }
        return std::nullopt;
    }

    const json::Array& items_;
    const ForeignView& view_;
    bool forward_;
};

std::string sentence(const Value& chain, bool forward) {
    return text::format(
        "chain {} of the nftables table {} {} drops {}: {}", chain.text("name"),
        chain.text("family"), chain.text("table"),
        forward ? "forwarded connections" : "incoming connections",
        forward ? "published ports may not be reached from other machines"
                : "ports published at IPv6 addresses may not be reached from other machines");
}

}  // namespace

std::vector<std::string> find_foreign_drops(const Value& ruleset, const ForeignView& view) {
    std::vector<std::string> out;
    const auto& items = member(ruleset, "nftables").as_array();
    for (const Value& item : items) {
        const Value& chain = member(item, "chain");
        const std::string& family = chain.text("family");
        const bool forward = chain.text("hook") == "forward";
        const bool concerns =
            forward ? family == "ip" || family == "inet"
                    : chain.text("hook") == "input" && (family == "ip6" || family == "inet");
        const bool own = family == "inet" && chain.text("table") == view.own_table;
        if (!concerns || own || chain.text("type") != "filter") {
            continue;
        }
        const Verdict verdict = Walk(items, view, forward).through(chain, 0);
        if (verdict == Verdict::drop ||
            (verdict == Verdict::none && chain.text("policy") == "drop")) {
            out.push_back(sentence(chain, forward));
        }
    }
    return out;
}

}  // namespace wherry::networks
