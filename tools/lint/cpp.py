"""Reading C++ without a compiler: text without comments and strings, and matching brackets."""
import re

_SKIP = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'", re.S)
_OPEN = {"(": ")", "[": "]", "{": "}"}
_CLOSE = {close: open_ for open_, close in _OPEN.items()}


def _blank(match):
    text = match.group()
    if text[0] in "\"'R":  # a literal stays an operand: "" or ''
        mark = '"' if text[0] == "R" else text[0]
        return mark + re.sub(r"[^\n]", " ", text[1:-1]) + mark
    return re.sub(r"[^\n]", " ", text)


def blanked(text):
    """TEXT with comments and the insides of literals as spaces; offsets and lines stay."""
    return _SKIP.sub(_blank, text)


def line_of(text, pos):
    """The line number of an offset, from 1."""
    return text.count("\n", 0, pos) + 1


def closing(text, pos):
    """The offset of the bracket that closes the one at POS, or len(text)."""
    open_, close, depth = text[pos], _OPEN[text[pos]], 0
    for i in range(pos, len(text)):
        if text[i] == open_:
            depth += 1
        elif text[i] == close:
            depth -= 1
            if depth == 0:
                return i
    return len(text)


def opening(text, pos):
    """The offset of the innermost bracket still open at POS, or -1."""
    depth = 0
    for i in range(pos - 1, -1, -1):
        if text[i] in _CLOSE:
            depth += 1
        elif text[i] in _OPEN:
            if depth == 0:
                return i
            depth -= 1
    return -1


def statement_start(text, pos):
    """Where the statement around POS begins, brackets before it skipped as wholes."""
    depth = 0
    for i in range(pos - 1, -1, -1):
        char = text[i]
        if depth == 0 and char in ";{}":
            return i + 1
        if char in ")]":
            depth += 1
        elif char in "([":
            if depth == 0:
                return i + 1
            depth -= 1
    return 0


def operand_end(text, pos):
    """Where the expression at POS ends: at ';' or ',' of its own level, or at its closing bracket."""
    depth = 0
    for i in range(pos, len(text)):
        char = text[i]
        if char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            if depth == 0:
                return i
            depth -= 1
        elif depth == 0 and char in ";,":
            return i
    return len(text)
