"""./dev COMMAND [arguments]: the table of commands and their help."""
import sys

from tools.dev import bench, build, check, ci, coverage, docs, engine, machine, quickstart, scaffold, test
from tools.dev.steps import Failed, log

COMMANDS = {
    "setup": (build.setup, "", "install what is missing (Debian packages; needs root)"),
    "build": (build.build_command, "[PRESET] [--times]", "build a preset (debug unless told)"),
    "test": (test.test, "[FILTER] [--changed]", "set up, build, run every test, or what matches"),
    "lint": (check.lint, "[RULE...]", "the repository's own rules, a few seconds"),
    "fmt": (check.fmt, "", "format all C++ files"),
    "tidy": (check.tidy, "[--changed] [FILE...]", "clang-tidy"),
    "asan": (check.asan, "[FILTER]", "the unit tests under AddressSanitizer and UBSan"),
    "tsan": (check.tsan, "[FILTER]", "the unit tests of net/async under ThreadSanitizer"),
    "fuzz": (check.fuzz, "NAME [SECONDS]", "one fuzzer of tests/fuzz"),
    "docs": (docs.docs, "", "look for dead links in the documents"),
    "bench": (bench.bench, "peers|trace [CASE,...] [--rounds N]", "measure beside a real dockerd; a run by step"),
    "quickstart": (quickstart.quickstart, "[--hub]", "pull and run containers in five ways"),
    "run": (engine.run, "[WHERRYD ARGUMENTS]", "a wherryd with a scratch state folder"),
    "shell": (engine.shell, "", "the same, and a shell that talks to it"),
    "new": (scaffold.new, "route|command NAME", "write the files of a new route or command"),
    "api-coverage": (coverage.api_coverage, "[--write]", "the operations that are not served; write the page"),
    "full": (ci.full, "", "everything: tests, sanitizers, clang-tidy of all files"),
    "machine": (machine.machine, "[COMMAND...]", "tests, or a command, on Debian's kernel in a virtual machine"),
    "soak": (ci.soak, "[ROUNDS]", "the long runs"),
    "ci": (ci.ci, "[--require-clients]", "what continuous integration runs"),
}


def usage():
    print("usage: ./dev COMMAND [arguments]\n")
    for name, (_, arguments, text) in COMMANDS.items():
        print(f"  {name + ' ' + arguments:42} {text}")


def main(argv):
    if not argv or argv[0] in ("help", "-h", "--help"):
        usage()
        return 0
    if argv[0] not in COMMANDS:
        usage()
        print(f"\n./dev: there is no command {argv[0]!r}", file=sys.stderr)
        return 2
    try:
        done = COMMANDS[argv[0]][0](argv[1:])
        return done if isinstance(done, int) else 0
    except Failed as failure:
        log(f"FAILED: {failure}")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
