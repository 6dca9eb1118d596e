#include "engine/containers/capabilities.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::containers {

namespace {

/// The kernel's capabilities by number (include/uapi/linux/capability.h).
constexpr std::string_view by_number[] = {"CHOWN",
                                          "DAC_OVERRIDE",
                                          "DAC_READ_SEARCH",
                                          "FOWNER",
                                          "FSETID",
                                          "KILL",
                                          "SETGID",
                                          "SETUID",
                                          "SETPCAP",
                                          "LINUX_IMMUTABLE",
                                          "NET_BIND_SERVICE",
                                          "NET_BROADCAST",
                                          "NET_ADMIN",
                                          "NET_RAW",
                                          "IPC_LOCK",
                                          "IPC_OWNER",
                                          "SYS_MODULE",
                                          "SYS_RAWIO",
                                          "SYS_CHROOT",
                                          "SYS_PTRACE",
                                          "SYS_PACCT",
                                          "SYS_ADMIN",
                                          "SYS_BOOT",
                                          "SYS_NICE",
                                          "SYS_RESOURCE",
                                          "SYS_TIME",
                                          "SYS_TTY_CONFIG",
                                          "MKNOD",
                                          "LEASE",
                                          "AUDIT_WRITE",
                                          "AUDIT_CONTROL",
                                          "SETFCAP",
                                          "MAC_OVERRIDE",
                                          "MAC_ADMIN",
                                          "SYSLOG",
                                          "WAKE_ALARM",
                                          "BLOCK_SUSPEND",
                                          "AUDIT_READ",
                                          "PERFMON",
                                          "BPF",
                                          "CHECKPOINT_RESTORE"};

/// The bounding set of this process as a bit mask; nobody can be given more than that.
std::uint64_t bounding_mask() {
    const std::string status = os::read_file("/proc/self/status").value_or("");
    const auto at = status.find("CapBnd:\t");
    std::uint64_t mask = 0;
    if (at == std::string::npos) {
        return ~mask;
    }
    const char* first = status.data() + at + 8;
    std::from_chars(first, first + 16, mask, 16);
    return mask;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return out;
}

bool contains(const std::vector<std::string>& list, const std::string& name) {
    return std::ranges::find(list, name) != list.end();
}

/// "net_admin" as "CAP_NET_ADMIN"; "ALL" stays.
Result<std::vector<std::string>> normalized(const std::vector<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names) {
        std::string full = upper(name);
        if (full == "ALL") {
            out.push_back(std::move(full));
            continue;
        }
        if (!full.starts_with("CAP_")) {
            full.insert(0, "CAP_");
        }
        const auto known = std::ranges::any_of(
            by_number, [&](std::string_view one) { return full.substr(4) == one; });
        if (!known) {
            return fail(ErrorKind::invalid, "unknown capability: \"{}\"", full);
        }
        out.push_back(std::move(full));
    }
    return out;
}

}  // namespace

std::uint64_t capability_bits(const std::vector<std::string>& names) {
    std::uint64_t bits = 0;
    for (const std::string& name : names) {
        for (std::size_t number = 0; number < std::size(by_number); ++number) {
            if (name.starts_with("CAP_") && name.substr(4) == by_number[number]) {
                bits |= std::uint64_t{1} << number;
            }
        }
    }
    return bits;
}

const std::vector<std::string>& all_capabilities() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> out;
        const std::uint64_t mask = bounding_mask();
        for (std::size_t number = 0; number < std::size(by_number); ++number) {
            if ((mask >> number & 1U) != 0) {
                out.push_back("CAP_" + std::string(by_number[number]));
            }
        }
        return out;
    }();
    return names;
}

const std::vector<std::string>& default_capabilities() {
    static const std::vector<std::string> names = {
        "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
        "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
        "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
        "CAP_KILL",    "CAP_AUDIT_WRITE"};
    return names;
}

Result<std::vector<std::string>> choose_capabilities(const std::vector<std::string>& add,
                                                     const std::vector<std::string>& drop,
                                                     bool privileged) {
    TRY(const auto added, normalized(add));
    TRY(const auto dropped, normalized(drop));
    if (privileged) {
        return all_capabilities();
    }
    std::vector<std::string> out;
    const bool add_all = contains(added, "ALL");
    const bool drop_all = contains(dropped, "ALL");
    for (const std::string& name : all_capabilities()) {
        const bool by_default = add_all || (!drop_all && contains(default_capabilities(), name));
        if (contains(added, name) || (by_default && !contains(dropped, name))) {
            out.push_back(name);
        }
    }
    return out;
}

}  // namespace wherry::containers
