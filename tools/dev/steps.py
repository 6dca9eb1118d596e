"""Steps with their times, and commands that are shown before they run."""
import contextlib
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "/usr/bin/python3"  # Debian's: the packages of the test group belong to it


class Failed(Exception):
    """What the user asked for did not succeed; the text says what."""


def log(text):
    print(f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text, flush=True)


def run(*command, check=True, env=None, cwd=ROOT, quiet=False, **options):
    """Shows and runs a command; returns its subprocess.CompletedProcess."""
    words = [str(word) for word in command]
    if not quiet:
        log("$ " + " ".join(shlex.quote(word) for word in words))
    done = subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})},
                          stdin=subprocess.DEVNULL, check=False, **options)
    if check and done.returncode != 0:
        raise Failed(f"{' '.join(words[:4])} … ended with {done.returncode}")
    return done


def output(*command, check=True, cwd=ROOT):
    """What a command prints; the command is not shown."""
    return run(*command, check=check, cwd=cwd, quiet=True, capture_output=True, text=True).stdout


def human(seconds):
    """Seconds as a person says them."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    return f"{int(seconds) // 60} min {int(seconds) % 60:02d} s"


class Steps:
    """Named steps in order, each with its time and a note, printed as a table at the end."""

    def __init__(self):
        self.rows = []
        self.began = time.monotonic()

    @contextlib.contextmanager
    def step(self, name):
        """Times what is done inside; `note` of the yielded row is shown beside it."""
        log(f"== {name}")
        row = {"name": name, "note": "", "result": "failed"}
        self.rows.append(row)
        began = time.monotonic()
        try:
            yield row
            row["result"] = row["result"] if row["result"] != "failed" else "ok"
        finally:
            row["seconds"] = time.monotonic() - began
            log(f"== {name}: {row['result']}, {human(row['seconds'])}")

    def table(self):
        """Prints one line a step and the whole time."""
        width = max([len(row["name"]) for row in self.rows] + [5])
        print()
        for row in self.rows:
            print(f"  {row['name']:{width}}  {human(row.get('seconds', 0)):>12}  "
                  f"{row['result']:8} {row['note']}")
        print(f"  {'all':{width}}  {human(time.monotonic() - self.began):>12}", flush=True)


def take_flag(args, flag):
    """Whether FLAG is in ARGS; it is taken out."""
    present = flag in args
    while flag in args:
        args.remove(flag)
    return present
