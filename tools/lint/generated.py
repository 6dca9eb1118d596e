"""Generated files are what their generator writes today."""
import subprocess
import sys

from tools.dev import coverage
from tools.lint.tree import Problem

TITLE = "generated files"
_GENERATOR = "tools/generate_api.py"


def check(tree):
    if not tree.root:
        return
    page = "docs/api-coverage.md"
    if page not in tree or tree.text(page) != coverage.page():
        yield Problem(page, 0, "is not up to date: ./dev api-coverage --write")
    done = subprocess.run([sys.executable, _GENERATOR, "--check"], cwd=tree.root, check=False,
                          capture_output=True, text=True)
    if done.returncode != 0:
        last = (done.stdout + done.stderr).strip().splitlines()[-1:] or ["no word why"]
        yield Problem(_GENERATOR, 0, f"--check: {last[0]}; run {_GENERATOR} and commit what it writes")


BAD = []  # the generator's own tests show that --check notices a difference
GOOD = [{"src/base/a.cpp": ""}]
