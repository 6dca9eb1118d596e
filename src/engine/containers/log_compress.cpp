#include "engine/containers/log_compress.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/id.hpp"
#include "base/log.hpp"
#include "base/scope_guard.hpp"
#include "codec/archive/compression.hpp"
#include "codec/logfile/compressed.hpp"
#include "engine/containers/log_growth.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::containers {

namespace {

class FdSink final : public archive::ByteSink {
  public:
    explicit FdSink(int fd) : fd_(fd) {}
    [[nodiscard]] Result<> write(std::string_view bytes) override {
        return os::write_all(fd_, bytes);
    }

  private:
    int fd_;
};

std::string rotated(const std::string& path, unsigned index) {
    return text::format("{}.{}", path, index);
}

Result<> compress_to(int from, ino_t inode, const std::string& path) {
    TRY(const auto out, os::open(path, O_WRONLY | O_CREAT | O_TRUNC, 0640));
    CHECK_OK(os::write_all(out.get(), logfile::origin_member(inode)));
    archive::FdSource source(from);
    FdSink sink(out.get());
    const auto gzip = archive::compress_gzip(sink);
    CHECK_OK(archive::copy(source, *gzip));
    return gzip->finish();
}

/// Puts the compressed file where the plain one is by now; false if that is gone already.
Result<bool> exchange(const LogSource& source, const struct stat& plain,
                      const std::string& packed) {
    TRY(const auto lock, logfile::lock_folder_of(source.path, true));
    for (unsigned index = 1; index < source.max_file; ++index) {
        const std::string name = rotated(source.path, index);
        struct stat info{};
        if (::stat(name.c_str(), &info) != 0 || info.st_ino != plain.st_ino ||
            info.st_dev != plain.st_dev) {
            continue;
        }
        const std::string target = name + ".gz";
        CHECK_OK(os::checked("rename", target,
                             [&] { return ::rename(packed.c_str(), target.c_str()); }));
        CHECK_OK(os::remove_file(name));
        return true;
    }
    return false;
}

Result<> compress_one(const LogSource& source, unsigned index) {
    auto plain = os::open(rotated(source.path, index), O_RDONLY);
    if (!plain) {
        return plain.error().os_error() == ENOENT ? Result<>() : std::move(plain).error();
    }
    struct stat info{};
    CHECK_OK(os::checked("fstat", source.path, [&] { return ::fstat(plain->get(), &info); }));
    const std::string packed = source.path + ".compressing";
    const auto clean = on_exit([&]() noexcept { ::unlink(packed.c_str()); });
    CHECK_OK(compress_to(plain->get(), info.st_ino, packed));
    CHECK_OK(exchange(source, info, packed));
    return {};
}

}  // namespace

Result<> compress_rotated(const LogSource& source) {
    for (unsigned index = source.max_file - 1; index > 0; --index) {
        CHECK_OK(compress_one(source, index));
    }
    return {};
}

Result<os::UniqueFd> open_compressed_log(const std::string& path) {
    TRY(const auto packed, os::open(path, O_RDONLY));
    TRY(const int raw,
        os::checked("memfd_create", path, [] { return ::memfd_create("log", MFD_CLOEXEC); }));
    os::UniqueFd plain(raw);
    archive::FdSource source(packed.get());
    TRY(const auto bytes, archive::decompress(source, archive::Compression::gzip));
    FdSink sink(plain.get());
    CHECK_OK(archive::copy(*bytes, sink));
    return plain;
}

Task<> keep_log_compressed(async::Pool& pool, async::Executor executor, ContainerPtr container,
                           LogSource source) {
    const std::shared_ptr<MonitorClient> monitor = container->monitor;
    auto watch = os::watch_renames(source.path.substr(0, source.path.rfind('/')));
    Growth renamed(executor, *container, watch ? std::move(*watch) : os::UniqueFd());
    while (true) {
        // Asked first: what is rotated before the end is seen is compressed after it.
        const bool over = container->monitor != monitor || container->removed;
        const auto work = [source] { return compress_rotated(source); };
        const Result<> done = co_await async::blocking(pool, work);
        if (!done && done.error().kind() != ErrorKind::cancelled && !container->removed) {
            log::warn("container={} log not compressed: {}", short_id(container->id()),
                      done.error().message());
        }
        if (over) {
            break;
        }
        const Result<> woken = co_await renamed.wait();
        if (!woken) {
            break;
        }
    }
    co_await renamed.close();
}

}  // namespace wherry::containers
