"""docs/api: a page for each version of the API, and one with the types."""
from tools.apigen.catalogue import cpp_name

FIRST, LAST = 24, 55
ENGINES = {24: "1.12", 25: "1.13", 26: "17.03", 27: "17.04", 28: "17.05", 29: "17.06 (beta)", 30: "17.06", 31: "17.07",
           32: "17.09", 33: "17.10", 34: "17.11", 35: "17.12", 36: "18.02", 37: "18.03", 38: "18.06", 39: "18.09",
           40: "19.03", 41: "20.10", 42: "23.0", 43: "24.0", 44: "25.0", 45: "26.0", 46: "27.0", 47: "27.2", 48: "28.0",
           49: "28.1", 50: "28.2", 51: "28.3", 52: "29.0", 53: "29.2", 54: "29.3", 55: "29.7"}
WARNING = "<!-- Written by tools/generate_api.py from src/api/catalogue; do not edit. -->"
NO_TYPE = {"": "", "empty": "", "binary": "bytes", "stream": "stream", "text": "text", "object": "JSON"}


def minor(version):
    return int(version.split(".")[1])


def there(entry, version):
    removed = entry.get("removed_in")
    return minor(entry["since"]) <= version and not (removed and minor(removed) <= version)


def code(words):
    return ", ".join(f"`{word}`" for word in words)


def answer(catalogue, operation):
    kinds = [kind for status, kind in operation["responses"].items() if status[0] in "12"]
    kind = kinds[0] if kinds else ""
    item = catalogue.streams.get(operation["operation"])
    if item:
        return f"stream of `{item}`"
    kind = NO_TYPE.get(kind, f"`{kind}`")
    return kind


def operation_table(catalogue, operations, version):
    lines = ["| request | query | body | answer |", "|---|---|---|---|"]
    for o in operations:
        query = code(q["name"] for q in o["query"] if there(q, version))
        body = o.get("body") or ""
        body = o.get("request_stream", "stream") if body == "stream" else body and f"`{body}`"
        lines.append(f"| `{o['method']} {o['path']}` | {query} | {body} | {answer(catalogue, o)} |")
    return lines


def differences(catalogue, version):
    """What the documents of this version list that the one before did not, and the other way."""
    lines = []

    def compare(entry, text):
        now, before = there(entry, version), there(entry, version - 1)
        if now != before:
            lines.append(f"- {'new' if now else 'gone'}: {text}")
    for o in catalogue.operations:
        compare(o, f"`{o['method']} {o['path']}`")
        if there(o, version) and there(o, version - 1):
            for q in o["query"]:
                compare(q, f"`{q['name']}` of `{o['method']} {o['path']}`")
    for name in catalogue.structs():
        entry = catalogue.types[name]
        if there(entry, version) and there(entry, version - 1):
            changed = {True: [], False: []}
            for field_name, field in entry["fields"].items():
                if there(field, version) != there(field, version - 1):
                    changed[there(field, version)].append(field_name)
            for new, names in changed.items():
                if names:
                    lines.append(f"- {'new' if new else 'gone'} in `{name}`: {code(names)}")
        else:
            compare(entry, f"type `{name}`")
    return lines


def version_page(catalogue, version):
    lines = [f"# API 1.{version}", "", WARNING, "",
             f"Docker Engine {ENGINES[version]}. Paths begin with `/v1.{version}`. "
             "What wherryd answers: [coverage](../api-coverage.md); types: [types](types.md).", ""]
    if version > FIRST:
        changes = differences(catalogue, version)
        lines += [f"## Against 1.{version - 1}", ""] + (changes or ["Nothing in the documents."]) + [""]
    for tag in dict.fromkeys(o["tag"] for o in catalogue.operations):
        operations = [o for o in catalogue.operations if o["tag"] == tag and there(o, version)]
        if operations:
            title = "In no document" if tag == "undocumented" else tag
            lines += [f"## {title}", ""] + operation_table(catalogue, operations, version) + [""]
    return "\n".join(lines)


def types_page(catalogue):
    lines = ["# Types", "", WARNING, "",
             "What requests and replies hold, with the versions whose documents list it; a type without versions is "
             "in all of them. An engine may know a field earlier than its documents do. In C++ the names are those of "
             "`src/api/generated`, in `wherry::api`.", ""]
    for name in sorted(catalogue.types):
        entry = catalogue.types[name]
        since = "" if entry["since"] == "1.24" else f", since {entry['since']}"
        gone = f", to before {entry['removed_in']}" if entry["removed_in"] else ""
        lines.append(f"## {name}")
        lines.append("")
        if entry["kind"] != "object":
            what = code(str(value) or '""' for value in entry.get("values", [])) or f"`{entry['type']}`"
            lines += [f"{entry['kind']}{since}{gone}: {what}", ""]
            continue
        more = "".join(f", with all of `{base}`" for base in entry.get("extends") or [])
        lines += [f"`{cpp_name(name)}`{since}{gone}{more}", "", "| field | type | versions |", "|---|---|---|"]
        for field_name, field in entry["fields"].items():
            span = f"{field['since']} to before {field['removed_in']}" if field["removed_in"] else (
                "" if field["since"] == "1.24" else f"{field['since']} on")
            lines.append(f"| `{field_name}` | `{catalogue.kind(name, field_name, field)}` | {span} |")
        lines.append("")
    return "\n".join(lines)


def index_page():
    lines = ["# The API, version by version", "", WARNING, "",
             "What the engine does differently on each version: [api-versions](../api-versions.md).", "",
             "| API | Docker Engine |", "|---|---|"]
    lines += [f"| [1.{v}](v1.{v}.md) | {ENGINES[v]} |" for v in range(LAST, FIRST - 1, -1)]
    return "\n".join(lines + ["", "[All types](types.md)", ""])


def files(catalogue):
    out = {f"v1.{v}.md": version_page(catalogue, v) for v in range(FIRST, LAST + 1)}
    out["README.md"] = index_page()
    out["types.md"] = types_page(catalogue)
    return out
