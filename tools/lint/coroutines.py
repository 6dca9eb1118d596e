"""co_await only in forms that GCC 12 compiles right, as STYLE.md lists them."""
import re

from tools.lint.cpp import blanked, closing, line_of, opening, operand_end, statement_start
from tools.lint.tree import CPP, Problem

TITLE = "co_await forms"
_MACROS = ("TRY", "CO_TRY", "CHECK_OK", "CO_CHECK_OK")
_LABEL = re.compile(r"^\s*(?:(?:case\b[^;{}]*|default|public|private)\s*:\s*)?")


def place_problem(code, pos, end):
    """Why a co_await may not stand at POS, or None. END is where its operand ends."""
    outer = opening(code, pos)
    if outer >= 0 and code[outer] in "([":
        word = re.search(r"(\w*)$", code[:outer].rstrip())[1]
        if code[outer] == "(" and word in _MACROS:
            return None
        if word in ("if", "while", "for", "switch"):
            return f"in the head of a {word}: name the result first"
        return "inside another expression: name the result first"
    prefix = _LABEL.sub("", code[statement_start(code, pos):pos], count=1).rstrip()
    if code[end:end + 1] != ";":
        return "inside a braced initialiser: assign it to a named variable"
    if "?" in prefix:
        return "in a conditional expression: use if and else"
    if prefix in ("", "co_return") or re.search(r"[\w\])>]\s*=$", prefix):
        return None
    return "as a part of an expression: name the result first"


def operand_problem(operand):
    """Why the awaited expression may not be written so, or None."""
    if "?" in operand:
        return "of a conditional expression: use if and else"
    if re.search(r"(?:^|[^\w)\]\s])\s*\[", operand):
        return "of a call with a lambda in it: name the lambda"
    if "{" in operand:
        return "of a call with braces in it: name the argument and std::move it"
    return None


def await_problems(code):
    """(offset, text) for each co_await in a form that is not allowed."""
    for match in re.finditer(r"\bco_await\b", code):
        end = operand_end(code, match.end())
        why = place_problem(code, match.start(), end) or operand_problem(code[match.end():end])
        if why:
            yield match.start(), "co_await " + why


def signature_problems(code):
    """(offset, text) for coroutines with default arguments and for capturing lambda coroutines."""
    for match in re.finditer(r"\bTask<", code):
        rest = re.match(r"[^;{}()]*>\s+(?:\w+::)*\w+\(", code[match.end():])
        if rest:
            head = match.end() + rest.end() - 1
            if re.search(r"[^=!<>]=[^=]", code[head:closing(code, head)]):
                yield match.start(), "a coroutine with a default argument: write an overload"
        lambda_ = re.search(r"\)\s*(?:mutable\s*)?->\s*(?:\w+::)*$", code[:match.start()])
        if lambda_:
            parameters = opening(code, lambda_.start())
            capture = re.search(r"\[([^\[\]]*)\]\s*$", code[:parameters])
            if capture and capture[1].strip():
                yield match.start(), "a coroutine lambda with captures: write a function"


def check(tree):
    for path in tree.paths(*CPP, under=("src", "examples")):
        code = blanked(tree.text(path))
        if "Task<" not in code and "co_await" not in code:
            continue
        for pos, text in [*await_problems(code), *signature_problems(code)]:
            yield Problem(path, line_of(code, pos), text)


def _in_body(line):
    return {"src/sdk/a.cpp": "Task<Result<int>> g(Client& client) {\n    " + line + "\n}\n"}


BAD = [_in_body(line) for line in (
    "if (co_await f()) { h(); }", "while (co_await f()) { h(); }", "switch (co_await f()) { default: h(); }",
    "for (int i = 0; co_await f(i); ++i) { h(); }", "auto x = b ? co_await f() : co_await h();",
    "auto x = co_await (b ? f() : h());", "auto x = co_await f(Options{.a = 1});", "co_await f({1, 2});", "co_await f({});",
    "co_await f([x]() { return x; });", "co_await f(1, [&] { h(); });", "Options o{.a = co_await f()};",
    "std::vector<int> v{co_await f(), co_await f()};", "h(co_await f());", "auto x = 1 + co_await f();",
    "co_return wrap(co_await f());", "if (auto x = co_await f(); x) { h(); }")]
BAD += [{"src/sdk/a.hpp": text} for text in (
    "Task<Result<void>> start(std::string id, StartOptions options = {});\n",
    "auto f = [x]() -> Task<void> { co_return; };\n", "auto f = [this](int a) mutable -> async::Task<int> { co_return a; };\n")]
GOOD = [_in_body(line) for line in (
    "co_await f();", "auto x = co_await f(a, h(b), c[1]);", "CO_TRY(const auto x, co_await f(a));", "co_return co_await f();",
    "CO_CHECK_OK(co_await f());", "auto [a, b] = co_await f();", "o.a = co_await f();", "v[i] = co_await f();",
    "switch (x) { case 1: co_await f(); }", "// if (co_await f())", 'co_await f("a ? {b}");', "const auto x = co_await f<int>(a);",
    "for (const auto& x : list) { co_await f(x); }")]
GOOD += [{"src/sdk/a.hpp": "Task<Result<void>> start(std::string id, bool a);\nauto f = [](int a) -> Task<int> { co_return a; };\n"}]
