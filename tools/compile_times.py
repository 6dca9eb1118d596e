#!/usr/bin/env python3
"""compile_times.py BUILD_FOLDER [BUDGET_SECONDS]: the slowest files of the last builds, from .ninja_log.

Files that a compiler cache answered show the cache's time, and a busy machine makes all of them slow. Exits
with 1 when a file is over budget that tools/slow_files.txt does not name.
"""
import sys
from pathlib import Path

NAMED = Path(__file__).with_name("slow_files.txt")


def times(log):
    """The newest time in seconds of each compiled file."""
    found = {}
    for line in log.read_text().splitlines()[1:]:
        start, end, _, target, _ = line.split("\t")
        if target.endswith(".o"):
            found[target] = (int(end) - int(start)) / 1000
    return found


def source_of(target):
    """The source of an object: src/a/CMakeFiles/wherry_a.dir/b.cpp.o is src/a/b.cpp."""
    folder, _, inside = target.removesuffix(".o").partition("/CMakeFiles/")
    return f"{folder}/{inside.partition('/')[2]}"


def named(text):
    """The sources that may take longer, one at the start of each line, the reason behind it."""
    return {line.split()[0] for line in text.splitlines() if line and not line.startswith("#")}


def main(argv):
    if not argv:
        sys.exit(__doc__)
    budget = float(argv[1]) if len(argv) > 1 else None
    rows = sorted(times(Path(argv[0]) / ".ninja_log").items(), key=lambda row: -row[1])
    may = named(NAMED.read_text())
    over = 0
    for place, (target, seconds) in enumerate(rows):
        source = source_of(target)
        late = budget is not None and seconds > budget and source not in may
        over += late
        if place < 20 or late:
            print(f"{seconds:7.2f} s  {source}{'  named' if source in may else '  over budget' if late else ''}")
    print(f"{len(rows)} files, {sum(seconds for _, seconds in rows):.0f} compiler seconds"
          + (f", {over} over {budget:g} s" if budget is not None else ""))
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
