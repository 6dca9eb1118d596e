"""What a rule looks at: paths and their text, of the repository or of a sample."""
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One finding; line 0 means the file as a whole."""
    path: str
    line: int
    text: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.text}" if self.line else f"{self.path}: {self.text}"


class Tree:
    """Files by path. `root` is None for samples, which have no place on disk."""

    def __init__(self, texts, root=None):
        self.root = root
        self._texts = texts

    @classmethod
    def of_repository(cls, root):
        """All files that git tracks or would track."""
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=root,
                                check=True, capture_output=True, text=True).stdout
        paths = [path for path in listed.split("\0") if path and (Path(root) / path).is_file()]
        return cls({path: None for path in sorted(set(paths))}, Path(root))

    def paths(self, *suffixes, under=()):
        """Paths that end with one of SUFFIXES (all, if none) below one of the folders UNDER."""
        for path in self._texts:
            if suffixes and not path.endswith(suffixes):
                continue
            if under and not any(path.startswith(folder + "/") for folder in under):
                continue
            yield path

    def __contains__(self, path):
        return path in self._texts

    def text(self, path):
        """The file's text; bytes that are not UTF-8 are replaced."""
        if self._texts[path] is None:
            self._texts[path] = (self.root / path).read_text(errors="replace")
        return self._texts[path]


CPP = (".cpp", ".hpp")


def is_generated(path):
    """Files that tools/generate_*.py write are exempt from rules of size."""
    return "/generated/" in path
