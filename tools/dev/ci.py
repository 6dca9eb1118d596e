"""ci, full and soak: what runs without anyone watching."""
import os

from tools.dev import build, changes, check, docs, machine, test
from tools.dev.steps import ROOT, Failed, Steps, log, output, run, take_flag

# clang-tidy takes some ten seconds a file, so CI looks at this many at most: of what changed, or,
# without a commit to compare with, of all: those whose turn it is, so that a dozen commits cover the tree.
# `./dev tidy` looks at everything.
TIDY_MOST = 48


def tidy_choice(sources, changed=None, commits=0):
    """Which of SOURCES CI's clang-tidy looks at after so many COMMITS, and why those."""
    if changed is not None:
        return sorted(set(changed))[:TIDY_MOST], "changed"
    files = sorted(set(sources))
    turns = max(1, -(-len(files) // TIDY_MOST))
    turn = commits % turns
    return files[turn::turns], f"turn {turn + 1} of {turns}"


def tidy_step(steps):
    """clang-tidy over what tidy_choice() says."""
    with steps.step("clang-tidy") as row:
        sources = check.compiled_sources()
        changed = changes.affected_sources(sources) if changes.base() else None
        files, why = tidy_choice(sources, changed, int(output("git", "rev-list", "--count", "HEAD")))
        check.tidy_files(files)
        row["note"] = f"{len(files)} files ({why})"


def fail_on_skipped_clients(total):
    """With --require-clients, a client test that did not run is a failure."""
    skipped = [name for name, _ in total.reasons if name.startswith("tests.clients") or ".clients." in name]
    for name in skipped:
        log(f"skipped client test: {name}")
    if skipped:
        raise Failed(f"{len(skipped)} client tests were skipped, and all are required")


def asan_step(steps):
    """The unit tests under ASan and UBSan."""
    with steps.step("asan build"):
        build.build("asan", ["unit_programs"])
    with steps.step("unit tests, asan") as row:
        counts = check.run_ctest("unit", "asan")
        row["note"] = str(counts)
        if counts.failed or not counts.passed:
            raise Failed(f"asan: {counts}")


def gcc_step(steps):
    """The SDK's headers and examples with GCC 12 in C++20, and a consumer of the installed package."""
    with steps.step("gcc build of the SDK"):
        build.build("gcc")
    consumer = ROOT / "tests/consumer/run.sh"
    if consumer.exists():
        with steps.step("install and consume"):
            run(consumer, "gcc", "g++")


def machine_step(steps, tests):
    """TESTS on Debian's own kernel."""
    with steps.step("on Debian's kernel") as row:
        lines = machine.machine([*machine.PYTEST, *tests])
        row["note"] = next((line for line in reversed(lines) if " passed" in line), "")


def ci(args):
    """./dev ci [--require-clients]"""
    require = take_flag(args, "--require-clients")
    steps = Steps()
    with steps.step("set up"):
        build.setup([])
    with steps.step("build debug"):
        build.build()
    with steps.step("lint"):
        check.lint([])
    with steps.step("documents"):
        docs.docs([])
    total = test.run_suites(steps, test.SUITES)
    machine_step(steps, ["tests/machine"])
    gcc_step(steps)
    asan_step(steps)
    tidy_step(steps)
    test.finish(steps, total)
    if require:
        fail_on_skipped_clients(total)


def full(_):
    """./dev full: ci, more tests on Debian's kernel, the system tests under ASan too, TSan of what has threads, clang-tidy over every file."""
    ci(["--require-clients"])
    machine.machine([])
    check.asan([])
    check.tsan([])
    check.tidy([])


def soak(args):
    """./dev soak [ROUNDS]: the long proofs as a whole, with as many rounds."""
    rounds = args[0] if args else "200"
    steps = Steps()
    os.environ["WHERRY_SOAK_ROUNDS"] = rounds
    with steps.step("build debug"):
        build.build()
    total = test.run_suites(steps, ["soak", "faults"])
    test.finish(steps, total)
