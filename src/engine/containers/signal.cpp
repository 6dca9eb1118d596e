#include "engine/containers/signal.hpp"

#include <array>
#include <csignal>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace wherry::containers {

namespace {

struct Name {
    std::string_view name;
    int number;
};

constexpr std::array names = {
    Name{"HUP", SIGHUP},       Name{"INT", SIGINT},       Name{"QUIT", SIGQUIT},
    Name{"ILL", SIGILL},       Name{"TRAP", SIGTRAP},     Name{"ABRT", SIGABRT},
    Name{"IOT", SIGIOT},       Name{"BUS", SIGBUS},       Name{"FPE", SIGFPE},
    Name{"KILL", SIGKILL},     Name{"USR1", SIGUSR1},     Name{"SEGV", SIGSEGV},
    Name{"USR2", SIGUSR2},     Name{"PIPE", SIGPIPE},     Name{"ALRM", SIGALRM},
    Name{"TERM", SIGTERM},     Name{"STKFLT", SIGSTKFLT}, Name{"CHLD", SIGCHLD},
    Name{"CLD", SIGCHLD},      Name{"CONT", SIGCONT},     Name{"STOP", SIGSTOP},
    Name{"TSTP", SIGTSTP},     Name{"TTIN", SIGTTIN},     Name{"TTOU", SIGTTOU},
    Name{"URG", SIGURG},       Name{"XCPU", SIGXCPU},     Name{"XFSZ", SIGXFSZ},
    Name{"VTALRM", SIGVTALRM}, Name{"PROF", SIGPROF},     Name{"WINCH", SIGWINCH},
    Name{"IO", SIGIO},         Name{"POLL", SIGPOLL},     Name{"PWR", SIGPWR},
    Name{"SYS", SIGSYS}};

// The kernel's range; glibc keeps the first two for itself.
constexpr int lowest_realtime = 34;
constexpr int highest_realtime = 64;

/// "RTMIN", "RTMIN+3", "RTMAX-2"
std::optional<int> realtime(std::string_view name) {
    const bool from_below = name.starts_with("RTMIN");
    if (!from_below && !name.starts_with("RTMAX")) {
        return std::nullopt;
    }
    const int base = from_below ? lowest_realtime : highest_realtime;
    name.remove_prefix(5);
    if (name.empty()) {
        return base;
    }
    const char sign = from_below ? '+' : '-';
    const auto offset = name.front() == sign ? text::parse_int<int>(name.substr(1)) : std::nullopt;
    if (!offset || *offset < 0) {
        return std::nullopt;
    }
    const int number = from_below ? base + *offset : base - *offset;
    const bool known = number >= lowest_realtime && number <= highest_realtime;
    return known ? std::optional(number) : std::nullopt;
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
    return out;
}

}  // namespace

Result<int> parse_signal(std::string_view text) {
    if (const auto number = text::parse_int<int>(text)) {
        if (*number <= 0 || *number > highest_realtime) {
            return fail(ErrorKind::invalid, "invalid signal: {}", text);
        }
        return *number;
    }
    std::string name = upper(text);
    if (name.starts_with("SIG")) {
        name.erase(0, 3);
    }
    for (const Name& known : names) {
        if (known.name == name) {
            return known.number;
        }
    }
    if (const auto number = realtime(name)) {
        return *number;
    }
    return fail(ErrorKind::invalid, "invalid signal: {}", text);
}

}  // namespace wherry::containers
