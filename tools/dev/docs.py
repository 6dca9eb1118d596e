"""./dev docs: links of the documents lead somewhere."""
import re

from tools.dev import changes
from tools.dev.steps import ROOT, Failed, log

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)


def anchor(heading):
    """A heading as the target of a link."""
    kept = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", ""))
    return kept.strip().replace(" ", "-")


def anchors(text):
    """All targets in a document."""
    return {anchor(match) for match in re.findall(r"^#+ +(.+)$", _FENCE.sub("", text), re.M)}


def dead_links(path):
    """The links of a document that lead nowhere inside the repository."""
    text = (ROOT / path).read_text()
    for link in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, part = link.partition("#")
        place = (ROOT / path).parent / target if target else ROOT / path
        if not place.exists():
            yield link
        elif part and place.suffix == ".md" and part not in anchors(place.read_text()):
            yield link


def docs(_):
    """Looks at every Markdown file; fails on a dead link."""
    dead = [(path, link) for path in changes.tracked() if path.endswith(".md") for link in dead_links(path)]
    for path, link in dead:
        log(f"{path}: dead link {link}")
    if dead:
        raise Failed(f"{len(dead)} dead links")
    print("docs: no dead link")
