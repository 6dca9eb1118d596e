"""ci, full and soak: what runs without anyone watching."""
import os

from tools.dev import build, changes, check, docs, test
from tools.dev.steps import ROOT, Failed, Steps, log, run, take_flag

# The folders that clang-tidy finds nothing in: a run without a commit to compare with keeps them so.
# A folder is added when it has become clean; `./dev tidy` looks at everything.
TIDY_HELD = ("src/base/", "src/codec/frame/", "src/engine/volumes/")
TIDY_MOST = 48


def tidy_choice():
    """The sources that CI's clang-tidy looks at, and why those."""
    sources = sorted(check.compiled_sources())
    if changes.base():
        return changes.affected_sources(sources)[:TIDY_MOST], "changed"
    return [path for path in sources if path.startswith(TIDY_HELD)], "held clean"


def fail_on_skipped_clients(total):
    """With --require-clients, a client test that did not run is a failure."""
    skipped = [name for name, _ in total.reasons if name.startswith("tests.clients") or ".clients." in name]
    for name in skipped:
        log(f"skipped client test: {name}")
    if skipped:
        raise Failed(f"{len(skipped)} client tests were skipped, and all are required")


def gcc_step(steps):
    """The SDK's headers and examples with GCC 12 in C++20, and a consumer of the installed package."""
    with steps.step("gcc build of the SDK"):
        build.build("gcc")
    consumer = ROOT / "tests/consumer/run.sh"
    if consumer.exists():
        with steps.step("install and consume"):
            run(consumer, "gcc", "g++")


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
    gcc_step(steps)
    with steps.step("clang-tidy") as row:
        files, why = tidy_choice()
        check.tidy_files(files)
        row["note"] = f"{len(files)} files ({why})"
    test.finish(steps, total)
    if require:
        fail_on_skipped_clients(total)


def full(_):
    """./dev full: ci, unit and system tests under ASan, TSan of what has threads, and clang-tidy over every file."""
    ci(["--require-clients"])
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
