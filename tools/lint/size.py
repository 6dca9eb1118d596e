"""Files of at most 400 lines (600 with a reason in long_files.txt), functions of at most 70."""
import re

from tools.lint.cpp import blanked, closing, line_of, statement_start
from tools.lint.tree import CPP, Problem, is_generated

TITLE = "length of files and functions"
LONG_FILES = "tools/lint/long_files.txt"
FILE_SOFT, FILE_HARD, FUNCTION_MAX = 400, 600, 70
_NOT_FUNCTION = re.compile(
    r"^(?:namespace|class|struct|union|enum|extern|if|else|for|while|switch|do|try|catch|return|case"
    r"|default|constexpr\s+if)\b")


def functions(text):
    """(name's line, length in lines) of what looks like a function body in blanked TEXT."""
    for match in re.finditer(r"\{", text):
        head = text[statement_start(text, match.start()):match.start()].strip()
        if "(" not in head or _NOT_FUNCTION.match(head) or "=" == head[-1:]:
            continue
        if not re.search(r"\)[\w\s:&*<>,\->]*$", head):
            continue
        first = line_of(text, match.start())
        yield first, line_of(text, closing(text, match.start())) - first + 1


def excused(tree):
    """The paths that long_files.txt names, each with its reason."""
    if LONG_FILES not in tree:
        return {}
    lines = [line for line in tree.text(LONG_FILES).splitlines() if line and line[0] != "#"]
    return dict((line.split(None, 1) + [""])[:2] for line in lines)


def check(tree):
    reasons = excused(tree)
    for path in tree.paths(*CPP, ".py", ".sh", ".cmake"):
        if is_generated(path):
            continue
        lines = tree.text(path).count("\n")
        if lines > FILE_HARD:
            yield Problem(path, 0, f"{lines} lines; {FILE_HARD} is the most a file may have")
        elif lines > FILE_SOFT and not reasons.get(path):
            yield Problem(path, 0, f"{lines} lines; over {FILE_SOFT} needs a line with the reason in {LONG_FILES}")
        if path.endswith(CPP):
            for line, length in functions(blanked(tree.text(path))):
                if length > FUNCTION_MAX:
                    yield Problem(path, line, f"a function of {length} lines; {FUNCTION_MAX} is the most")
    for path in reasons:
        if path not in tree:
            yield Problem(LONG_FILES, 0, f"{path} is not there any more")


_LONG_BODY = "int f(int a) {\n" + "    a++;\n" * 70 + "}\n"
BAD = [
    {"src/base/a.cpp": "int a;\n" * 401},
    {"src/base/a.cpp": "int a;\n" * 601, LONG_FILES: "src/base/a.cpp a reason\n"},
    {"src/base/a.cpp": _LONG_BODY},
    {"src/base/a.cpp": "Result<int> C::f() const noexcept {\n" + "    g();\n" * 70 + "}\n"},
    {"src/base/a.cpp": "A::A(int b) : b_(b), c_(1) {\n" + "    g();\n" * 70 + "}\n"},
    {LONG_FILES: "src/base/gone.cpp it was long\n"},
]
GOOD = [
    {"src/base/a.cpp": "int a;\n" * 401, LONG_FILES: "src/base/a.cpp a table\n"},
    {"src/api/generated/a.cpp": "int a;\n" * 5000},
    {"src/base/a.cpp": "namespace wherry {\nclass A : public B<decltype(f())> {\n" + "    int a;\n" * 100 + "};\n}\n"},
    {"src/base/a.cpp": "int f() {\n" + "    g();\n" * 60 + "}\n" + "// { f() {\n" * 40},
    {"src/base/a.cpp": "const std::map<int, int> table = {\n" + "    {f(1), 2},\n" * 100 + "};\n"},
]
