#include "engine/containers/top.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>

#include "base/text.hpp"
#include "engine/containers/containers.hpp"
#include "engine/containers/start_plan.hpp"
#include "os/cgroup.hpp"
#include "os/host.hpp"

namespace wherry::containers {

namespace {

using Process = os::ProcessFacts;

constexpr std::uint64_t ticks_per_second = 100;  // USER_HZ of every Linux that Debian has
constexpr std::int64_t minute_s = 60;
constexpr std::int64_t hour_s = 60 * minute_s;
constexpr std::int64_t day_s = 24 * hour_s;

std::string two(std::int64_t value) {
    return text::format("{}{}", value < 10 ? "0" : "", value);
}

std::int64_t cpu_seconds(const Process& process) {
    return static_cast<std::int64_t>((process.user_ticks + process.system_ticks) /
                                     ticks_per_second);
}

std::int64_t start_seconds(const Process& process, const TopMachine& machine) {
    return machine.time.boot_time_s +
           static_cast<std::int64_t>(process.start_ticks / ticks_per_second);
}

double running_seconds(const Process& process, const TopMachine& machine) {
    const double started = static_cast<double>(process.start_ticks) / ticks_per_second;
    return std::max(0.0, machine.time.uptime_s - started);
}

/// CPU time by life time, in tenths of a percent.
std::int64_t cpu_permille(const Process& process, const TopMachine& machine) {
    const double life = running_seconds(process, machine);
    const double used =
        static_cast<double>(process.user_ticks + process.system_ticks) / ticks_per_second;
    return life <= 0 ? 0 : static_cast<std::int64_t>(used * 1000 / life);
}

std::string tenths(std::int64_t value) {
    return text::format("{}.{}", value / 10, value % 10);
}

std::string local_time(const char* pattern, std::int64_t seconds) {
    const std::time_t when = seconds;
    std::tm parts{};
    ::localtime_r(&when, &parts);
    std::array<char, 64> buffer{};
    const std::size_t size = std::strftime(buffer.data(), buffer.size(), pattern, &parts);
    return {buffer.data(), size};
}

/// "13:57" within a day, "Nov23" within a year, else the year.
std::string short_start(const Process& process, const TopMachine& machine) {
    const std::int64_t started = start_seconds(process, machine);
    const std::int64_t now =
        std::chrono::floor<std::chrono::seconds>(machine.now.time_since_epoch()).count();
    if (now - started < day_s) {
        return local_time("%H:%M", started);
    }
    const bool this_year = local_time("%Y", started) == local_time("%Y", now);
    return local_time(this_year ? "%b%d" : "%Y", started);
}

/// "[DD-]HH:MM:SS".
std::string clock(std::int64_t seconds) {
    const std::int64_t days = seconds / day_s;
    return text::format("{}{}:{}:{}", days > 0 ? two(days) + "-" : "",
                        two(seconds % day_s / hour_s), two(seconds % hour_s / minute_s),
                        two(seconds % minute_s));
}

std::string elapsed(const Process& process, const TopMachine& machine) {
    const auto seconds = static_cast<std::int64_t>(running_seconds(process, machine));
    return seconds >= hour_s
               ? clock(seconds)
               : text::format("{}:{}", two(seconds / minute_s), two(seconds % minute_s));
}

std::string terminal(const Process& process) {
    constexpr std::uint32_t pts_major = 136;
    const std::uint32_t major = (process.tty >> 8U) & 0xfffU;
    const std::uint32_t minor = (process.tty & 0xffU) | ((process.tty >> 12U) & 0xfff00U);
    if (process.tty == 0) {
        return "?";
    }
    if (major >= pts_major && major < pts_major + 8) {
        return text::format("pts/{}", (major - pts_major) * 256 + minor);
    }
    return major == 4 && minor < 64 ? text::format("tty{}", minor) : "?";
}

std::string state_flags(const Process& process) {
    std::string out(1, process.state);
    out += process.nice < 0 ? "<" : process.nice > 0 ? "N" : "";
    out += process.locked_kb > 0 ? "L" : "";
    out += process.session == process.pid ? "s" : "";
    out += process.threads > 1 ? "l" : "";
    out += process.tty_group == process.group && process.tty_group > 0 ? "+" : "";
    return out;
}

/// ps cuts names at eight characters.
std::string short_name(std::string name) {
    return name.size() <= 8 ? std::move(name) : name.substr(0, 7) + "+";
}

std::string command(const Process& process) {
    return process.state == 'Z' ? "[" + process.comm + "] <defunct>" : process.command_line;
}

std::string scheduling_class(const Process& process) {
    constexpr std::array names = {"TS", "FF", "RR", "B", "ISO", "IDL", "DLN"};
    return process.policy < names.size() ? names[process.policy] : "?";
}

template <class T>
std::string number(T value) {
    return text::format("{}", value);
}

std::string memory_share(const Process& process, const TopMachine& machine) {
    const std::uint64_t whole = std::max<std::uint64_t>(1, machine.memory_kb);
    return tenths(static_cast<std::int64_t>(process.resident_kb * 1000 / whole));
}

struct Column {
    const char* names;  ///< what ps_args may call it, separated by blanks
    const char* title;
    std::string (*show)(const Process&, const TopMachine&);
};
using P = const Process&;
using M = const TopMachine&;

// clang-format off
constexpr Column columns[] = {
    {"pid tgid", "PID", [](P p, M) { return number(p.pid); }},
    {"ppid", "PPID", [](P p, M) { return number(p.parent); }},
    {"pgid pgrp", "PGID", [](P p, M) { return number(p.group); }},
    {"sid sess session", "SID", [](P p, M) { return number(p.session); }},
    {"tpgid", "TPGID", [](P p, M) { return number(p.tty_group); }},
    {"user uname", "USER", [](P p, M) { return short_name(os::user_name(p.uid)); }},
    {"euser", "EUSER", [](P p, M) { return short_name(os::user_name(p.uid)); }},
    {"ruser", "RUSER", [](P p, M) { return short_name(os::user_name(p.real_uid)); }},
    {"uid", "UID", [](P p, M) { return number(p.uid); }},
    {"euid", "EUID", [](P p, M) { return number(p.uid); }},
    {"ruid", "RUID", [](P p, M) { return number(p.real_uid); }},
    {"group", "GROUP", [](P p, M) { return short_name(os::group_name(p.gid)); }},
    {"egroup", "EGROUP", [](P p, M) { return short_name(os::group_name(p.gid)); }},
    {"rgroup", "RGROUP", [](P p, M) { return short_name(os::group_name(p.real_gid)); }},
    {"gid", "GID", [](P p, M) { return number(p.gid); }},
    {"egid", "EGID", [](P p, M) { return number(p.gid); }},
    {"rgid", "RGID", [](P p, M) { return number(p.real_gid); }},
    {"comm ucmd ucomm", "COMMAND", [](P p, M) { return p.comm; }},
    {"args command", "COMMAND", [](P p, M) { return command(p); }},
    {"cmd", "CMD", [](P p, M) { return command(p); }},
    {"time cputime", "TIME", [](P p, M) { return clock(cpu_seconds(p)); }},
    {"etime", "ELAPSED", elapsed},
    {"etimes", "ELAPSED", [](P p, M m) { return number(static_cast<std::int64_t>(running_seconds(p, m))); }},
    {"stat", "STAT", [](P p, M) { return state_flags(p); }},
    {"s state", "S", [](P p, M) { return std::string(1, p.state); }},
    {"pcpu %cpu", "%CPU", [](P p, M m) { return tenths(cpu_permille(p, m)); }},
    {"c cp", "C", [](P p, M m) { return number(cpu_permille(p, m) / 10); }},
    {"pmem %mem", "%MEM", memory_share},
    {"rss rssize rsz", "RSS", [](P p, M) { return number(p.resident_kb); }},
    {"vsz vsize", "VSZ", [](P p, M) { return number(p.virtual_kb); }},
    {"sz", "SZ", [](P p, M) { return number(p.virtual_kb / 4); }},
    {"tty tt", "TT", [](P p, M) { return terminal(p); }},
    {"tname", "TTY", [](P p, M) { return terminal(p); }},
    {"nlwp thcount", "NLWP", [](P p, M) { return number(p.threads); }},
    {"ni nice", "NI", [](P p, M) { return number(p.nice); }},
    {"pri", "PRI", [](P p, M) { return number(39 - p.priority); }},
    {"psr", "PSR", [](P p, M) { return number(p.processor); }},
    {"cls class policy", "CLS", [](P p, M) { return scheduling_class(p); }},
    {"wchan", "WCHAN", [](P p, M) { return p.wchan.substr(0, 6); }},
    {"stime", "STIME", short_start},
    {"start_time bsdstart", "START", short_start},
    {"start", "STARTED", [](P p, M m) { return local_time("%H:%M:%S", start_seconds(p, m)); }},
    {"lstart", "STARTED", [](P p, M m) { return local_time("%a %b %e %H:%M:%S %Y", start_seconds(p, m)); }},
    {"min_flt", "MINFL", [](P p, M) { return number(p.minor_faults); }},
    {"maj_flt", "MAJFL", [](P p, M) { return number(p.major_faults); }},
    // As the two styles of `-ef` and `aux` show them.
    {"=UID", "UID", [](P p, M) { return short_name(os::user_name(p.uid)); }},
    {"=TTY", "TTY", [](P p, M) { return terminal(p); }},
    {"=TIME", "TIME", [](P p, M) {
        const std::int64_t used = cpu_seconds(p);
        return text::format("{}:{}", used / minute_s, two(used % minute_s));
    }},
};
constexpr std::string_view full_format = "=UID,pid,ppid,c,stime,=TTY,time,cmd";
constexpr std::string_view user_format = "user,pid,%cpu,%mem,vsz,rss,=TTY,stat,start_time,=TIME,args";
// clang-format on

const Column* find_column(std::string_view name) {
    const auto* const at = std::ranges::find_if(columns, [&](const Column& column) {
        const auto names = text::split(column.names, ' ');
        return std::ranges::find(names, name) != names.end();
    });
    return at == std::end(columns) ? nullptr : at;
}

Error refused(std::string_view what) {
    return fail(ErrorKind::internal, "ps: error: unsupported option \"{}\"", what);
}

/// Letters that choose the style "u", "f" of ps, and those that say whom to show: the container's
/// processes are shown in any case.
Result<std::string> list_of_flags(std::string_view flags) {
    const bool dashed = flags.starts_with('-');
    const std::string_view letters = flags.substr(dashed ? 1 : 0);
    if (letters.empty() || letters.find_first_not_of("aexfuwAlH") != std::string_view::npos) {
        return refused(flags);
    }
    if (letters.find('l') != std::string_view::npos) {
        return refused(flags);
    }
    // "-u" takes a name, "aux" does not; ps takes "-aux" for "aux".
    const bool by_user = letters.find('u') != std::string_view::npos;
    if (by_user && dashed && letters != "aux") {
        return refused(flags);
    }
    if (by_user) {
        return std::string(user_format);
    }
    if (letters.find('f') != std::string_view::npos) {
        return std::string(full_format);
    }
    return std::string("pid,=TTY,time,comm");
}

/// The columns of "-o pid,args", "-opid", "o pid", "-eo pid" or "--format pid": what stands in the
/// word itself, or "" if it is the next word. Nothing if the word is another option.
std::optional<std::string_view> format_of(std::string_view word) {
    if (word == "--format") {
        return std::string_view();
    }
    const std::string_view letters = word.substr(word.starts_with('-') ? 1 : 0);
    const auto at = letters.find('o');
    if (at == std::string_view::npos ||
        letters.substr(0, at).find_first_not_of("aexA") != std::string_view::npos) {
        return std::nullopt;
    }
    return letters.substr(at + 1);
}

/// The columns that the arguments ask for, by name.
Result<std::string> list_of(std::string_view ps_args) {
    auto words = text::split(ps_args, ' ');
    std::erase(words, "");
    std::string style(words.empty() ? full_format : std::string_view());
    std::string given;
    for (std::size_t i = 0; i < words.size(); ++i) {
        auto format = format_of(words[i]);
        if (format) {
            if (format->empty() && i + 1 < words.size()) {
                format = words[++i];
            }
            given += (given.empty() ? "" : ",") + std::string(*format);
        } else if (i == 0 || words[i].starts_with('-')) {
            TRY(style, list_of_flags(words[i]));
        } else {
            return refused(words[i]);
        }
    }
    return given.empty() ? style : given;
}

}  // namespace

Result<api::ContainerTopResponse> top_table(std::string_view ps_args,
                                            const std::vector<os::ProcessFacts>& processes,
                                            const TopMachine& machine) {
    TRY(const std::string list, list_of(ps_args));
    std::vector<const Column*> chosen;
    api::ContainerTopResponse out;
    for (const std::string_view name : text::split(list, ',')) {
        const Column* column = find_column(name);
        if (column == nullptr) {
            return fail(ErrorKind::internal,
                        "ps: error: unknown user-defined format specifier \"{}\"", name);
        }
        chosen.push_back(column);
        out.titles.emplace_back(column->title);
    }
    if (std::ranges::find(out.titles, "PID") == out.titles.end()) {
        return Error(ErrorKind::internal, "Couldn't find PID field in ps output");
    }
    out.processes.set_present();
    for (const os::ProcessFacts& process : processes) {
        api::List<std::string> row;
        for (const Column* column : chosen) {
            row.push_back(column->show(process, machine));
        }
        out.processes.push_back(std::move(row));
    }
    return out;
}

namespace {

/// Blocks.
Result<api::ContainerTopResponse> read_top(const std::string& cgroup, const std::string& ps_args) {
    std::vector<pid_t> pids = os::cgroup_processes(cgroup);
    std::ranges::sort(pids);
    std::vector<os::ProcessFacts> processes;
    for (const pid_t pid : pids) {
        auto facts = os::read_process(pid);
        if (facts) {  // else it has gone
            processes.push_back(std::move(*facts));
        }
    }
    TopMachine machine;
    TRY(machine.time, os::machine_time());
    machine.memory_kb = os::host_facts().memory_bytes / 1024;
    machine.now = now();
    return top_table(ps_args, processes, machine);
}

}  // namespace

Task<Result<api::ContainerTopResponse>> Containers::top(std::string name, std::string ps_args) {
    CO_TRY(const auto container, co_await get_settled(name));
    CO_CHECK_OK(check_allowed(Operation::top, container->status(), container->named(name)));
    const auto read = [cgroup = cgroup_path(container->record), ps_args = std::move(ps_args)] {
        return read_top(cgroup, ps_args);
    };
    CO_TRY(auto table, co_await async::blocking(file_pool_, read));
    CO_CHECK_OK(co_await tell(container, "top"));
    co_return table;
}

}  // namespace wherry::containers
