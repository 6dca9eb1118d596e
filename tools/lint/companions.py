"""Files that come in pairs: a README in each folder of src/, a manual page beside each command."""
from tools.lint.tree import CPP, Problem

TITLE = "missing README or manual page"
_NO_README = ("generated", "include", "include/wherry")
_COMMANDS = "src/bin/wherry/commands/"


def check(tree):
    folders = {path.rpartition("/")[0] for path in tree.paths(*CPP, under=("src",))}
    for folder in sorted(folders):
        inner = folder.endswith(tuple("/" + name for name in _NO_README + ("routes", "commands")))
        if not inner and folder + "/README.md" not in tree:
            yield Problem(folder, 0, "has no README.md: purpose, files, what to open for a change, what it may use")
    commands = {path[:-4] for path in tree.paths(".cpp") if path.startswith(_COMMANDS)}
    pages = {path[:-3] for path in tree.paths(".md") if path.startswith(_COMMANDS)} - {_COMMANDS + "README"}
    for name in sorted(commands - pages):
        yield Problem(name + ".cpp", 0, "has no manual page beside it (.md)")
    for name in sorted(pages - commands):
        yield Problem(name + ".md", 0, "is the manual page of no command")


BAD = [
    {"src/base/a.cpp": ""},
    {"src/bin/wherry/README.md": "", _COMMANDS + "run.cpp": ""},
    {_COMMANDS + "run.md": ""},
]
GOOD = [{"src/base/a.cpp": "", "src/base/README.md": "", "src/api/generated/a.hpp": "",
         _COMMANDS + "run.cpp": "", _COMMANDS + "run.md": ""}]
