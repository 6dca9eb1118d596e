"""Generated files are what their generator writes today."""
import subprocess
import sys

from tools.dev import coverage
from tools.lint.tree import Problem

TITLE = "generated files"
_GENERATORS = ("tools/generate_api.py", "tools/generate_sdk.py")


def check(tree):
    for generator in _GENERATORS:
        if not tree.root or generator not in tree:
            continue
        done = subprocess.run([sys.executable, generator, "--check"], cwd=tree.root, check=False,
                              capture_output=True, text=True)
        if done.returncode != 0:
            last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no word why"]
            yield Problem(generator, 0, f"--check: {last[0]}; run {generator} and commit what it writes")


BAD = []  # the generator's own tests show that --check notices a difference
GOOD = [{"src/base/a.cpp": ""}]
