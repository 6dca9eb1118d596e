"""lint, fmt, tidy and the sanitizer runs."""
import re
import shutil
import subprocess

from tools.dev import build, changes
from tools.dev.steps import PYTHON, ROOT, Failed, Steps, log, run, take_flag
from tools.dev.suites import Counts, run_ctest

TIDY = "clang-tidy-19"


def lint(args):
    """The repository's own rules."""
    run(PYTHON, "-m", "tools.lint", *args)


def cpp_files():
    """All C++ files that git knows or would take."""
    return [path for path in changes.tracked() if path.endswith((".cpp", ".hpp")) and "/generated/" not in path]


def fmt(_):
    """Formats every C++ file."""
    files = cpp_files()
    run("clang-format-19", "-i", *files, quiet=True)
    print(f"formatted {len(files)} files")


def own_sources(database, root=ROOT):
    """The sources in the text of a compilation database that ROOT holds, as paths from it; not what a build made."""
    paths = [path.removeprefix(f"{root}/") for path in re.findall(r'"file": "([^"]+)"', database)]
    return [path for path in paths if not path.startswith(("/", "build/"))]


def compiled_sources(preset=build.DEFAULT):
    """What PRESET compiles of the repository's own sources."""
    return own_sources((build.build_folder(preset) / "compile_commands.json").read_text())


def findings(lines):
    """The lines of clang-tidy that say what it found, each once, in order."""
    return list(dict.fromkeys(line for line in lines if re.search(r": (error|warning): ", line)))


def tidy_files(files):
    """clang-tidy over FILES, as many at once as there are cores; fails on any finding, and says all of them last."""
    if not files:
        log("tidy: no source file to look at")
        return
    runner = shutil.which("run-clang-tidy-19") or "run-clang-tidy-19"
    patterns = [f"^{re.escape(str(ROOT / path))}$" for path in files]
    log(f"tidy: {len(files)} files")
    words = [runner, "-quiet", "-clang-tidy-binary", TIDY, "-p", str(build.build_folder()), "-j", str(build.jobs()),
             *patterns]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace") as running:
        lines = []
        for line in map(str.rstrip, running.stdout):
            if line and not line.endswith("warnings generated."):
                print(line, flush=True)
            lines.append(line)
    if running.returncode != 0:
        found = findings(lines)
        log("\n".join(found))
        raise Failed(f"clang-tidy ended with {running.returncode}: {len(found)} findings")


def tidy(args):
    """./dev tidy [--changed] [FILE...]"""
    changed = take_flag(args, "--changed")
    steps = Steps()
    with steps.step("build debug"):  # generated headers and the compilation database
        build.build()
    sources = compiled_sources()
    if args:
        chosen = [path for path in sources if path in args]
    else:
        chosen = changes.affected_sources(sources) if changed else sources
    with steps.step("clang-tidy") as row:
        tidy_files(sorted(chosen))
        row["note"] = f"{len(chosen)} files"
    steps.table()


def sanitized(preset, args, pattern=None, labels=("unit",)):
    """Builds PRESET and runs its tests with LABELS, those that match where a filter is given."""
    steps = Steps()
    with steps.step(f"build {preset}"):
        build.build(preset)
    total = Counts()
    for label in labels:
        with steps.step(f"{label} tests, {preset}") as row:
            counts = run_ctest(label, preset, names=pattern, gtest_filter=args[0] if args else None)
            row["note"] = str(counts)
            total.add(counts)
    steps.table()
    print(total)
    if total.failed or not total.passed:
        raise Failed(f"{preset}: {total}")


def asan(args):
    """The unit and system tests under AddressSanitizer and UndefinedBehaviorSanitizer."""
    sanitized("asan", args, labels=("unit", "system"))


def tsan(args):
    """The unit tests of what has threads under ThreadSanitizer."""
    sanitized("tsan", args, pattern="unit_(net_async|net_http|engine_store)")


def fuzz(args):
    """./dev fuzz NAME [SECONDS]: one fuzzer, with its corpus beside it."""
    names = sorted(path.stem for path in (ROOT / "tests/fuzz").glob("*.cpp"))
    if not args or args[0] not in names:
        raise Failed(f"usage: ./dev fuzz NAME [SECONDS]; there are: {', '.join(names) or 'none yet'}")
    seconds = args[1] if len(args) > 1 else "60"
    build.build("asan", [f"fuzz_{args[0]}"])
    corpus = ROOT / "build/fuzz" / args[0]
    corpus.mkdir(parents=True, exist_ok=True)
    seeds = ROOT / "tests/fuzz/corpus" / args[0]
    run(build.build_folder("asan") / "bin" / f"fuzz_{args[0]}", f"-max_total_time={seconds}", corpus,
        *([seeds] if seeds.is_dir() else []), stdout=None)
