#include "bin/wherry/copy.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <memory>
#include <thread>

#include "base/text.hpp"
#include "codec/archive/tar.hpp"
#include "files/tree_archive.hpp"
#include "files/tree_writer.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::command {

namespace {

std::string last_name(std::string_view path) {
    const auto end = path.find_last_not_of('/');
    if (end == std::string_view::npos) {
        return "";
    }
    path = path.substr(0, end + 1);
    return std::string(path.substr(path.rfind('/') + 1));
}

class FdSink final : public archive::ByteSink {
  public:
    explicit FdSink(int fd) : fd_(fd) {}
    Result<> write(std::string_view bytes) override { return os::write_all(fd_, bytes); }

  private:
    int fd_;
};

/// A tar that a thread makes while it is sent: the thread writes one end of a pipe, the upload
/// reads the other.
class TarPipe {
  public:
    TarPipe(os::UniqueFd file, std::string name) : file_(std::move(file)), name_(std::move(name)) {}
    TarPipe(const TarPipe&) = delete;
    TarPipe& operator=(const TarPipe&) = delete;
    ~TarPipe() {
        reader_.reset();  // a thread that still writes ends
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    Result<> begin() {
        int ends[2];
        CHECK_OK(os::checked("pipe", "", [&] { return ::pipe2(ends, O_CLOEXEC); }));
        reader_.reset(ends[0]);
        writer_.reset(ends[1]);
        thread_ = std::thread([this] { write(); });
        return {};
    }
    Result<std::size_t> read(std::span<char> buffer) {
        TRY(const auto got, os::checked("read", "", [&] {
                return ::read(reader_.get(), buffer.data(), buffer.size());
            }));
        if (got == 0) {
            thread_.join();  // its result is there now
            CHECK_OK(made_);
        }
        return static_cast<std::size_t>(got);
    }

  private:
    void write() {
        sigset_t pipe_signal;
        ::sigemptyset(&pipe_signal);
        ::sigaddset(&pipe_signal, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
        FdSink sink(writer_.get());
        files::TreeArchive tar(sink);
        made_ = tar.add(file_.get(), name_);
        if (made_) {
            made_ = tar.finish();
        }
        writer_.reset();
    }

    os::UniqueFd file_;
    std::string name_;
    os::UniqueFd reader_;
    os::UniqueFd writer_;
    Result<> made_;
    std::thread thread_;
};

class StreamSource final : public archive::ByteSource {
  public:
    explicit StreamSource(Stream<std::string_view>& stream) : stream_(stream) {}
    Result<std::size_t> read(std::span<char> buffer) override {
        if (rest_.empty()) {
            TRY(const auto piece, stream_.next());
            if (!piece) {
                return std::size_t{0};
            }
            rest_ = *piece;
        }
        const std::size_t size = std::min(rest_.size(), buffer.size());
        std::ranges::copy(rest_.substr(0, size), buffer.begin());
        rest_.remove_prefix(size);
        return size;
    }

  private:
    Stream<std::string_view>& stream_;
    std::string_view rest_;
};

/// The entry's path, whose first name is the source's own, under the name that was asked for.
Result<std::string> renamed(const std::string& path, const std::string& name) {
    if (name == ".") {  // the entries of a content begin with "./"
        return files::clean_entry_path(path);
    }
    TRY(const std::string clean, files::clean_entry_path(path));
    const auto slash = clean.find('/');
    const std::string below = slash == std::string::npos ? "" : clean.substr(slash);
    return files::clean_entry_path(name + below);
}

}  // namespace

Result<CopyTarget> copy_target(const CopyEnd& source, const CopyEnd& target) {
    const bool content = source.path == "." || source.path.ends_with("/.");
    if (content && !source.is_folder) {
        return fail(ErrorKind::invalid, "not a directory: {}", source.path);
    }
    if (target.exists && target.is_folder) {
        return CopyTarget{.folder = target.path, .name = content ? "." : last_name(source.path)};
    }
    if (target.exists && source.is_folder) {
        return Error(ErrorKind::invalid, "cannot copy directory");
    }
    if (!target.exists && !source.is_folder && target.path.ends_with('/')) {
        return Error(ErrorKind::invalid, "no such directory");
    }
    const auto end = target.path.find_last_not_of('/');
    const std::string path = target.path.substr(0, end + 1);
    const auto slash = path.rfind('/');
    return CopyTarget{.folder = slash == std::string::npos ? "."
                                : slash == 0               ? "/"
                                                           : path.substr(0, slash),
                      .name = path.substr(slash + 1)};
}

Result<> copy_in(const Client& client, const std::string& id, const CopySource& source,
                 const CopyTarget& target) {
    TRY(auto file, os::open(source.path, O_PATH | (source.follow_link ? 0 : O_NOFOLLOW)));
    // Shared with the upload, whose function may be copied.
    const auto pipe = std::make_shared<TarPipe>(std::move(file), target.name);
    CHECK_OK(pipe->begin());
    PutContainerArchiveOptions put;
    put.path = target.folder;
    put.no_overwrite_dir_non_dir = "true";
    put.copy_uid_gid = source.as_container_user ? "true" : "";
    const auto read = [pipe](std::span<char> buffer) { return pipe->read(buffer); };
    return client.container_archive_put(id, Upload::from(read), put);
}

Result<> copy_out(const Client& client, const std::string& id, const std::string& source,
                  const CopyTarget& target) {
    TRY(auto folder, os::RootDir::open(target.folder));
    ContainerArchiveOptions get;
    get.path = source;
    TRY(auto stream, client.container_archive(id, get));
    StreamSource bytes(stream);
    TRY(auto tar, archive::TarReader::open(bytes));
    files::WriteRules rules;
    // As the docker command without -a: what arrives belongs to who asked for it.
    rules.owner = files::WriteRules::Owner{.uid = ::geteuid(), .gid = ::getegid()};
    files::TreeWriter writer(std::move(folder), std::move(rules));
    while (true) {
        TRY(auto entry, tar.next());
        if (!entry) {
            break;
        }
        TRY(entry->path, renamed(entry->path, target.name));
        if (entry->type == archive::EntryType::hardlink) {
            TRY(entry->link, renamed(entry->link, target.name));
        }
        if (!entry->path.empty()) {
            CHECK_OK(writer.add(*entry, tar));
        }
    }
    CHECK_OK(archive::drain(bytes));
    return writer.finish();
}

}  // namespace wherry::command
