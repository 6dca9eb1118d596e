#include "os/process_table.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"
#include "os/file.hpp"

namespace wherry::os {

namespace {

/// Numbers of /proc/PID/stat behind the name, counted as in proc(5): state is the third.
class StatFields {
  public:
    explicit StatFields(std::string_view text) : words_(text::split(text, ' ')) {}
    [[nodiscard]] std::string_view word(std::size_t number) const {
        return number - 3 < words_.size() ? words_[number - 3] : std::string_view();
    }
    template <class T>
    [[nodiscard]] T get(std::size_t number) const {
        return text::parse_int<T>(word(number)).value_or(T{});
    }

  private:
    std::vector<std::string_view> words_;
};

Result<> read_stat(const std::string& folder, ProcessFacts& out) {
    TRY(const std::string text, read_file(folder + "/stat"));
    const auto open = text.find('(');
    const auto close = text.rfind(')');
    if (open == std::string::npos || close == std::string::npos || close + 2 > text.size()) {
        return fail(ErrorKind::internal, "{}/stat: not understood", folder);
    }
    out.comm = text.substr(open + 1, close - open - 1);
    const StatFields fields(text::trim(std::string_view(text).substr(close + 1)));
    out.state = fields.word(3).empty() ? '?' : fields.word(3)[0];
    out.parent = fields.get<pid_t>(4);
    out.group = fields.get<pid_t>(5);
    out.session = fields.get<pid_t>(6);
    out.tty = static_cast<std::uint32_t>(fields.get<std::int32_t>(7));
    out.tty_group = fields.get<pid_t>(8);
    out.minor_faults = fields.get<std::uint64_t>(10);
    out.major_faults = fields.get<std::uint64_t>(12);
    out.user_ticks = fields.get<std::uint64_t>(14);
    out.system_ticks = fields.get<std::uint64_t>(15);
    out.priority = fields.get<std::int64_t>(18);
    out.nice = fields.get<std::int64_t>(19);
    out.threads = fields.get<std::int64_t>(20);
    out.start_ticks = fields.get<std::uint64_t>(22);
    out.virtual_kb = fields.get<std::uint64_t>(23) / 1024;
    static const auto page_kb = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) / 1024;
    out.resident_kb = fields.get<std::uint64_t>(24) * page_kb;
    out.processor = fields.get<std::uint32_t>(39);
    out.policy = fields.get<std::uint32_t>(41);
    return {};
}

Result<> read_status(const std::string& folder, ProcessFacts& out) {
    TRY(const std::string text, read_file(folder + "/status"));
    for (const auto line : text::split(text, '\n')) {
        const auto parts = text::cut(line, ":\t");
        if (!parts) {
            continue;
        }
        const auto words = text::split(parts->second, '\t');
        const auto number = [&](std::size_t at) {
            return at < words.size() ? text::parse_int<std::uint32_t>(words[at]).value_or(0) : 0;
        };
        if (parts->first == "Uid") {
            out.real_uid = number(0);
            out.uid = number(1);
        } else if (parts->first == "Gid") {
            out.real_gid = number(0);
            out.gid = number(1);
        } else if (parts->first == "VmLck") {
            const auto value = text::trim(parts->second);
            out.locked_kb =
                text::parse_int<std::uint64_t>(value.substr(0, value.find(' '))).value_or(0);
        }
    }
    return {};
}

std::string command_line(const std::string& folder, const std::string& comm) {
    std::string text = read_file(folder + "/cmdline").value_or("");
    while (text.ends_with('\0')) {
        text.pop_back();
    }
    if (text.empty()) {
        return "[" + comm + "]";
    }
    std::ranges::replace(text, '\0', ' ');
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
    return text;
}

}  // namespace

Result<ProcessFacts> read_process(pid_t pid) {
    ProcessFacts out;
    out.pid = pid;
    const std::string folder = text::format("/proc/{}", pid);
    CHECK_OK(read_stat(folder, out));
    CHECK_OK(read_status(folder, out));
    out.command_line = command_line(folder, out.comm);
    out.wchan = read_file(folder + "/wchan").value_or("");
    if (out.wchan.empty() || out.wchan == "0") {
        out.wchan = "-";
    }
    return out;
}

Result<MachineTime> machine_time() {
    constexpr std::size_t summed = 7;  // user nice system idle iowait irq softirq
    static const auto tick_ns = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    MachineTime out;
    TRY(const std::string text, read_file("/proc/stat"));
    for (const auto line : text::split(text, '\n')) {
        auto words = text::split(line, ' ');
        std::erase(words, "");
        if (words.size() > summed && words[0] == "cpu") {
            for (std::size_t i = 1; i <= summed; ++i) {
                out.cpu_ns += text::parse_int<std::uint64_t>(words[i]).value_or(0) * tick_ns;
            }
        } else if (!words.empty() && words[0].starts_with("cpu")) {
            ++out.processors;
        } else if (words.size() == 2 && words[0] == "btime") {
            out.boot_time_s = text::parse_int(words[1]).value_or(0);
        }
    }
    TRY(const std::string uptime, read_file("/proc/uptime"));
    out.uptime_s = std::strtod(uptime.c_str(), nullptr);
    return out;
}

std::string user_name(uid_t uid) {
    passwd entry{};
    passwd* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        return found->pw_name;
    }
    return text::format("{}", uid);
}

std::string group_name(gid_t gid) {
    group entry{};
    group* found = nullptr;
    std::array<char, 4096> buffer{};
    if (::getgrgid_r(gid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
        return found->gr_name;
    }
    return text::format("{}", gid);
}

}  // namespace wherry::os
