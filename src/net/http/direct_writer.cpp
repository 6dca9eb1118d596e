#include "net/http/direct_writer.hpp"

#include <array>

#include "net/http/chunked.hpp"

namespace wherry::http {

namespace {

// Past this, another copy costs more than another system call.
constexpr std::size_t held_bytes = std::size_t{64} * 1024;
// Smaller files are read into what is held back: one system call for many of them.
constexpr std::uint64_t smallest_sent_file = 32 * 1024;

}  // namespace

Result<> DirectWriter::take(std::uint64_t size) {
    if (output_.left != nullptr) {
        if (size > *output_.left) {
            return Error(ErrorKind::internal, "body is longer than its Content-Length");
        }
        *output_.left -= size;
    }
    return {};
}

Result<> DirectWriter::write(std::string_view bytes) {
    CHECK_OK(take(bytes.size()));
    if (held_.size() + bytes.size() < held_bytes) {
        held_.append(bytes);
        return {};
    }
    return send(bytes);
}

Result<> DirectWriter::send(std::string_view more) {
    const std::size_t size = held_.size() + more.size();
    if (size == 0) {
        return {};  // an empty chunk would be the end
    }
    const std::string head = output_.chunked ? chunk_head(size) : std::string();
    const std::string_view tail = output_.chunked ? "\r\n" : "";
    const std::array<std::string_view, 4> pieces = {head, held_, more, tail};
    CHECK_OK(socket_.send(pieces));
    held_.clear();
    return {};
}

Result<> DirectWriter::write_file(int file, std::uint64_t offset, std::uint64_t size) {
    if (size < smallest_sent_file) {
        return BlockingWriter::write_file(file, offset, size);
    }
    CHECK_OK(take(size));
    // The file is a chunk of its own, behind one of what was held back.
    std::string before;
    if (!held_.empty()) {
        before = output_.chunked ? chunk_head(held_.size()) + held_ + "\r\n" : held_;
        held_.clear();
    }
    if (output_.chunked) {
        before += chunk_head(size);
    }
    const std::array<std::string_view, 1> pieces = {before};
    CHECK_OK(socket_.send(pieces));
    CHECK_OK(socket_.send_file(file, offset, size));
    if (output_.chunked) {
        const std::array<std::string_view, 1> end = {"\r\n"};
        CHECK_OK(socket_.send(end));
    }
    return {};
}

}  // namespace wherry::http
