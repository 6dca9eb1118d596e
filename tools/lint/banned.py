"""Calls and words that are not used here, each with what to use instead."""
import re
from dataclasses import dataclass

from tools.lint.cpp import blanked, line_of
from tools.lint.tree import CPP, Problem

TITLE = "banned calls"


@dataclass(frozen=True)
class Ban:
    """PATTERN may not occur below UNDER, save in the paths that start with one of EXCEPT."""
    pattern: str
    instead: str
    under: tuple = ("src", "tests", "examples")
    exempt: tuple = ()


BANS = (
    Ban(r"(?<![\w.>:])(?:::)?v?fork\s*\(\s*\)", "posix_spawn or vfork behind os/process",
        exempt=("src/os/", "tests/guest/")),
    Ban(r"(?<![\w.>])(?:std::|(?<!:)::)?(?:system|popen)\s*\(", "os::spawn, without a shell"),
    Ban(r"\bstd::(?:basic_)?regex(?:_\w+)?\b", "a few lines of text:: (a regex costs 2 s a file)"),
    Ban(r"\bfilesystem::remove_all\b", "os::remove_tree, which stays below a descriptor", under=("src",)),
    Ban(r"#\s*include\s*<iostream>|\bstd::(?:cout|cerr|endl)\b", "base/log, or fmt in the command",
        under=("src",), exempt=("src/bin/wherry/",)),
    Ban(r"\b(?:sprintf|vsprintf|strcpy|strcat|strtok|gets)\s*\(", "std::string and text::"),
    Ban(r"\bdetached\b|\.detach\(\)", "async::TaskGroup, whose owner joins it", exempt=("src/net/async/",)),
    Ban(r"\bstd::(?:jthread|thread)\b", "async::blocking", under=("src",),
        exempt=("src/net/async/", "src/engine/store/", "src/embed/", "src/sdk/", "src/bin/wherry/", "src/os/netns", "src/os/mount")),
    Ban(r"\b(?:usleep|sleep_for)\s*\(|(?<![\w:.>])(?<!co_await )(?:::)?sleep\s*\(", "a fake clock, or wait for a condition with a deadline",
        under=("tests/unit",)),
    Ban(r"^using namespace (?!std::(?:string|chrono)?_?literals|std::chrono_literals)",
        "names one by one (unity builds share the file scope)", under=("src",),
        exempt=("src/bin/",)),
    Ban(r"NOLINT(?:NEXTLINE|BEGIN)?(?!\w|\([a-z])", "NOLINT(check-name), with the reason behind it"),
)


def check(tree):
    for path in tree.paths(*CPP, under=("src", "tests", "examples")):
        text = tree.text(path)
        code = blanked(text)
        for ban in BANS:
            if not path.startswith(tuple(folder + "/" for folder in ban.under)):
                continue
            if path.startswith(ban.exempt or ("\0",)):
                continue
            for match in re.finditer(ban.pattern, text if "NOLINT" in ban.pattern else code, re.M):
                yield Problem(path, line_of(text, match.start()), f"{match[0].strip()!r}: use {ban.instead}")


def _sample(line, path="src/engine/store/a.cpp"):
    return {path: line + "\n"}


BAD = [_sample(line) for line in (
    "auto pid = fork();", "auto pid = ::fork();", 'system("ls");', 'std::system("ls");', 'auto f = popen("a", "r");',
    "std::regex r;", "std::filesystem::remove_all(p);", "#include <iostream>", "std::cout << 1;", "sprintf(b, f);",
    "asio::co_spawn(x, y, asio::detached);", "t.detach();", "using namespace boost;", "int a;  // NOLINT")]
BAD += [_sample("std::thread t;", "src/server/a.cpp"), _sample("std::this_thread::sleep_for(1s);", "tests/unit/os/a.cpp")]
GOOD = [_sample(line) for line in (
    "// fork() and system() are not used", 'log("system(x)");', "file_system(x);", "db.system(1);", "fork_count(2);",
    "using namespace std::chrono_literals;", "co_await async::sleep(1s);", "int a;  // NOLINT(bugprone-x): reason")]
GOOD += [_sample("#include <iostream>", "src/bin/wherry/commands/run.cpp"), _sample("auto p = vfork();", "src/os/process.cpp")]
