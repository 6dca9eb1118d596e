#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.hpp"
#include "bin/wherry/command.hpp"
#include "bin/wherry/copy.hpp"
#include "os/file.hpp"
#include "os/syscall.hpp"

namespace wherry::command {

namespace {

struct CopyFlags {
    bool as_container_user = false;
    bool follow_link = false;
};

/// "CONTAINER:PATH"; nothing for a path of this machine ("/a:b", "./a:b").
std::optional<std::pair<std::string, std::string>> in_container(const std::string& word) {
    if (word.starts_with('/') || word.starts_with('.')) {
        return std::nullopt;
    }
    const auto parts = text::cut(word, ":");
    if (!parts) {
        return std::nullopt;
    }
    return std::pair(std::string(parts->first), std::string(parts->second));
}

CopyEnd local_end(const std::string& path, bool follow) {
    struct stat facts{};
    const int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
    const bool exists = ::fstatat(AT_FDCWD, path.c_str(), &facts, flags) == 0;
    return {.path = path, .exists = exists, .is_folder = exists && S_ISDIR(facts.st_mode)};
}

/// Links at the end of a target are followed, as the docker command does.
Result<CopyEnd> remote_end(const Client& client, const std::string& id, std::string path,
                           bool follow) {
    constexpr std::uint32_t folder_bit = 1U << 31U;
    constexpr std::uint32_t link_bit = 1U << 27U;
    ContainerArchiveInfoOptions options;
    options.path = path;
    auto stat = client.container_archive_info(id, options);
    if (stat && follow && (stat->mode & link_bit) != 0) {
        path = stat->link_target;
        options.path = path;
        stat = client.container_archive_info(id, options);
    }
    if (!stat && stat.error().kind() == ErrorKind::not_found) {
        // The path may be missing, but not the container.
        CHECK_OK(client.container_inspect(id));
        return CopyEnd{.path = path};
    }
    TRY(const PathStat found, std::move(stat));
    return CopyEnd{.path = path, .exists = true, .is_folder = (found.mode & folder_bit) != 0};
}

Result<> print_tar(const Client& client, const std::string& id, const std::string& path) {
    ContainerArchiveOptions options;
    options.path = path;
    TRY(auto stream, client.container_archive(id, options));
    while (true) {
        TRY(const auto piece, stream.next());
        if (!piece) {
            return {};
        }
        CHECK_OK(os::write_all(STDOUT_FILENO, *piece));
    }
}

Result<> take_tar(const Client& client, const std::string& id, const std::string& path,
                  const CopyFlags& flags) {
    PutContainerArchiveOptions options;
    options.path = path;
    options.copy_uid_gid = flags.as_container_user ? "true" : "";
    const auto read = [](std::span<char> buffer) -> Result<std::size_t> {
        TRY(const auto got, os::checked("read", "standard input", [&] {
                return ::read(STDIN_FILENO, buffer.data(), buffer.size());
            }));
        return static_cast<std::size_t>(got);
    };
    return client.container_archive_put(id, Upload::from(read), options);
}

Result<> copy(const Client& client, const std::string& from, const std::string& to,
              const CopyFlags& flags) {
    const auto remote_source = in_container(from);
    const auto remote_target = in_container(to);
    if (remote_source.has_value() == remote_target.has_value()) {
        return Error(ErrorKind::invalid, remote_source
                                             ? "copying between containers is not supported"
                                             : "must specify at least one container source");
    }
    if (remote_source) {
        const auto& [id, path] = *remote_source;
        if (to == "-") {
            return print_tar(client, id, path);
        }
        TRY(const CopyEnd source, remote_end(client, id, path, flags.follow_link));
        CopyEnd named = source;
        named.path = path;  // a followed link gives its own name
        TRY(const CopyTarget target, copy_target(named, local_end(to, true)));
        return copy_out(client, id, source.path, target);
    }
    const auto& [id, path] = *remote_target;
    if (from == "-") {
        return take_tar(client, id, path, flags);
    }
    const CopyEnd source = local_end(from, flags.follow_link);
    if (!source.exists) {
        return fail(ErrorKind::not_found, "lstat {}: no such file or directory", from);
    }
    TRY(const CopyEnd end, remote_end(client, id, path, true));
    TRY(const CopyTarget target, copy_target(source, end));
    return copy_in(client, id,
                   {.path = from,
                    .follow_link = flags.follow_link,
                    .as_container_user = flags.as_container_user},
                   target);
}

}  // namespace

int cp(const Context& context) {
    Flags flags;
    CopyFlags chosen;
    flags.flag("archive", 'a', chosen.as_container_user);
    flags.flag("follow-link", 'L', chosen.follow_link);
    const auto parsed = parse(context, flags, {.least = 2, .most = 2});
    if (parsed.exit_code) {
        return *parsed.exit_code;
    }
    const auto copied = copy(context.connect(), parsed.arguments[0], parsed.arguments[1], chosen);
    return copied ? 0 : report(copied.error());
}

}  // namespace wherry::command
