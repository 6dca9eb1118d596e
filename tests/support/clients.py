"""Clients from their own registries, pinned by the lock files of tests/clients/locks.

They are kept in build/clients and fetched again when their lock changes. Where the registry cannot
be reached the test is skipped with that reason; any other failure fails it.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests/clients/locks"
KEPT = ROOT / "build/clients"
UNREACHABLE = re.compile(
    r"name resolution|no such host|Network is unreachable|Connection refused|Connection timed out|Max retries"
    r"|Could not find a version|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|network request|i/o timeout"
    r"|connection reset|TLS handshake|proxyconnect|503 Service|502 Bad Gateway", re.I)
GO_NEEDED = (1, 24)
TOOLCHAIN = "golang.org/toolchain@v0.0.1-go1.24.13.linux-amd64"


def run_or_skip(registry, *command, cwd=None, env=None):
    """Runs a package client; skips when its registry is out of reach."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=cwd, env={**os.environ, **(env or {})},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False)
    except FileNotFoundError:
        pytest.skip(f"{command[0]} is not here: ./dev setup")
    except subprocess.TimeoutExpired:
        pytest.skip(f"{registry} did not answer within 300 s")
    said = done.stdout + done.stderr
    if done.returncode != 0 and UNREACHABLE.search(said):
        pytest.skip(f"{registry} cannot be reached: {said.strip().splitlines()[-1][:200]}")
    assert done.returncode == 0, f"{' '.join(map(str, command))}: {said[-2000:]}"
    return done.stdout


def place_for(name):
    """(the lock's folder, where its client is kept, whether it is there already)."""
    lock = LOCKS / name
    content = b"".join(path.read_bytes() for path in sorted(lock.iterdir()))
    place = KEPT / f"{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    return lock, place, (place / ".complete").exists()


def _completed(place):
    (place / ".complete").touch()
    return place


def python_of(name):
    """A Python interpreter that has what the lock NAME lists."""
    lock, place, there = place_for(name)
    if not there:
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        run_or_skip("PyPI", place / "bin/pip", "install", "-q", "--disable-pip-version-check", "--require-hashes",
                    "--only-binary", ":all:", "-r", lock / "requirements.txt")
        _completed(place)
    return place / "bin/python"


@cache
def docker_py():
    """A Python interpreter that has docker-py."""
    return python_of("python")


@cache
def testcontainers():
    """A Python interpreter that has testcontainers."""
    return python_of("testcontainers")


@cache
def dockerode():
    """A folder whose node_modules has dockerode."""
    lock, place, there = place_for("node")
    if not there:
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(lock, place)
        run_or_skip("the npm registry", "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=place)
        _completed(place)
    return place


@cache
def go():
    """A Go that is new enough: the system's, or a toolchain from the Go proxy."""
    said = run_or_skip("Go", "go", "version")
    found = re.search(r"go(\d+)\.(\d+)", said)
    if (int(found[1]), int(found[2])) >= GO_NEEDED:
        return "go"
    said = run_or_skip("the Go proxy", "go", "mod", "download", "-json", TOOLCHAIN, cwd="/",
                       env={"GOFLAGS": "-mod=mod", "GONOSUMDB": "golang.org/toolchain"})
    folder = Path(re.search(r'"Dir": "([^"]+)"', said)[1])
    for program in [*folder.glob("bin/*"), *folder.glob("pkg/tool/*/*")]:
        program.chmod(0o755)
    return str(folder / "bin/go")


@cache
def go_program(name):
    """The program of locks/NAME, built with the module versions of its go.sum."""
    lock, place, there = place_for(name)
    if not there:
        place.mkdir(parents=True, exist_ok=True)
        run_or_skip("the Go proxy", go(), "build", "-mod=readonly", "-o", place / "program", ".", cwd=lock,
                    env={"GOFLAGS": "", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"})
        _completed(place)
    return place / "program"
