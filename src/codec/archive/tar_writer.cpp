#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "base/text.hpp"
#include "codec/archive/tar.hpp"

namespace wherry::archive {

namespace {

constexpr std::size_t block_bytes = 512;
constexpr std::size_t name_bytes = 100;
constexpr std::array<char, 2 * block_bytes> zeros{};

/// The header of ustar (POSIX 1003.1, pax).
struct Header {
    std::array<char, name_bytes> name;
    std::array<char, 8> mode;
    std::array<char, 8> uid;
    std::array<char, 8> gid;
    std::array<char, 12> size;
    std::array<char, 12> mtime;
    std::array<char, 8> checksum;
    char type;
    std::array<char, name_bytes> link;
    std::array<char, 8> magic;
    std::array<char, 32> user;
    std::array<char, 32> group;
    std::array<char, 8> major;
    std::array<char, 8> minor;
    std::array<char, 155> prefix;
    std::array<char, 12> unused;
};
static_assert(sizeof(Header) == block_bytes);

/// What is said in a pax header, by keyword.
using Records = std::map<std::string, std::string>;

constexpr char type_flag(EntryType type) {
    switch (type) {
        case EntryType::hardlink:
            return '1';
        case EntryType::symlink:
            return '2';
        case EntryType::character:
            return '3';
        case EntryType::block:
            return '4';
        case EntryType::directory:
            return '5';
        case EntryType::fifo:
            return '6';
        case EntryType::file:
        case EntryType::other:
            break;
    }
    return '0';
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Octal digits with zeros in front and a NUL behind; false if the number has more.
template <std::size_t N>
bool put_number(std::array<char, N>& field, std::uint64_t value) {
    field.back() = '\0';
    for (std::size_t at = N - 1; at-- > 0; value >>= 3) {
        field[at] = static_cast<char>('0' + (value & 7));
    }
    return value == 0;
}

/// The field holds what fits; the rest goes into a record.
template <std::size_t N>
void put_number(std::array<char, N>& field, std::uint64_t value, const char* key,
                Records& records) {
    if (!put_number(field, value)) {
        put_number(field, 0);
        records[key] = text::format("{}", value);
    }
}

template <std::size_t N>
void put_text(std::array<char, N>& field, std::string_view value) {
    std::size_t at = 0;
    for (const char c : value) {
        if (at == N) {
            return;
        }
        if (static_cast<unsigned char>(c) < 0x80) {
            field[at++] = c;
        }
    }
}

template <std::size_t N>
void put_text(std::array<char, N>& field, std::string_view value, const char* key,
              Records& records) {
    if (value.size() > N || !is_ascii(value)) {
        records[key] = value;
    }
    put_text(field, value);
}

void put_time(Header& header, Time mtime, Records& records) {
    const auto since = mtime.time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
    const auto whole = seconds.count();
    const auto nanoseconds = (since - seconds).count();
    const bool fits = whole >= 0 && put_number(header.mtime, static_cast<std::uint64_t>(whole));
    if (!fits) {
        put_number(header.mtime, 0);
    }
    if (nanoseconds != 0) {
        const std::string digits = text::format("{}", 1'000'000'000 + nanoseconds).substr(1);
        records["mtime"] =
            text::format("{}.{}", whole, digits.substr(0, digits.find_last_not_of('0') + 1));
    } else if (!fits) {
        records["mtime"] = text::format("{}", whole);
    }
}

std::string_view finish_header(Header& header) {
    std::memcpy(header.magic.data(), "ustar\00000", 8);
    header.checksum.fill(' ');
    const char* bytes = reinterpret_cast<const char*>(&header);
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < block_bytes; ++i) {
        sum += static_cast<unsigned char>(bytes[i]);
    }
    std::array<char, 7> digits{};
    put_number(digits, sum);
    std::ranges::copy(digits, header.checksum.begin());
    return {bytes, block_bytes};
}

/// "LENGTH KEY=VALUE\n", where the length counts itself.
std::string record_line(const std::string& key, const std::string& value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest;
    while (length != rest + std::to_string(length).size()) {
        length = rest + std::to_string(length).size();
    }
    return text::format("{} {}={}\n", length, key, value);
}

/// The header that carries the records, with its padding.
std::string pax_header(const std::string& path, const Records& records) {
    std::string body;
    for (const auto& [key, value] : records) {
        body += record_line(key, value);
    }
    const std::string_view trimmed =
        std::string_view(path).substr(0, path.find_last_not_of('/') + 1);
    const std::size_t slash = trimmed.rfind('/');
    const std::string folder(slash == std::string_view::npos ? "" : trimmed.substr(0, slash + 1));
    Header header{};
    put_text(header.name, folder + "PaxHeaders.0/" + std::string(trimmed.substr(folder.size())));
    put_number(header.mode, 0);
    put_number(header.uid, 0);
    put_number(header.gid, 0);
    put_number(header.size, body.size());
    put_number(header.mtime, 0);
    header.type = 'x';
    put_number(header.major, 0);
    put_number(header.minor, 0);
    std::string out(finish_header(header));
    out += body;
    out.resize((out.size() + block_bytes - 1) / block_bytes * block_bytes);
    return out;
}

}  // namespace

Result<> TarWriter::add(const Entry& entry) {
    if (left_ > 0) {
        return fail(ErrorKind::internal, "write tar: fewer bytes than the entry's size");
    }
    CHECK_OK(pad());
    std::string path = entry.path;
    if (entry.type == EntryType::directory && !path.ends_with('/')) {
        path += '/';
    }
    Records records;
    Header header{};
    put_text(header.name, path, "path", records);
    put_number(header.mode, entry.mode & 07777);
    put_number(header.uid, entry.uid, "uid", records);
    put_number(header.gid, entry.gid, "gid", records);
    const std::uint64_t size = entry.type == EntryType::file ? entry.size : 0;
    put_number(header.size, size, "size", records);
    put_time(header, entry.mtime, records);
    header.type = type_flag(entry.type);
    put_text(header.link, entry.link, "linkpath", records);
    put_number(header.major, entry.major);
    put_number(header.minor, entry.minor);
    for (const auto& [key, value] : entry.xattrs) {
        records["SCHILY.xattr." + key] = value;
    }
    const std::string_view plain = finish_header(header);
    left_ = size;
    padding_ = (block_bytes - size % block_bytes) % block_bytes;
    if (records.empty()) {
        return sink_->write(plain);
    }
    return sink_->write(pax_header(path, records).append(plain));
}

Result<> TarWriter::pad() {
    const std::size_t count = std::exchange(padding_, 0);
    return count == 0 ? Result<>() : sink_->write({zeros.data(), count});
}

Result<> TarWriter::write(std::string_view bytes) {
    if (bytes.size() > left_) {
        return fail(ErrorKind::internal, "write tar: more bytes than the entry's size");
    }
    left_ -= bytes.size();
    return sink_->write(bytes);
}

Result<> TarWriter::add_file(Entry entry, std::string_view content) {
    entry.size = content.size();
    CHECK_OK(add(entry));
    return write(content);
}

Result<> TarWriter::add_file(const Entry& entry, int file) {
    CHECK_OK(add(entry));
    if (entry.size == 0) {
        return {};
    }
    CHECK_OK(sink_->write_file(file, 0, entry.size));
    left_ = 0;
    return {};
}

Result<> TarWriter::finish() {
    if (left_ > 0) {
        return fail(ErrorKind::internal, "write tar: fewer bytes than the entry's size");
    }
    CHECK_OK(pad());
    return sink_->write({zeros.data(), zeros.size()});
}

}  // namespace wherry::archive
