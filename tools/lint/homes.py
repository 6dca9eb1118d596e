"""Asio, Beast and the JSON library are named in their own folders alone."""
import re

from tools.lint.cpp import line_of
from tools.lint.tree import CPP, Problem

TITLE = "libraries outside their folders"
# header prefix -> (where it may be included, what to use elsewhere)
HOMES = {
    "boost/beast": (re.compile(r"src/net/(?:http/\w+|boost)\.cpp"), "net/http/message.hpp"),
    "boost/asio": (re.compile(r"src/net/.*|src/sdk/include/wherry/async\w*\.hpp|src/embed/.*|examples/.*"), "net/async"),
    "boost/json": (re.compile(r"src/codec/json/.*"), "codec/json"),
    "archive": (re.compile(r"src/codec/archive/.*"), "codec/archive"),
    "sqlite3": (re.compile(r"src/engine/store/.*"), "engine/store"),
    "spdlog": (re.compile(r"src/bin/wherryd/.*"), "base/log"),
    "CLI/": (re.compile(r"src/bin/.*"), "a struct of options"),
}


def check(tree):
    for path in tree.paths(*CPP, under=("src", "examples")):
        for match in re.finditer(r"^[ \t]*#[ \t]*include[ \t]*<([^>]+)>", tree.text(path), re.M):
            for prefix, (home, instead) in HOMES.items():
                named = re.match(re.escape(prefix) + r"(?=[/.]|(?<=/))", match[1])
                if named and not home.fullmatch(path):
                    yield Problem(path, line_of(tree.text(path), match.start()),
                                  f"<{match[1]}> is not included here: use {instead}")


BAD = [
    {"src/server/a.cpp": "#include <boost/asio/awaitable.hpp>\n"},
    {"src/net/http/a.hpp": "#include <boost/beast/http.hpp>\n"},
    {"src/api/a.cpp": "#include <boost/json.hpp>\n"},
    {"src/engine/images/a.cpp": "#include <sqlite3.h>\n"},
    {"src/engine/images/a.cpp": "#include <archive_entry.h>\n#include <archive.h>\n"},
    {"src/bin/wherryd/../a.cpp": "#include <spdlog/spdlog.h>\n", "src/base/a.cpp": "#include <CLI/CLI.hpp>\n"},
]
GOOD = [
    {"src/net/async/task.hpp": "#include <boost/asio/awaitable.hpp>\n", "src/codec/json/a.cpp": "#include <boost/json.hpp>\n"},
    {"src/sdk/include/wherry/async.hpp": "#include <boost/asio/awaitable.hpp>\n", "src/base/a.cpp": "#include <string>\n"},
]
