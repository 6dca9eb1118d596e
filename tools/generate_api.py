#!/usr/bin/env python3
"""Generates what comes from the API catalogue (src/api/catalogue).

    generate_api.py            writes src/api/generated/ and the reference pages below docs/
    generate_api.py --check    exits 1 if what is there differs
"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.apigen import docs, operations, structs  # noqa: E402
from tools.apigen.catalogue import Catalogue  # noqa: E402


def generate():
    """Path to text, folder by folder; a folder holds nothing else but dot files."""
    catalogue = Catalogue()
    sources = structs.files(catalogue)
    sources["operations.cpp"] = operations.source(catalogue)
    return {"src/api/generated": sources, "docs/api": docs.files(catalogue)}


def main():
    stale = []
    for folder, files in generate().items():
        path = ROOT / folder
        path.mkdir(parents=True, exist_ok=True)
        have = {entry.name: entry.read_text() for entry in path.glob("[!.]*")}
        stale += [f"{folder}/{name}" for name in files.keys() | have.keys() if files.get(name) != have.get(name)]
        if "--check" in sys.argv:
            continue
        for name in have.keys() - files.keys():
            (path / name).unlink()
        for name, text in files.items():
            if have.get(name) != text:
                (path / name).write_text(text)
    if "--check" in sys.argv and stale:
        print(f"not what the catalogue says (run tools/generate_api.py): {', '.join(sorted(stale))}")
        sys.exit(1)


if __name__ == "__main__":
    main()
