// wherry-guest COMMAND [ARGUMENTS]: what test containers run.
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

int number(const char* text) {
    return text == nullptr ? 0 : std::atoi(text);
}

long long nanoseconds() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

void print_size() {
    winsize size{};
    ::ioctl(0, TIOCGWINSZ, &size);
    std::printf("%u %u\n", size.ws_row, size.ws_col);
    std::fflush(stdout);
}

/// lines COUNT [WIDTH]: numbered lines on stdout, then exit 0.
int lines(char** arguments) {
    const int count = number(arguments[0]);
    const int width = arguments[0] != nullptr ? number(arguments[1]) : 0;
    std::string line;
    for (int i = 1; i <= count; ++i) {
        line = std::to_string(i);
        if (static_cast<int>(line.size()) < width) {
            line.append(static_cast<std::size_t>(width) - line.size(), 'x');
        }
        line.push_back('\n');
        std::fwrite(line.data(), 1, line.size(), stdout);
    }
    return 0;
}

/// echo: what comes on stdin goes to stdout; "end of input" and exit 7 at its end.
int echo(char** /*arguments*/) {
    char buffer[4096];
    while (true) {
        const auto got = ::read(0, buffer, sizeof buffer);
        if (got <= 0) {
            break;
        }
        if (::write(1, buffer, static_cast<std::size_t>(got)) != got) {
            return 1;
        }
    }
    std::puts("end of input");
    return 7;
}

/// mixed: some on stdout, some on stderr, no newline at the end.
int mixed(char** /*arguments*/) {
    (void)!::write(1, "out\n", 4);
    (void)!::write(2, "err\n", 4);
    (void)!::write(1, "rest", 4);
    return 0;
}

/// time: now, in nanoseconds; then again at the very end.
int time_now(char** /*arguments*/) {
    std::printf("%lld\n", nanoseconds());
    return 0;
}

/// wait [IGNORE]: until killed; the given signals are ignored.
int wait_for_signals(char** arguments) {
    for (; *arguments != nullptr; ++arguments) {
        ::signal(number(*arguments), SIG_IGN);
    }
    std::puts("ready");
    std::fflush(stdout);
    while (true) {
        ::pause();
    }
}

/// term: exit 3 on SIGTERM.
int term(char** /*arguments*/) {
    ::signal(SIGTERM, [](int) { ::_exit(3); });
    std::puts("ready");
    std::fflush(stdout);
    while (true) {
        ::pause();
    }
}

/// size: the terminal's size, again whenever it changes; exits after a line of input.
int size(char** /*arguments*/) {
    struct sigaction action{};
    action.sa_handler = [](int) {};
    ::sigaction(SIGWINCH, &action, nullptr);
    // Let in only while we wait: one that came just before would be missed.
    sigset_t change;
    sigset_t none;
    ::sigemptyset(&none);
    ::sigemptyset(&change);
    ::sigaddset(&change, SIGWINCH);
    ::sigprocmask(SIG_BLOCK, &change, nullptr);
    print_size();
    pollfd input{0, POLLIN, 0};
    while (::ppoll(&input, 1, nullptr, &none) < 0) {
        print_size();
    }
    return 0;
}

/// leave COUNT: children that hold stdout and outlive the payload, where its namespace lets them.
int leave(char** arguments) {
    for (int i = 0; i < number(arguments[0]); ++i) {
        if (::fork() == 0) {
            ::setsid();
            while (true) {
                ::pause();
            }
        }
    }
    std::puts("left");
    return 5;
}

/// hog MEGABYTES: uses that much memory.
int hog(char** arguments) {
    std::vector<char> memory(static_cast<std::size_t>(number(arguments[0])) * 1024 * 1024);
    for (std::size_t i = 0; i < memory.size(); i += 4096) {
        memory[i] = 1;
    }
    return memory[4096];
}

int exit_with(char** arguments) {
    return number(arguments[0]);
}

int kill_self(char** arguments) {
    // Process 1 of a namespace ignores its own signals, so a child does it for a shell's status.
    const pid_t child = ::fork();
    if (child == 0) {
        ::raise(number(arguments[0]));
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

struct Command {
    std::string_view name;
    int (*run)(char** arguments);
};
constexpr Command commands[] = {
    {"lines", lines}, {"exit", exit_with}, {"echo", echo},
    {"mixed", mixed}, {"time", time_now},  {"wait", wait_for_signals},
    {"term", term},   {"size", size},      {"leave", leave},
    {"hog", hog},     {"kill", kill_self},
};

}  // namespace

int main(int argc, char** argv) {
    for (const auto& command : commands) {
        if (argc > 1 && command.name == argv[1]) {
            return command.run(argv + 2);
        }
    }
    std::fprintf(stderr, "guest: no such command\n");
    return 127;
}
