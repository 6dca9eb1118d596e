#include "engine/images/download.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "engine/images/ingest.hpp"
#include "os/file.hpp"

namespace wherry::images {

namespace {

constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t max_small_bytes = 8 << 20;
constexpr int max_attempts = 5;    // in a row without a byte
constexpr int max_requests = 100;  // for one blob
constexpr std::chrono::milliseconds first_pause{250};

using IngestPtr = std::shared_ptr<Ingest>;  // shared with the pool's thread, one call at a time

Task<Result<IngestPtr>> begin_ingest(Parts& parts) {
    const store::Layout layout = parts.content.layout();
    const auto begin = [layout]() -> Result<IngestPtr> {
        TRY(auto ingest, Ingest::begin(layout));
        return std::make_shared<Ingest>(std::move(ingest));
    };
    co_return co_await async::blocking(parts.pool, begin);
}

struct Piece {
    std::size_t size = 0;
    Result<> end;  ///< why no more came, where that was an error
};

// Reads until the buffer is full or the body ends: few and large writes.
Task<Piece> read_piece(http::BodyReader& body, std::string& buffer) {
    Piece piece;
    while (piece.size < buffer.size()) {
        const std::span<char> room(buffer.data() + piece.size, buffer.size() - piece.size);
        auto got = co_await body.read_some(room);
        if (!got) {
            piece.end = std::move(got).error();
            break;
        }
        if (*got == 0) {
            break;
        }
        piece.size += *got;
    }
    co_return piece;
}

/// One download: what to get, where it goes, how far it is.
struct Arrival {
    Descriptor blob;
    IngestPtr ingest;
    std::shared_ptr<JobState> state;
    bool hopeless = false;   ///< trying again would not help: the disk, or a wrong size
    bool broke_off = false;  ///< in the middle of the body
};

Task<Result<>> receive(Parts& parts, http::BodyReader& body, Arrival& arrival) {
    std::string buffer(piece_bytes, '\0');
    while (true) {
        // What came before an error is kept: the next attempt goes on behind it.
        const Piece piece = co_await read_piece(body, buffer);
        const std::size_t got = piece.size;
        if (arrival.ingest->size() + got > arrival.blob.size && arrival.blob.size > 0) {
            arrival.hopeless = true;
            co_return fail(ErrorKind::internal,
                           "filesystem layer verification failed for digest {}",
                           arrival.blob.digest);
        }
        const auto write = [&]() { return arrival.ingest->write({buffer.data(), got}); };
        const auto written = co_await async::blocking(parts.pool, write);
        if (!written) {
            arrival.hopeless = true;
            co_return written;
        }
        arrival.state->done_bytes = arrival.ingest->size();
        if (!piece.end) {
            arrival.broke_off = piece.end.error().kind() != ErrorKind::cancelled;
            co_return piece.end.error();
        }
        if (got == 0) {
            co_return Result<>();
        }
    }
}

// One request, from where the last one broke off.
Task<Result<>> attempt(Parts& parts, RegistryClient& registry, Arrival& arrival) {
    const std::uint64_t offset = arrival.ingest->size();
    auto response = co_await registry.blob(arrival.blob.digest, offset);
    if (!response) {
        co_return std::move(response).error();
    }
    if (offset > 0 && response->status != 206) {
        const auto restart = [&]() { return arrival.ingest->restart(); };
        CO_CHECK_OK(co_await async::blocking(parts.pool, restart));
    }
    auto body = std::move(response->body);
    CO_CHECK_OK(co_await receive(parts, *body, arrival));
    if (arrival.blob.size > 0 && arrival.ingest->size() < arrival.blob.size) {
        co_return fail(ErrorKind::unavailable, "unexpected EOF");
    }
    co_return Result<>();
}

Task<Result<>> fetch(Parts& parts, RegistryClient& registry, Arrival& arrival) {
    auto pause = first_pause;
    int tries = 0;
    for (int requests = 1;; ++requests) {
        const std::uint64_t before = arrival.ingest->size();
        arrival.broke_off = false;
        auto done = co_await attempt(parts, registry, arrival);
        if (done) {
            co_return done;
        }
        const bool again = arrival.broke_off || done.error().kind() == ErrorKind::unavailable;
        // A slow but steady registry is not given up: only attempts that brought nothing count.
        if (arrival.ingest->size() > before) {
            tries = 0;
            pause = first_pause;
        }
        if (arrival.hopeless || !again || ++tries >= max_attempts || requests >= max_requests) {
            co_return done;
        }
        log::debug("blob={} request={} bytes={} error=\"{}\"", arrival.blob.digest, requests,
                   arrival.ingest->size(), done.error().message());
        CO_CHECK_OK(co_await async::sleep(pause));
        pause *= 2;
    }
}

}  // namespace

std::string short_digest(std::string_view digest) {
    const auto parts = text::cut(digest, ":");
    return std::string((parts ? parts->second : digest).substr(0, 12));
}

Task<Result<BlobRef>> download_layer(Parts& parts, RegistryClient& registry, Descriptor blob,
                                     Progress& progress) {
    const std::string id = short_digest(blob.digest);
    CO_TRY(const auto lock, co_await parts.blob_locks.lock(blob.digest));
    if (BlobRef known = parts.content.find_blob(blob.digest)) {
        progress.step("Download complete", id);
        co_return known;
    }
    if (parts.downloads.none_free()) {
        progress.step("Waiting", id);
    }
    CO_TRY(const auto slot, co_await parts.downloads.take());
    Arrival arrival{.blob = blob, .ingest = nullptr, .state = std::make_shared<JobState>()};
    CO_TRY(arrival.ingest, co_await begin_ingest(parts));
    {
        const auto told = progress.track("Downloading", id, arrival.state, blob.size);
        CO_CHECK_OK(co_await fetch(parts, registry, arrival));
    }
    progress.step("Verifying Checksum", id);
    if (arrival.ingest->digest() != blob.digest) {
        co_return fail(ErrorKind::internal, "filesystem layer verification failed for digest {}",
                       blob.digest);
    }
    CO_TRY(BlobRef stored, parts.content.keep(*arrival.ingest));
    progress.step("Download complete", id);
    co_return stored;
}

Task<Result<SmallBlob>> download_small(Parts& parts, RegistryClient& registry, Descriptor blob) {
    if (blob.size > max_small_bytes) {
        co_return fail(ErrorKind::internal, "blob {} is too large for a configuration",
                       blob.digest);
    }
    SmallBlob small;
    if (BlobRef known = parts.content.find_blob(blob.digest)) {
        const std::string path = parts.content.layout().blob(blob.digest);
        const auto read = [path]() { return os::read_file(path); };
        CO_TRY(small.text, co_await async::blocking(parts.pool, read));
        if (sha256(small.text) == blob.digest) {
            small.ref = std::move(known);
            co_return small;
        }
        log::warn("blob={} is damaged and fetched again", blob.digest);
    }
    auto response = co_await registry.blob(blob.digest, 0);
    if (!response) {
        co_return std::move(response).error();
    }
    CO_TRY(small.text, co_await response->body->read_all(max_small_bytes));
    if (sha256(small.text) != blob.digest) {
        co_return fail(ErrorKind::internal, "image config verification failed for digest {}",
                       blob.digest);
    }
    CO_TRY(small.ref, co_await store_text(parts, small.text));
    co_return small;
}

Task<Result<BlobRef>> store_text(Parts& parts, std::string text) {
    CO_TRY(IngestPtr ingest, co_await begin_ingest(parts));
    const auto write = [&]() { return ingest->write(text); };
    CO_CHECK_OK(co_await async::blocking(parts.pool, write));
    co_return parts.content.keep(*ingest);
}

}  // namespace wherry::images
