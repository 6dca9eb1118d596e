"""The matrix: one life of a container on the path of every API version."""
import re

import pytest

from tests.support.http import stream_of

VERSIONS = [f"1.{minor}" for minor in range(24, 56)]
MULTIPLEXED = "application/vnd.docker.multiplexed-stream"
RAW = "application/vnd.docker.raw-stream"

pytestmark = pytest.mark.usefixtures("alpine")


def minor(version):
    """The number behind the dot."""
    return int(version.partition(".")[2])


@pytest.fixture(params=VERSIONS)
def at(request, engine, server):
    """(requests on the version's path, the version's minor number)."""
    if engine.kind != "wherryd" and minor(request.param) > minor(server["ApiVersion"]):
        pytest.skip(f"this engine's newest version is {server['ApiVersion']}")
    return engine.api.at(request.param), minor(request.param)


def test_ping_and_version(at, server):
    api, _ = at
    pong = api.get("/_ping")
    assert (pong.status, pong.body, pong.headers["api-version"]) == (200, b"OK", server["ApiVersion"])
    assert api.request("HEAD", "/_ping").status == 200
    told = api.get("/version")
    assert told.status == 200 and told.json()["ApiVersion"] == server["ApiVersion"]


def test_a_life_of_a_container(at, clean):
    api, number = at
    created = api.post("/containers/create", {"Image": "alpine", "Cmd": ["sh", "-c", "echo out; echo err >&2; exit 4"]})
    assert created.status == 201, created.body
    container = created.json()["Id"]
    assert re.fullmatch("[0-9a-f]{64}", container)
    assert api.post(f"/containers/{container}/start").status == 204
    waited = api.post(f"/containers/{container}/wait")
    assert (waited.status, waited.json()["StatusCode"]) == (200, 4)
    logs = api.get(f"/containers/{container}/logs?stdout=1&stderr=1")
    assert logs.status == 200
    assert (stream_of(logs.body, 1), stream_of(logs.body, 2)) == (b"out\n", b"err\n")
    if "wherry" in api.get("/version").json().get("Platform", {}).get("Name", "wherry"):
        assert logs.headers.get("content-type") == (MULTIPLEXED if number >= 42 else RAW)
    shown = api.get(f"/containers/{container}/json").json()
    assert (shown["State"]["Status"], shown["State"]["ExitCode"]) == ("exited", 4)
    assert api.delete(f"/containers/{container}").status == 204
    assert api.get(f"/containers/{container}/json").status == 404
