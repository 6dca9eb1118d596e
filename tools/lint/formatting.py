"""Files end with one newline and have no trailing spaces or tabs; C++ is as clang-format-19 writes it."""
import re
import shutil
import subprocess

from tools.lint.cpp import line_of
from tools.lint.tree import CPP, Problem, is_generated

TITLE = "formatting"
_TEXT = CPP + (".py", ".sh", ".cmake", ".md", ".txt", ".yml", ".json", ".toml")
_EXACT = ("tests/golden/", "tests/clients/locks/")  # compared or hashed byte for byte
_FORMATTER = "clang-format-19"


def _text_problems(tree):
    for path in tree.paths(*_TEXT):
        if path.startswith(_EXACT):
            continue
        text = tree.text(path)
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield Problem(path, 0, "must end with exactly one newline")
        for match in re.finditer(r"[ \t]+$|\r$", text, re.M):
            yield Problem(path, line_of(text, match.start()), "trailing white space")
        if path.endswith(CPP + (".py", ".json")) and "\t" in text:
            yield Problem(path, line_of(text, text.index("\t")), "a tab: indent with spaces")


def _formatter_problems(tree):
    if not shutil.which(_FORMATTER):
        yield Problem(".clang-format", 0, f"{_FORMATTER} is not installed (./dev setup)")
        return
    paths = [path for path in tree.paths(*CPP) if not is_generated(path)]
    halves = [paths[0::2], paths[1::2]]
    runs = [subprocess.Popen([_FORMATTER, "--dry-run", *half], cwd=tree.root, text=True,
                             stderr=subprocess.PIPE) for half in halves if half]
    for process in runs:
        for match in re.finditer(r"^(.+?):(\d+):\d+: warning: code should be", process.communicate()[1], re.M):
            yield Problem(match[1], int(match[2]), "is not formatted: ./dev fmt")


def check(tree):
    yield from _text_problems(tree)
    if tree.root:
        yield from _formatter_problems(tree)


BAD = [{"a.md": "text"}, {"a.md": "text\n\n"}, {"a.py": "a \n"}, {"a.cpp": "\tint a;\n"}, {"a.sh": "a\r\n"}]
GOOD = [{"a.md": "text\n"}, {"a.cpp": ""}, {"tests/golden/api/a.http": "x \r\n\r\n"}]
