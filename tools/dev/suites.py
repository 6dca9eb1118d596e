"""Runs ctest and pytest and counts what they did."""
import json
import shutil
import xml.etree.ElementTree as xml
from dataclasses import dataclass, field

from tools.dev import build
from tools.dev.steps import PYTHON, ROOT, log, run


@dataclass
class Counts:
    """How many cases passed, failed and were skipped, and why they were skipped."""
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    reasons: list = field(default_factory=list)
    failures: list = field(default_factory=list)

    def add(self, other):
        """Adds OTHER's cases to these."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.reasons += other.reasons
        self.failures += other.failures

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def results_folder(name):
    """An empty folder for the results of one run."""
    folder = ROOT / "build" / "results" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _gtest_cases(report, counts):
    """Adds the cases of one GoogleTest report; how many of them failed."""
    before = counts.failed
    for suite in json.loads(report.read_text()).get("testsuites", []):
        for case in suite["testsuite"]:
            name = f"{suite['name']}.{case['name']}"
            if case.get("status") == "NOTRUN":  # another filter
                continue
            if case.get("failures"):
                counts.failed += 1
                counts.failures.append(name)
            elif case.get("result") == "SKIPPED":
                counts.skipped += 1
                text = " ".join(part.get("message", "") for part in case.get("skipped", []))
                counts.reasons.append((name, text.strip() or "it says why in its output"))
            else:
                counts.passed += 1
    return counts.failed - before


def _junit_cases(report, counts, programs=None):
    """Adds the cases of a JUnit report.

    PROGRAMS gives the failed cases of programs whose own reports are counted already: such a program
    counts here only if it ended badly although none of its cases failed (a crash, a sanitizer).
    """
    programs = programs or {}
    for case in xml.parse(report).getroot().iter("testcase"):
        name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        short = case.get("name")
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None or case.get("status") == "fail":
            if not programs.get(short):
                counts.failed += 1
                counts.failures.append(name)
        elif skipped is not None or case.get("status") in ("notrun", "disabled"):
            if short not in programs:
                counts.skipped += 1
                counts.reasons.append((name, skipped.get("message", "") if skipped is not None else "not run"))
        elif short not in programs:
            counts.passed += 1


def run_ctest(label, preset=build.DEFAULT, names=None, gtest_filter=None):
    """Runs the ctest programs with LABEL, those whose name matches, and counts GoogleTest's cases."""
    folder = results_folder(f"{preset}-{label}")
    env = {"GTEST_OUTPUT": f"json:{folder}/"}
    if gtest_filter:
        env["GTEST_FILTER"] = gtest_filter if "*" in gtest_filter else f"*{gtest_filter}*"
    run("ctest", "--test-dir", build.build_folder(preset), "-L", f"^{label}$", *(["-R", names] if names else []),
        "-j", build.jobs(), "--output-on-failure", "--no-tests=ignore", "--output-junit", folder / "ctest.xml",
        check=False, env=env)
    counts = Counts()
    programs = {report.stem: _gtest_cases(report, counts) for report in folder.glob("*.json")}
    if (folder / "ctest.xml").exists():
        _junit_cases(folder / "ctest.xml", counts, programs)
    return counts


def run_pytest(name, paths, keyword=None, env=None):
    """Runs pytest over PATHS and counts its cases."""
    report = results_folder(name) / "pytest.xml"
    done = run(PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--durations=5", "--durations-min=1",
               f"--junit-xml={report}", *(["-k", keyword] if keyword else []), *paths,
               check=False, env={"PYTHONDONTWRITEBYTECODE": "1", **(env or {})})
    counts = Counts()
    if report.exists():
        _junit_cases(report, counts)
    if done.returncode not in (0, 1, 5) or (done.returncode == 1 and not counts.failed):
        counts.failed += 1
        counts.failures.append(f"{name}: pytest ended with {done.returncode}")
    return counts


def report_skips(counts):
    """Says once for each reason how many cases it kept from running."""
    reasons = {}
    for name, reason in counts.reasons:
        reasons.setdefault(reason or "no reason given", []).append(name)
    for reason, names in sorted(reasons.items()):
        log(f"skipped {len(names)}: {reason} ({names[0]}{' …' if len(names) > 1 else ''})")
