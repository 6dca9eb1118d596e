#include "os/overlay.hpp"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <string_view>

#include "os/mount.hpp"
#include "os/syscall.hpp"
#include "os/tree.hpp"

// glibc's and the kernel's headers of mount(2) exclude each other before glibc 2.37.
extern "C" int mount(const char* source, const char* target, const char* type, unsigned long flags,
                     const void* data) noexcept;

namespace wherry::os {

namespace {

constexpr std::size_t options_limit = 4095;  // one page, and the zero

Result<> configure(int context, const char* key, const std::string& value) {
    CHECK_OK(checked("fsconfig", text::format("{}={}", key, value), [&] {
        return ::syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, key, value.c_str(), 0);
    }));
    return {};
}

std::string below(const Overlay& overlay, const std::string& name) {
    return overlay.base.empty() || name.starts_with('/') ? name : overlay.base + "/" + name;
}

/// The kernel's own words about the last failure of a file system context, if any.
std::string context_message(int context) {
    char buffer[512];
    const auto got = retry([&] { return ::read(context, buffer, sizeof buffer); });
    if (got <= 0) {
        return {};
    }
    const std::string text(buffer, static_cast<std::size_t>(got));
    return std::string(text::trim(text));
}

Result<> configure_flag(int context, const char* key) {
    CHECK_OK(checked("fsconfig", key, [&] {
        return ::syscall(SYS_fsconfig, context, FSCONFIG_SET_FLAG, key, nullptr, 0);
    }));
    return {};
}

Result<> configure_overlay(int context, const Overlay& overlay) {
    for (const auto& lower : overlay.lowers) {
        CHECK_OK(configure(context, "lowerdir+", below(overlay, lower)));
    }
    if (!overlay.upper.empty()) {
        CHECK_OK(configure(context, "upperdir", overlay.upper));
        CHECK_OK(configure(context, "workdir", overlay.work));
    }
    if (overlay.unsynced) {
        CHECK_OK(configure_flag(context, "volatile"));
    }
    CHECK_OK(checked("fsconfig", "overlay", [&] {
        return ::syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
    }));
    return {};
}

Result<UniqueFd> make_layer_by_layer(const Overlay& overlay) {
    TRY(const auto raw, checked("fsopen", "overlay",
                                [] { return ::syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC); }));
    const UniqueFd context(static_cast<int>(raw));
    if (auto configured = configure_overlay(context.get(), overlay); !configured) {
        const std::string told = context_message(context.get());
        Error error = std::move(configured).error();
        return told.empty() ? std::move(error) : std::move(error).in(told);
    }
    TRY(const auto mounted, checked("fsmount", "overlay", [&] {
            return ::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0);
        }));
    return UniqueFd(static_cast<int>(mounted));
}

/// Kernels before 6.5 take any option and refuse it at the end; 6.5 and 6.6 do not know this one;
/// later ones look for the folder at once.
bool takes_layers_one_by_one() {
    const auto raw = ::syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
    const UniqueFd context(static_cast<int>(raw));
    if (!context) {
        return false;
    }
    const auto told = configure(context.get(), "lowerdir+", "/proc/nosuch");
    return !told && told.error().os_error() == ENOENT;
}

std::string escaped(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '\\' || c == ',' || c == ':') {
            out += '\\';
        }
        out += c;
    }
    return out;
}

/// The folder that all absolute paths are below.
std::string shared_folder(const std::vector<std::string>& paths) {
    std::string folder = paths.front().substr(0, paths.front().rfind('/'));
    for (const std::string& path : paths) {
        while (!path.starts_with(folder + "/")) {
            folder.resize(folder.rfind('/'));
        }
    }
    return folder;
}

}  // namespace

OverlayOptions overlay_options(const Overlay& overlay) {
    std::vector<std::string> paths;
    for (const std::string& lower : overlay.lowers) {
        paths.push_back(below(overlay, lower));
    }
    const std::string folder = shared_folder(paths);
    std::string options = "lowerdir=";
    for (const std::string& path : paths) {
        options += options.ends_with('=') ? "" : ":";
        options += escaped(std::string_view(path).substr(folder.size() + 1));
    }
    if (!overlay.upper.empty()) {
        options += ",upperdir=" + escaped(overlay.upper) + ",workdir=" + escaped(overlay.work);
    }
    options += overlay.unsynced ? ",volatile" : "";
    return {.folder = folder.empty() ? "/" : folder, .options = std::move(options)};
}

/// Mounted over its first layer, in a mount namespace that nobody else sees, and taken from there.
Result<UniqueFd> make_overlay_by_options(const Overlay& overlay) {
    const OverlayOptions plan = overlay_options(overlay);
    if (plan.options.size() > options_limit) {
        return fail(ErrorKind::unsupported,
                    "overlay: this kernel takes {} bytes of layers, and {} are needed",
                    options_limit, plan.options.size());
    }
    const std::string target = below(overlay, overlay.lowers.front());
    UniqueFd made;
    const auto arrange = [&]() -> Result<> {
        CHECK_OK(checked("chdir", plan.folder, [&] { return ::chdir(plan.folder.c_str()); }));
        CHECK_OK(checked("mount", "overlay " + plan.options, [&] {
            return ::mount("overlay", target.c_str(), "overlay", 0, plan.options.c_str());
        }));
        TRY(made, clone_mount(target));
        return {};
    };
    TRY(const UniqueFd arranged, make_mount_namespace(arrange));
    return made;
}

Result<UniqueFd> make_overlay(const Overlay& overlay) {
    if (overlay.unsynced) {
        // The kernel refuses such a mount after another, since a crash may lie in between.
        CHECK_OK(remove_tree(overlay.work + "/work/incompat"));
    }
    static std::atomic<bool> old_kernel = false;
    if (!old_kernel) {
        auto made = make_layer_by_layer(overlay);
        const int code = made ? 0 : made.error().os_error();
        const bool refused = code == EINVAL || code == ENOSYS || code == EPERM;
        if (!refused || takes_layers_one_by_one()) {
            return made;
        }
        old_kernel = true;
    }
    return make_overlay_by_options(overlay);
}

Result<> mount_overlay(const Overlay& overlay, const std::string& target) {
    if (overlay.upper.empty() && overlay.lowers.size() == 1) {
        return bind_read_only(below(overlay, overlay.lowers.front()), target);
    }
    TRY(const UniqueFd made, make_overlay(overlay));
    return attach_mount(made.get(), target);
}

}  // namespace wherry::os
