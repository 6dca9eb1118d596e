"""What has changed since main (or since a base commit), and what that touches."""
import os
import re

from tools.dev.steps import ROOT, output
from tools.lint.layers import read_layers

TEST_KINDS = ("unit", "system")


def tracked():
    """All files that git tracks or would track."""
    listed = output("git", "ls-files", "-co", "--exclude-standard").splitlines()
    return [path for path in listed if (ROOT / path).is_file()]


def base():
    """The commit to compare with: $WHERRY_BASE, else where this branch left main; '' if there is none."""
    wanted = os.environ.get("WHERRY_BASE")
    if wanted:
        return output("git", "rev-parse", "--verify", "-q", f"{wanted}^{{commit}}", check=False).strip()
    head = output("git", "rev-parse", "HEAD").strip()
    for name in ("origin/main", "main"):
        fork = output("git", "merge-base", name, "HEAD", check=False).strip()
        if fork and fork != head:
            return fork
    return ""


def changed():
    """Paths that differ from the base or are not committed."""
    found = set(output("git", "ls-files", "-mo", "--exclude-standard").splitlines())
    found.update(output("git", "diff", "--name-only", "--cached").splitlines())
    since = base()
    if since:
        found.update(output("git", "diff", "--name-only", since).splitlines())
    return sorted(path for path in found if (ROOT / path).exists())


def layer_tests(paths):
    """The ctest programs (a regular expression) of the layers that PATHS touch or that use those; '' for none."""
    layers = read_layers((ROOT / "src/LAYERS").read_text())
    touched = set()
    for path in paths:
        inside = re.match(r"(?:src|tests/(?:unit|system))/(.+)", path)
        if inside:
            touched.update(name for name in layers if inside[1].startswith(name + "/"))
    users = {name for name, used in layers.items() if touched & used} | touched
    names = "|".join(sorted(name.replace("/", "_") for name in users))
    return f"^({'|'.join(TEST_KINDS)})_({names})$" if names else ""


def affected_sources(sources):
    """Those of SOURCES that changed, or that include a changed header of their own folder."""
    paths = set(changed())
    folders = {path.rpartition("/")[0] for path in paths if path.endswith(".hpp")}
    return [path for path in sources if path in paths or path.rpartition("/")[0] in folders]
