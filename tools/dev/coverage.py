"""./dev api-coverage [--write]: which operations are served, from the route table and the catalogue."""
import json
import re

from tools.dev.steps import ROOT, Failed, take_flag

PAGE = ROOT / "docs/api-coverage.md"
_ROUTE = re.compile(r'\{"(\w+)", "([^"]+)", "(\w+)", (\w+)(?:, "[\d.]+")?\}')
ANSWERS = {"not_built": "501: not built yet", "swarm_inactive": "503: this node is in no swarm",
           "swarm_leave": "503: this node is in no swarm"}


def routes():
    """(method, path, operation, handler) of each line of the route table."""
    return _ROUTE.findall((ROOT / "src/server/route_table.cpp").read_text())


def page():
    """docs/api-coverage.md as it should be."""
    catalogue = {entry["operation"]: entry for entry in json.loads((ROOT / "src/api/catalogue/operations.json").read_text())}
    table = routes()
    served = [route for route in table if route[3] not in ANSWERS]
    lines = ["# API coverage", "",
             "Written by `./dev api-coverage --write` from the route table and the catalogue; do not edit.", "",
             f"{len({route[2] for route in served})} of {len({route[2] for route in table})} operations are served. "
             "The others answer as the table says. What the test suites of two client libraries make of it: [conformance](conformance.md).", "",
             "| operation | request | since | answer |", "|---|---|---|---|"]
    for method, path, operation, handler in table:
        since = catalogue.get(operation, {}).get("since", "")
        lines.append(f"| {operation} | `{method} {path}` | {since} | {ANSWERS.get(handler, 'served')} |")
    missing = sorted(set(catalogue) - {route[2] for route in table})
    if missing:
        lines += ["", "Without a route (404): " + ", ".join(missing) + "."]
    lines += ["", "Of ContainerCreate, the log driver syslog with an address of `tcp+tls://` answers 501: not built yet."]
    return "\n".join(lines) + "\n"


def api_coverage(args):
    """Prints what is not served; with --write writes the page."""
    if take_flag(args, "--write"):
        PAGE.write_text(page())
        print(f"wrote {PAGE.relative_to(ROOT)}")
    elif not PAGE.exists() or PAGE.read_text() != page():
        raise Failed("docs/api-coverage.md is not up to date: ./dev api-coverage --write")
    for method, path, operation, handler in routes():
        if handler in ANSWERS:
            print(f"{operation:28} {method:6} {path:40} {ANSWERS[handler]}")
