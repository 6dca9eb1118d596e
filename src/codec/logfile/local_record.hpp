// One record of a `local` log, byte for byte as the reference writes it: a protocol-buffers message
// between two copies of its length (four bytes, big-endian), so that it can be read from both ends.
//   LogEntry { source = 1, time_nano = 2, line = 3 (without newline), partial = 4,
//              partial_log_metadata = 5 { last = 1, id = 2, ordinal = 3 } }
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/logfile/pieces.hpp"
#include "codec/logfile/record.hpp"

namespace wherry::logfile {

inline constexpr std::size_t length_bytes = 4;

void append_local_record(std::string& out, Stream stream, const Piece& piece);
/// The message without its lengths; false if it is none.
[[nodiscard]] bool parse_local_record(std::string_view message, Record& record);
/// The length at the start of `bytes`; nothing if there are too few.
[[nodiscard]] std::optional<std::uint32_t> record_length(std::string_view bytes);

}  // namespace wherry::logfile
