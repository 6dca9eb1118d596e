"""./dev test: every test, in suites."""
from tools.dev import build, changes
from tools.dev.steps import ROOT, Failed, Steps, log, take_flag
from tools.dev.suites import Counts, report_skips, run_ctest, run_pytest

# name -> how it is run: a ctest label, or folders of pytest
CTEST_SUITES = ("unit", "system", "consumer")
PYTEST_SUITES = {
    "lint": ["tests/lint"],
    "tools": ["tests/tools"],
    "golden": ["tests/golden"],
    "clients": ["tests/clients"],
    "differential": ["tests/differential"],
    "faults": ["tests/faults"],
    "soak": ["tests/soak"],
}
SUITES = (*CTEST_SUITES, *PYTEST_SUITES)


def run_suite(name, keyword=None, programs=None):
    """One suite's Counts; None where it has no tests yet."""
    if name in CTEST_SUITES:
        return run_ctest(name, names=programs, gtest_filter=keyword)
    paths = [path for path in PYTEST_SUITES[name] if (ROOT / path).is_dir()]
    return run_pytest(name, paths, keyword) if paths else None


def plan_changed():
    """(suites, ctest programs) that the changed files touch."""
    paths = changes.changed()
    programs = changes.layer_tests(paths)
    product = any(path.startswith(("src/", "cmake/", "api/")) or path == "CMakeLists.txt" for path in paths)
    suites = list(CTEST_SUITES) if programs else []
    for name, folders in PYTEST_SUITES.items():
        own = any(path.startswith(tuple(folders)) or path.startswith("tests/support/") for path in paths)
        tools = name in ("lint", "tools") and any(path.startswith("tools/") for path in paths)
        if own or tools or (product and name in ("golden", "clients", "differential", "faults", "soak")):
            suites.append(name)
    return suites, programs or None


def plan(args):
    """(suites, keyword, ctest programs) for the command's arguments."""
    if take_flag(args, "--changed"):
        suites, programs = plan_changed()
        return suites, None, programs
    chosen = [name for name in args if name in SUITES]
    words = [name for name in args if name not in SUITES]
    if len(words) > 1:
        raise Failed(f"one filter at a time, besides suites ({', '.join(SUITES)})")
    return chosen or list(SUITES), words[0] if words else None, None


def run_suites(steps, suites, keyword=None, programs=None):
    """Runs SUITES as steps; their Counts together."""
    total = Counts()
    for name in suites:
        with steps.step(f"{name} tests") as row:
            counts = run_suite(name, keyword, programs)
            row["note"] = str(counts) if counts else "none yet"
            if counts:
                total.add(counts)
                row["result"] = "FAILED" if counts.failed else "ok"
    return total


def finish(steps, total):
    """The table, what was skipped and why, what failed, and the closing line."""
    steps.table()
    report_skips(total)
    for name in total.failures:
        log(f"failed: {name}")
    print(total)
    if total.failed or not total.passed:
        raise Failed("no test ran" if not total.failed else f"{total.failed} failed")


def test(args):
    """./dev test [SUITE...] [FILTER] [--changed]"""
    suites, keyword, programs = plan(args)
    if not suites:
        log("test: nothing that has tests has changed")
        return
    steps = Steps()
    with steps.step("set up"):
        build.setup([])
    with steps.step("build debug"):
        build.build()
    finish(steps, run_suites(steps, suites, keyword, programs))
