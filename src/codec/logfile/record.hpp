// One record of a json-file log, byte for byte as the reference writes it:
//   {"log":"text\n","stream":"stdout","attrs":{"k":"v"},"time":"2026-11-24T10:00:00.1Z"}
// Invalid UTF-8 becomes \ufffd, one a byte; <, > and & are escaped, as Go does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace wherry::logfile {

enum class Stream : std::uint8_t { standard_output = 1, standard_error = 2 };

[[nodiscard]] constexpr std::string_view name(Stream stream) noexcept {
    return stream == Stream::standard_output ? "stdout" : "stderr";
}

struct Record {
    Stream stream = Stream::standard_output;
    Time time;
    std::string log;         ///< with its newline, unless it is a piece of a longer line
    std::string attributes;  ///< the JSON object as it was written, or empty
};

/// Appends `text` as the inside of a JSON string.
void append_escaped(std::string& out, std::string_view text);
/// What follows the text in every record of one stream and moment, newline included.
[[nodiscard]] std::string record_tail(Stream stream, std::string_view attributes,
                                      std::string_view time);
inline constexpr std::string_view record_start = R"({"log":")";

/// Takes a record (without its newline) apart; members in any order, unknown ones skipped. False if
/// it is not one: torn, or damaged.
[[nodiscard]] bool parse_record(std::string_view line, Record& record);

}  // namespace wherry::logfile
