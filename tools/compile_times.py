#!/usr/bin/env python3
"""compile_times.py BUILD_FOLDER [BUDGET_SECONDS]: the slowest files of the last builds, from .ninja_log.

Files that a compiler cache answered show the cache's time. Exits with 1 when a file is over budget.
"""
import sys
from pathlib import Path


def times(log):
    """The newest time in seconds of each compiled file."""
    found = {}
    for line in log.read_text().splitlines()[1:]:
        start, end, _, target, _ = line.split("\t")
        if target.endswith(".o"):
            found[target] = (int(end) - int(start)) / 1000
    return found


def main(argv):
    if not argv:
        sys.exit(__doc__)
    budget = float(argv[1]) if len(argv) > 1 else None
    rows = sorted(times(Path(argv[0]) / ".ninja_log").items(), key=lambda row: -row[1])
    for target, seconds in rows[:20]:
        print(f"{seconds:7.2f} s  {target.replace('CMakeFiles/', '')}")
    print(f"{len(rows)} files, {sum(seconds for _, seconds in rows):.0f} compiler seconds")
    return int(budget is not None and bool(rows) and rows[0][1] > budget)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
