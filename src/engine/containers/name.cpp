#include "engine/containers/name.hpp"

#include <array>

#include "base/id.hpp"
#include "base/text.hpp"

namespace wherry::containers {

namespace {

constexpr std::array adjectives = {
    "agile",  "amber",  "ample",  "ardent", "azure",  "balmy",  "bold",    "brave",   "breezy",
    "bright", "brisk",  "calm",   "candid", "cheery", "civil",  "clever",  "coastal", "cosy",
    "crisp",  "daring", "deft",   "dry",    "eager",  "early",  "easy",    "even",    "fair",
    "fleet",  "fond",   "frank",  "fresh",  "gentle", "glad",   "golden",  "grand",   "hardy",
    "hearty", "humble", "jolly",  "keen",   "kind",   "lively", "loyal",   "lucid",   "lucky",
    "mellow", "merry",  "mild",   "modest", "neat",   "nimble", "noble",   "patient", "placid",
    "plucky", "polite", "prompt", "proud",  "quiet",  "rapid",  "ready",   "rosy",    "rugged",
    "salty",  "serene", "sharp",  "shiny",  "silent", "silver", "sleek",   "smooth",  "snug",
    "sober",  "solid",  "spry",   "stable", "steady", "stout",  "sunny",   "sure",    "swift",
    "tender", "tidal",  "tidy",   "trim",   "trusty", "upbeat", "valiant", "vivid",   "warm",
    "wary",   "wise",   "witty",  "zesty"};

// Navigators, shipbuilders, engineers and scientists.
constexpr std::array surnames = {
    "amundsen", "anning",     "banks",      "barents",    "baudin",    "beaufort", "bering",
    "bligh",    "bowditch",   "brunel",     "cabot",      "cartier",   "cook",     "cousteau",
    "curie",    "dampier",    "darwin",     "davis",      "diaz",      "drake",    "earle",
    "ekman",    "elcano",     "euler",      "faraday",    "fitzroy",   "flinders", "franklin",
    "froude",   "fulton",     "gauss",      "goddard",    "halley",    "harrison", "heyerdahl",
    "hooke",    "hopper",     "hudson",     "humboldt",   "janszoon",  "kelvin",   "knuth",
    "kon",      "lander",     "lovelace",   "magellan",   "marconi",   "maury",    "mercator",
    "nansen",   "newton",     "noether",    "ohm",        "papin",     "parsons",  "peary",
    "piccard",  "plimsoll",   "polo",       "pytheas",    "quiros",    "ross",     "sadko",
    "scott",    "shackleton", "slocum",     "somerville", "stevin",    "stokes",   "tasman",
    "tesla",    "thales",     "torricelli", "turing",     "vancouver", "vespucci", "villiers",
    "volta",    "watt",       "wegener",    "yi",         "zheng"};

unsigned random_number() {
    const std::string digits = random_hex(4);
    unsigned value = 0;
    for (const char digit : digits) {
        value = value * 16 + static_cast<unsigned>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
    }
    return value;
}

bool is_alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

Result<std::string> check_name(std::string_view name) {
    const std::string_view bare = name.starts_with('/') ? name.substr(1) : name;
    bool allowed = bare.size() >= 2 && is_alphanumeric(bare.front());
    for (const char c : bare) {
        allowed = allowed && (is_alphanumeric(c) || c == '_' || c == '.' || c == '-');
    }
    if (!allowed) {
        return fail(ErrorKind::invalid,
                    "Invalid container name ({}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
                    name);
    }
    return std::string(bare);
}

std::string random_name() {
    return text::format("{}_{}", adjectives.at(random_number() % adjectives.size()),
                        surnames.at(random_number() % surnames.size()));
}

}  // namespace wherry::containers
