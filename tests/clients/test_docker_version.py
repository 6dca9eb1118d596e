"""The docker client's version and info, and DOCKER_API_VERSION."""
import re

import pytest

from tests.support import engine as engines


@pytest.fixture(params=["dockerd", "dockerd-newer"], ids=["Debian 12's client", "a newer client"])
def docker_cli(request):
    """Both docker clients."""
    path = engines.find_peer(request.param, "docker")
    if not path:
        pytest.skip("this docker client is not here: ./dev setup")
    return path


def block(text, name):
    """The `key: value` pairs of one block of `docker version`."""
    lines, pairs = iter(text.splitlines()), {}
    for line in lines:
        if line.startswith(name):
            break
    for line in lines:
        if line and not line.startswith(" "):
            break
        key, _, value = line.strip().partition(":")
        if value:
            pairs.setdefault(key, value.strip())
    return pairs


def test_version_shows_both_blocks(docker, server):
    said = docker.must("version")
    client, engine = block(said, "Client"), block(said, "Server")
    assert client["API version"].split()[0] <= server["ApiVersion"]
    assert engine["Version"] == server["Version"]
    assert engine["API version"] == f"{server['ApiVersion']} (minimum version {server['MinAPIVersion']})"
    assert engine["OS/Arch"] == f"{server['Os']}/{server['Arch']}"
    assert engine["Go version"] and engine["Git commit"] and engine["Built"]
    assert engine["Experimental"] in ("true", "false")


def test_version_names_the_components(docker, server, engine):
    said = docker.must("version")
    names = [part["Name"] for part in server["Components"]]
    assert names[0] == "Engine"
    for name in names[1:]:
        assert re.search(rf"^ {re.escape(name)}:$", said, re.M), said
    if engine.kind == "wherryd":
        assert "wherry" in server["Platform"]["Name"] and "crun" in names


@pytest.mark.parametrize("pinned", ["1.27", "1.30"])
def test_docker_api_version_is_obeyed(docker, pinned):
    said = docker.must("version", env={"DOCKER_API_VERSION": pinned})
    shown = block(said, "Client")["API version"]
    newer = "newer" in docker.path  # older ones tell the pinned version alone
    assert re.fullmatch(re.escape(pinned) + (r" \(downgraded from 1\.\d+\)" if newer else ""), shown)


@pytest.mark.parametrize("pinned", ["1.27", "1.30"])
def test_a_container_runs_on_a_pinned_version(docker, alpine, clean, pinned):
    assert docker.must("run", "--rm", "alpine", "echo", "hi", env={"DOCKER_API_VERSION": pinned}) == "hi\n"


def test_a_version_that_is_too_new_is_refused(docker, server):
    done = docker("ps", env={"DOCKER_API_VERSION": "1.99"})
    assert done.returncode == 1
    assert f"client version 1.99 is too new. Maximum supported API version is {server['ApiVersion']}" in done.stderr


def test_a_version_that_is_too_old_is_refused(docker, server):
    if server["MinAPIVersion"] < "1.24":
        pytest.skip("this engine serves older versions")
    done = docker("ps", env={"DOCKER_API_VERSION": "1.23"})
    assert done.returncode == 1
    assert "client version 1.23 is too old" in done.stderr


def test_info_tells_the_engine(docker, server):
    said = docker.json("info", "--format", "{{json .}}")
    assert said["ServerVersion"] == server["Version"]
    assert said["Driver"] and said["OSType"] == "linux" and said["NCPU"] > 0 and said["MemTotal"] > 0
    assert said.get("ServerErrors") in (None, [])
    assert docker("info").returncode == 0
