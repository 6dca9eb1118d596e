"""One run by step: what wherryd and its monitors wrote into the file that WHERRY_TRACE names."""
import statistics
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Step:
    """A step of a run: when it began (milliseconds from the run's first step) and how long it took."""
    name: str
    began: list = field(default_factory=list)
    took: list = field(default_factory=list)


def read(path):
    """{container: [(began, ended, step)]}, nanoseconds."""
    runs = {}
    for line in Path(path).read_text().splitlines():
        began, ended, _, container, step = line.split()
        runs.setdefault(container, []).append((int(began), int(ended), step))
    return runs


def steps(runs):
    """The steps over all RUNS, in the order of their beginnings."""
    found = {}
    for spans in runs.values():
        first = min(began for began, _, _ in spans)
        for began, ended, name in spans:
            step = found.setdefault(name, Step(name))
            step.began.append((began - first) / 1e6)
            step.took.append((ended - began) / 1e6)
    return sorted(found.values(), key=lambda step: statistics.median(step.began))


def table(runs, warm_up=2):
    """A Markdown table of medians; the first runs are not counted."""
    ordered = sorted(runs.items(), key=lambda run: min(span[0] for span in run[1]))
    counted = dict(ordered[warm_up:])
    lines = ["| step | begins at (ms) | takes (ms) |", "|---|--:|--:|"]
    for step in steps(counted):
        lines.append(f"| {step.name} | {statistics.median(step.began):.2f} | {statistics.median(step.took):.2f} |")
    return "\n".join(lines)
