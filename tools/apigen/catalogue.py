"""The API catalogue: every operation, parameter, type and field, and the marks made by hand.

marks.json says what the API's documents do not. "fields" maps TYPE.FIELD (or a pattern with *; the
longest that matches counts, an exact name before all) to words:

    optional   the member may be absent where that differs from zero (a pattern: structs only)
    plain      it may not, though the documents call it nullable
    omit       an empty one is left out        null, write   it is written as null, as [] {} 0 ""
    text_or_list   a single text may stand for the list
    skip       it has no member                type=T        its type is another

"added" holds fields that no document lists, "enums" names for the constants of a field, "streams"
the type of the items in a stream, "left_out" types that only describe what another type holds.
"""
import fnmatch
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "src/api/catalogue"
KEYWORDS = {"auto", "case", "default", "delete", "export", "false", "for", "new", "operator", "private",
            "protected", "public", "register", "static", "switch", "template", "this", "true", "union", "using"}
SCALARS = {
    "string": "std::string", "boolean": "bool", "integer": "std::int64_t", "number": "double",
    "integer:int64": "std::int64_t", "integer:int": "std::int64_t", "integer:uint64": "std::uint64_t",
    "integer:uint32": "std::uint32_t", "integer:uint16": "std::uint16_t",
}
STYLES = {"omit", "null", "write"}
PLURALS = (("IPv4", "Ipv4"), ("IPv6", "Ipv6"), ("IDs", "Ids"), ("IPs", "Ips"), ("URLs", "Urls"), ("CIDRs", "Cidrs"),
           ("IOps", "Iops"), ("OSType", "OsType"), ("SELinux", "Selinux"), ("CACert", "CaCert"))


def cpp_name(name):
    return "".join(part[0].upper() + part[1:] for part in name.split("."))


def snake(name):
    """HostConfig: host_config; IPAMConfig: ipam_config; EnableIPv6: enable_ipv6."""
    for plural, word in PLURALS:
        name = name.replace(plural, word)
    name = re.sub(r"[^A-Za-z0-9]+", "_", name)
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return name + "_" if name in KEYWORDS else name


def item_of(kind):
    """The type inside lists and maps."""
    while True:
        if kind.endswith("[]"):
            kind = kind[:-2]
        elif match := re.fullmatch(r"map<string,(.*)>", kind):
            kind = match[1]
        else:
            return kind


def load(name):
    return json.loads((FOLDER / name).read_text())


def load_operations():
    return load("operations.json")


