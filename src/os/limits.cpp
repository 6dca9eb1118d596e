#include "os/limits.hpp"

#include <sys/resource.h>

#include <array>
#include <utility>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::os {

namespace {

constexpr std::array<std::pair<const char*, int>, 15> names{{{"core", RLIMIT_CORE},
                                                             {"cpu", RLIMIT_CPU},
                                                             {"data", RLIMIT_DATA},
                                                             {"fsize", RLIMIT_FSIZE},
                                                             {"locks", RLIMIT_LOCKS},
                                                             {"memlock", RLIMIT_MEMLOCK},
                                                             {"msgqueue", RLIMIT_MSGQUEUE},
                                                             {"nice", RLIMIT_NICE},
                                                             {"nofile", RLIMIT_NOFILE},
                                                             {"nproc", RLIMIT_NPROC},
                                                             {"rss", RLIMIT_RSS},
                                                             {"rtprio", RLIMIT_RTPRIO},
                                                             {"rttime", RLIMIT_RTTIME},
                                                             {"sigpending", RLIMIT_SIGPENDING},
                                                             {"stack", RLIMIT_STACK}}};

constexpr unsigned sys_resource = 24;  // CAP_SYS_RESOURCE

bool may_raise() {
    const std::string status = read_file("/proc/self/status").value_or("");
    for (const auto line : text::split(status, '\n')) {
        if (const auto parts = text::cut(line, "CapEff:\t"); parts && parts->first.empty()) {
            std::uint64_t mask = 0;
            const auto digits = parts->second;
            std::from_chars(digits.data(), digits.data() + digits.size(), mask, 16);
            return ((mask >> sys_resource) & 1U) != 0;
        }
    }
    return false;
}

std::int64_t number_in(const std::string& path, std::int64_t otherwise) {
    const std::string content = read_file(path).value_or("");
    return text::parse_int(text::trim(content)).value_or(otherwise);
}

}  // namespace

LimitCeilings limit_ceilings() {
    LimitCeilings out;
    if (may_raise()) {
        constexpr std::int64_t usual = 1 << 20;
        out.ulimits["nofile"] =
            static_cast<std::uint64_t>(number_in("/proc/sys/fs/nr_open", usual));
        return out;
    }
    for (const auto& [name, number] : names) {
        rlimit limit{};
        if (::getrlimit(static_cast<__rlimit_resource>(number), &limit) == 0 &&
            limit.rlim_max != RLIM_INFINITY) {
            out.ulimits[name] = limit.rlim_max;
        }
    }
    out.oom_score_adj = number_in("/proc/self/oom_score_adj", 0);
    return out;
}

int rlimit_number(const std::string& name) {
    for (const auto& [known, number] : names) {
        if (name == known) {
            return number;
        }
    }
    return -1;
}

}  // namespace wherry::os
