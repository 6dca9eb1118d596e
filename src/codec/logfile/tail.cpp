#include <unistd.h>

#include <algorithm>
#include <string>

#include "codec/logfile/local_record.hpp"
#include "codec/logfile/reader.hpp"
#include "os/syscall.hpp"

namespace wherry::logfile {

namespace {

constexpr off_t block_size = 64 * 1024;

/// Walks a block from its end; true when enough newlines were passed (`position.offset` is set).
bool scan_block(std::string_view block, off_t start, std::uint64_t records,
                TailPosition& position) {
    for (std::size_t at = block.size(); at-- > 0;) {
        if (block[at] != '\n') {
            continue;
        }
        if (position.records == records) {
            position.offset = start + static_cast<off_t>(at) + 1;
            return true;
        }
        ++position.records;
    }
    return false;
}

}  // namespace

Result<TailPosition> find_tail(int fd, off_t size, std::uint64_t records) {
    TailPosition position;
    std::string block;
    for (off_t end = size; end > 0;) {
        const off_t start = std::max<off_t>(0, end - block_size);
        block.resize(static_cast<std::size_t>(end - start));
        TRY(const auto got, os::checked("read", "log", [&] {
                return ::pread(fd, block.data(), block.size(), start);
            }));
        block.resize(static_cast<std::size_t>(got));
        if (scan_block(block, start, records, position)) {
            return position;
        }
        end = start;
    }
    return position;
}

Result<TailPosition> find_local_tail(int fd, off_t size, std::uint64_t records) {
    TailPosition position{.offset = size};
    std::string block;
    off_t block_start = size;
    while (position.records < records && position.offset >= static_cast<off_t>(2 * length_bytes)) {
        const off_t at = position.offset - static_cast<off_t>(length_bytes);
        if (at < block_start) {
            block_start = std::max<off_t>(0, position.offset - block_size);
            block.resize(static_cast<std::size_t>(position.offset - block_start));
            TRY(const auto got, os::checked("read", "log", [&] {
                    return ::pread(fd, block.data(), block.size(), block_start);
                }));
            block.resize(static_cast<std::size_t>(got));
        }
        const auto length = record_length(
            std::string_view(block).substr(static_cast<std::size_t>(at - block_start)));
        const off_t whole = static_cast<off_t>(length.value_or(0) + 2 * length_bytes);
        if (!length || whole > position.offset) {
            break;
        }
        position.offset -= whole;
        ++position.records;
    }
    return position;
}

}  // namespace wherry::logfile
