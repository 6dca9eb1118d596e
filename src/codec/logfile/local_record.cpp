#include "codec/logfile/local_record.hpp"

namespace wherry::logfile {

namespace {

// Keys of fields: number << 3 | kind (0 a varint, 2 bytes with a length).
constexpr unsigned source_key = 1 << 3 | 2;
constexpr unsigned time_key = 2 << 3;
constexpr unsigned line_key = 3 << 3 | 2;
constexpr unsigned partial_key = 4 << 3;
constexpr unsigned piece_key = 5 << 3 | 2;
constexpr unsigned last_key = 1 << 3;
constexpr unsigned id_key = 2 << 3 | 2;
constexpr unsigned ordinal_key = 3 << 3;

void put_number(std::string& out, std::uint64_t value) {
    while (value >= 0x80) {
        out.push_back(static_cast<char>(value | 0x80));
        value >>= 7;
    }
    out.push_back(static_cast<char>(value));
}

void put_number(std::string& out, unsigned key, std::uint64_t value) {
    if (value != 0) {
        put_number(out, key);
        put_number(out, value);
    }
}

void put_bytes(std::string& out, unsigned key, std::string_view bytes) {
    if (!bytes.empty()) {
        put_number(out, key);
        put_number(out, bytes.size());
        out.append(bytes);
    }
}

void write_length(char* at, std::size_t length) {
    for (std::size_t i = 0; i < length_bytes; ++i) {
        at[i] = static_cast<char>(length >> (8 * (length_bytes - 1 - i)));
    }
}

/// Takes fields one after the other; `ok` turns false at the first byte that makes no sense.
class Fields {
  public:
    explicit Fields(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] bool ok() const noexcept { return ok_; }

    /// False at the end.
    bool next() {
        if (bytes_.empty() || !ok_) {
            return false;
        }
        key = static_cast<unsigned>(take_number());
        value = 0;
        text = {};
        switch (key & 7) {
            case 0:
                value = take_number();
                break;
            case 1:
                take_text(8);
                break;
            case 2:
                take_text(take_number());
                break;
            case 5:
                take_text(4);
                break;
            default:
                ok_ = false;
        }
        return ok_;
    }

    unsigned key = 0;
    std::uint64_t value = 0;
    std::string_view text;

  private:
    std::uint64_t take_number() {
        std::uint64_t out = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (bytes_.empty()) {
                break;
            }
            const auto byte = static_cast<unsigned char>(bytes_.front());
            bytes_.remove_prefix(1);
            out |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if (byte < 0x80) {
                return out;
            }
        }
        ok_ = false;
        return 0;
    }
    void take_text(std::uint64_t size) {
        if (!ok_ || size > bytes_.size()) {
            ok_ = false;
            return;
        }
        text = bytes_.substr(0, size);
        bytes_.remove_prefix(size);
    }

    std::string_view bytes_;
    bool ok_ = true;
};

bool is_last(std::string_view piece) {
    bool last = false;
    for (Fields fields(piece); fields.next();) {
        last = last || (fields.key == last_key && fields.value != 0);
    }
    return last;
}

}  // namespace

void append_local_record(std::string& out, Stream stream, const Piece& piece) {
    const std::size_t start = out.size();
    out.append(length_bytes, '\0');
    put_bytes(out, source_key, name(stream));
    put_number(out, time_key, static_cast<std::uint64_t>(piece.time.time_since_epoch().count()));
    put_bytes(out, line_key, piece.text);
    if (!piece.id.empty()) {
        put_number(out, partial_key, 1);
        std::string inner;
        put_number(inner, last_key, piece.ends_line ? 1 : 0);
        put_bytes(inner, id_key, piece.id);
        put_number(inner, ordinal_key, piece.ordinal);
        put_bytes(out, piece_key, inner);
    }
    const std::size_t length = out.size() - start - length_bytes;
    write_length(out.data() + start, length);
    out.append(length_bytes, '\0');
    write_length(out.data() + out.size() - length_bytes, length);
}

bool parse_local_record(std::string_view message, Record& record) {
    bool partial = false;
    bool last = false;
    record.log.clear();
    record.attributes.clear();
    record.stream = Stream::standard_output;
    record.time = {};
    Fields fields(message);
    while (fields.next()) {
        switch (fields.key) {
            case source_key:
                record.stream = fields.text == name(Stream::standard_error)
                                    ? Stream::standard_error
                                    : Stream::standard_output;
                break;
            case time_key:
                record.time =
                    Time(std::chrono::nanoseconds(static_cast<std::int64_t>(fields.value)));
                break;
            case line_key:
                record.log.assign(fields.text);
                break;
            case partial_key:
                partial = fields.value != 0;
                break;
            case piece_key:
                last = is_last(fields.text);
                break;
            default:
                break;
        }
    }
    if (!partial || last) {
        record.log.push_back('\n');
    }
    return fields.ok();
}

std::optional<std::uint32_t> record_length(std::string_view bytes) {
    if (bytes.size() < length_bytes) {
        return std::nullopt;
    }
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < length_bytes; ++i) {
        out = out << 8 | static_cast<unsigned char>(bytes[i]);
    }
    return out;
}

}  // namespace wherry::logfile