class Catalogue:
    def __init__(self):
        self.types = load("types.json")
        self.operations = load_operations()
        marks = load("marks.json")
        self.enums = marks["enums"]
        self.streams = marks["streams"]
        for owner, fields in marks["added"].items():
            self.types[owner]["fields"].update(fields)
        for name in marks["left_out"]:
            del self.types[name]
        self.exact, self.patterns = {}, {}
        for key, words in marks["fields"].items():
            (self.patterns if "*" in key else self.exact)[key] = words.split()
        self.check_marks()
        self.hidden = self.twins()

    def structs(self):
        return [name for name, entry in self.types.items() if entry["kind"] == "object"]

    def check_marks(self):
        known = {f"{owner}.{name}" for owner in self.structs() for name in self.types[owner]["fields"]}
        wrong = [key for key in self.exact if key not in known]
        wrong += [key for key in self.patterns if not fnmatch.filter(known, key)]
        if wrong:
            raise SystemExit(f"marks.json names fields that are not there: {', '.join(sorted(wrong))}")

    def words(self, owner, name):
        """The marks of a field, and whether they were made for it alone."""
        key = f"{owner}.{name}"
        if key in self.exact:
            return self.exact[key], True
        found = [pattern for pattern in self.patterns if fnmatch.fnmatchcase(key, pattern)]
        return (self.patterns[max(found, key=len)] if found else []), False

    def twins(self):
        """Old members whose names differ from a newer one's only in case: decoding takes either."""
        found = set()
        for owner in self.structs():
            names = {}
            for name, field in self.types[owner]["fields"].items():
                names.setdefault(snake(name), []).append((field["removed_in"] is not None, name))
            for same in names.values():
                found.update(f"{owner}.{name}" for _, name in sorted(same)[1:])
        return found

    def fields(self, owner):
        """(JSON name, entry) of the fields that become members."""
        for name, field in self.types[owner]["fields"].items():
            if "skip" not in self.words(owner, name)[0] and f"{owner}.{name}" not in self.hidden:
                yield name, field

    def kind(self, owner, name, field):
        for word in self.words(owner, name)[0]:
            if word.startswith("type="):
                return word[5:]
        return field["type"]

    def resolve(self, kind):
        """Enums are open strings or numbers; named arrays and maps stand for what they are."""
        entry = self.types.get(kind)
        return entry["type"] if entry and entry["kind"] in ("enum", "array", "map") else kind

    def cpp(self, kind):
        kind = self.resolve(kind)
        if kind.endswith("[]"):
            return f"List<{self.cpp(kind[:-2])}>"
        if match := re.fullmatch(r"map<string,(.*)>", kind):
            return f"Map<{self.cpp(match[1])}>"
        if kind in SCALARS:
            return SCALARS[kind]
        if kind.startswith("string:"):
            return "std::string"
        return "json::Value" if kind in ("object", "any") else cpp_name(kind)

    def struct_in(self, kind):
        """The struct inside a type; None where there is none."""
        while (inner := self.resolve(item_of(self.resolve(kind)))) != kind:
            kind = inner
        return kind if kind in self.types else None

    def uses(self, owner):
        found = set(self.types[owner].get("extends") or [])
        for name, field in self.fields(owner):
            found.add(self.struct_in(self.kind(owner, name, field)))
        return found - {None, owner}

    def member(self, owner, name, field):
        """(C++ type, style, whether a text may stand for the list)"""
        words, alone = self.words(owner, name)
        cpp = self.cpp(self.kind(owner, name, field))
        listed = cpp.startswith(("List<", "Map<"))
        struct = not listed and cpp not in SCALARS.values() and cpp != "json::Value"
        scalar = cpp in SCALARS.values() and cpp != "std::string"
        marked = "optional" in words and (alone or struct)
        nullable = field["nullable"] and "plain" not in words
        if (marked or nullable) and (scalar or struct):
            cpp = f"std::optional<{cpp}>"
        style = next((word for word in words if word in STYLES), None)
        if style is None and (field.get("omitempty") or field["removed_in"]):
            style = "omit"  # an old member is written only by who sets it
        if style is None:
            can_be_null = listed or cpp.startswith("std::optional") or cpp == "json::Value"
            style = "null" if can_be_null else "write"
        return cpp, style, "text_or_list" in words


def reachable(catalogue, roots):
    seen, todo = set(), list(roots)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += catalogue.uses(name)
    return seen


def named_types(catalogue, operation):
    """The structs that an operation sends or answers with."""
    names = [operation.get("body") or "", catalogue.streams.get(operation["operation"], "")]
    for name in names + list(operation["responses"].values()):
        if struct := catalogue.struct_in(name):
            yield struct


def groups(catalogue):
    """Tag to types; what several tags reach, and what none does, is common."""
    owner = {}
    for operation in catalogue.operations:
        tag = operation["tag"].lower()
        for name in reachable(catalogue, named_types(catalogue, operation)):
            owner[name] = tag if owner.get(name, tag) == tag else "common"
    shared = reachable(catalogue, [name for name in catalogue.structs() if owner.get(name, "common") == "common"])
    out = {}
    for name in catalogue.structs():
        out.setdefault("common" if name in shared else owner[name], []).append(name)
    return out


def ordered(catalogue, names):
    """Each struct behind those it holds."""
    out, seen = [], set()

    def visit(name):
        if name not in seen and name in names:
            seen.add(name)
            for used in sorted(catalogue.uses(name)):
                visit(used)
            out.append(name)
    for name in names:
        visit(name)
    return out
