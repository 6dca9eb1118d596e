"""Seccomp filters that the engine compiles block what those do that the OCI runtime compiles.

wherryd alone: a real dockerd has no `--seccomp-bpf`.
"""
import json
import re
from pathlib import Path

import pytest

from tests.support import engine as engines
from tests.support.http import stream_of

OWN = {"defaultAction": "SCMP_ACT_ALLOW",
       "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 7}]}


@pytest.fixture(scope="module", name="pair")
def start_pair(wherryd_alone):
    """An engine that compiles filters and one that leaves it to the runtime."""
    started = []
    try:
        for label, arguments in (("bpf", []), ("plain", ["--seccomp-bpf=false"])):
            started.append(engines.launch("wherryd", label, arguments))
            started[-1].pull("alpine")
        yield started
    finally:
        for one in started:
            one.close()


def create(engine, command, **host):
    """A started container's id."""
    made = engine.api.post("/containers/create", {"Image": "alpine", "Cmd": command,
                                                  "HostConfig": {"NetworkMode": "none", **host}})
    assert made.status == 201, made.body
    identifier = made.json()["Id"]
    started = engine.api.post(f"/containers/{identifier}/start")
    assert started.status == 204, started.body
    return identifier


def run(engine, command, **host):
    """(exit code, output) of a container."""
    identifier = create(engine, command, **host)
    code = engine.api.post(f"/containers/{identifier}/wait").json()["StatusCode"]
    logs = engine.api.get(f"/containers/{identifier}/logs?stdout=1&stderr=1").body
    engine.api.delete(f"/containers/{identifier}")
    return code, (stream_of(logs, 1) + stream_of(logs, 2)).decode()


def installed(engine, **host):
    """The filter that a container runs under, as the runtime keeps it, and its process's modes."""
    identifier = create(engine, ["sleep", "1000"], **host)
    pid = engine.api.get(f"/containers/{identifier}/json").json()["State"]["Pid"]
    status = Path(f"/proc/{pid}/status").read_text()
    kept = engine.folder / "exec/c/runtime" / identifier / "seccomp.bpf"
    program = kept.read_bytes() if kept.exists() else b""
    engine.api.delete(f"/containers/{identifier}?force=1")
    return program, re.findall(r"^Seccomp\w*:\s+(\d+)", status, re.M)


@pytest.mark.parametrize("host", [
    {}, {"CapAdd": ["SYS_ADMIN"]}, {"CapDrop": ["ALL"]}, {"SecurityOpt": ["seccomp=" + json.dumps(OWN)]},
], ids=["default", "more capabilities", "none", "own profile"])
def test_the_same_filter_is_installed_both_ways(pair, host):
    (compiled, modes), (ordinary, other_modes) = (installed(engine, **host) for engine in pair)
    assert compiled == ordinary and len(compiled) > 50
    assert modes == other_modes == ["2", "1"]


def test_unconfined_containers_have_none(pair):
    for engine in pair:
        program, modes = installed(engine, SecurityOpt=["seccomp=unconfined"])
        assert not program and modes == ["0", "0"]


def test_the_same_calls_are_blocked_both_ways(pair):
    for engine in pair:
        assert run(engine, ["unshare", "-U", "true"], SecurityOpt=["seccomp=unconfined"])[0] == 0
        code, text = run(engine, ["unshare", "-U", "true"])
        assert code != 0 and "Operation not permitted" in text
        code, text = run(engine, ["mkdir", "/x"], SecurityOpt=["seccomp=" + json.dumps(OWN)])
        assert code == 1 and "too long" in text  # errno 7 is E2BIG
        assert run(engine, ["mkdir", "/x"])[0] == 0


def test_a_profile_that_is_none_is_refused_in_the_same_words(pair):
    said = set()
    for engine in pair:
        made = engine.api.post("/containers/create", {"Image": "alpine", "Cmd": ["true"], "HostConfig": {
            "NetworkMode": "none", "SecurityOpt": ["seccomp={\"defaultAction\":\"SCMP_ACT_WHAT\"}"]}})
        answer = made
        if made.status == 201:
            identifier = made.json()["Id"]
            answer = engine.api.post(f"/containers/{identifier}/start")
            engine.api.delete(f"/containers/{identifier}?force=1")
        assert answer.status >= 400
        said.add((answer.status, answer.message()))
    assert len(said) == 1, said
