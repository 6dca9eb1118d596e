"""python3 -m tools.lint [RULE...]: all rules over the repository, or those named."""
import importlib
import sys
import time
from pathlib import Path

from tools.lint.tree import Tree

RULES = ("layers", "size", "banned", "coroutines", "homes", "companions", "formatting", "generated")


def rule(name):
    """The module of a rule."""
    return importlib.import_module("tools.lint." + name)


def main(names):
    unknown = [name for name in names if name not in RULES]
    if unknown:
        sys.exit(f"lint: there is no rule {unknown[0]!r}; there are {', '.join(RULES)}")
    tree = Tree.of_repository(Path(__file__).resolve().parents[2])
    count = 0
    for name in names or RULES:
        began = time.monotonic()
        problems = list(rule(name).check(tree))
        for problem in problems:
            print(f"{problem}  [{name}]")
        count += len(problems)
        print(f"lint: {rule(name).TITLE}: {len(problems) or 'nothing'} found, {time.monotonic() - began:.1f} s")
    return int(count > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
