"""./dev new route|command NAME: the files that belong together, ready to be filled in."""
import re

from tools.dev.steps import ROOT, Failed

ROUTE_HPP = """// {name}: what it answers.
#pragma once

#include "server/route.hpp"

namespace wherry::server {{

[[nodiscard]] Task<Result<http::Response>> {name}(Call& call);

}}  // namespace wherry::server
"""
ROUTE_CPP = """#include "server/routes/{name}.hpp"

#include "server/reply.hpp"

namespace wherry::server {{

Task<Result<http::Response>> {name}(Call& call) {{
    co_return co_await not_built(call);
}}

}}  // namespace wherry::server
"""
GOLDEN = """### {name} of nothing
> GET /v1.41/{name} HTTP/1.1
"""
PAGE = """# wherry {name}

One line that says what it does.

## Usage

    wherry {name} [OPTIONS]

## Exit status

0, or 1 where the engine refused.
"""
TABLE = "src/server/route_table.cpp"


def write_new(path, text):
    """Writes a file that must not be there yet."""
    place = ROOT / path
    if place.exists():
        raise Failed(f"{path} is there already")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    print(f"wrote {path}")


def new_route(name):
    """Handler, golden transcript, and the line of the route table."""
    write_new(f"src/server/routes/{name}.hpp", ROUTE_HPP.format(name=name))
    write_new(f"src/server/routes/{name}.cpp", ROUTE_CPP.format(name=name))
    write_new(f"tests/golden/api/{name}.http", GOLDEN.format(name=name))
    operation = "".join(word.capitalize() for word in name.split("_"))
    table = ROOT / TABLE
    text = table.read_text()
    text = text.replace('#include "server/route', f'#include "server/routes/{name}.hpp"\n#include "server/route', 1)
    text = text.replace("\n};\n", f'\n    {{"GET", "/{name}", "{operation}", {name}}},\n}};\n', 1)
    table.write_text(text)
    print(f"changed {TABLE}: put the line where it belongs\n"
          "next: answer in the handler, then WHERRY_ACCEPT=1 ./dev test golden and look at the difference")


def new_command(name):
    """A verb of the command and its manual page; the newest verb is the pattern for its code."""
    folder = "src/bin/wherry/commands"
    pattern = ROOT / folder / "version.cpp"
    if not pattern.exists():
        raise Failed(f"there is no {folder}/version.cpp to start from")
    write_new(f"{folder}/{name}.cpp", re.sub(r"\bversion\b", name, pattern.read_text()))
    write_new(f"{folder}/{name}.md", PAGE.format(name=name))
    print(f"next: rewrite {folder}/{name}.cpp (it is a copy of version.cpp) and name the verb in the command's table")


def new(args):
    """./dev new route|command NAME"""
    kinds = {"route": new_route, "command": new_command}
    if len(args) != 2 or args[0] not in kinds or not re.fullmatch(r"[a-z][a-z0-9_]*", args[1]):
        raise Failed("usage: ./dev new route|command NAME (lower case, with underscores)")
    kinds[args[0]](args[1])
