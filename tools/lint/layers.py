"""A file includes only what src/LAYERS lets its folder use."""
import re

from tools.lint.cpp import line_of
from tools.lint.tree import CPP, Problem

TITLE = "includes against src/LAYERS"
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.M)


def read_layers(text):
    """Each layer with everything it may use, directly or through what it uses."""
    closed = {}
    for match in re.finditer(r"^([a-z][a-z/]*):[ ]*(.*)$", text, re.M):
        direct = match[2].split()
        closed[match[1]] = set(direct).union(*(closed.get(name, set()) for name in direct))
    return closed


def layer_of(path, layers):
    """The layer a path below src/ belongs to, or None."""
    found = [name for name in layers if path.startswith(name + "/")]
    return max(found, key=len, default="sdk" if path.startswith("wherry/") else None)


def check(tree):
    layers = read_layers(tree.text("src/LAYERS"))
    for path in tree.paths(*CPP, under=("src",)):
        own = layer_of(path.removeprefix("src/"), layers)
        if own is None:
            yield Problem(path, 0, "its folder is not in src/LAYERS")
            continue
        for match in _INCLUDE.finditer(tree.text(path)):
            line = line_of(tree.text(path), match.start())
            used = layer_of(match[1], layers)
            if used is None:
                yield Problem(path, line, f'"{match[1]}" is not a path from src/ (or a layer of src/LAYERS)')
            elif used != own and used not in layers[own]:
                yield Problem(path, line, f"{own} may not use {used} (src/LAYERS)")


_LAYERS = "base:\nos: base\nnet/http: os\nmonitor: base os\n"
BAD = [
    {"src/LAYERS": _LAYERS, "src/base/a.hpp": '#include "os/file.hpp"\n'},
    {"src/LAYERS": _LAYERS, "src/monitor/a.cpp": '#include "net/http/message.hpp"\n'},
    {"src/LAYERS": _LAYERS, "src/os/a.cpp": '#include "file.hpp"\n'},
    {"src/LAYERS": _LAYERS, "src/other/a.cpp": "\n"},
]
GOOD = [{"src/LAYERS": _LAYERS,
         "src/net/http/a.cpp": '#include "net/http/a.hpp"\n#include "base/text.hpp"\n#include <string>\n'}]
