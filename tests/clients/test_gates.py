"""Every version gate of an operation that is built, on both sides."""
import pytest

from tests.clients.gates import GATES
from tests.clients.test_versions import minor

pytestmark = pytest.mark.usefixtures("alpine", "clean")


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.id)
def test_gate(engine, server, gate):
    if engine.kind != "wherryd" and max(gate.minor, gate.since) > minor(server["ApiVersion"]):
        pytest.skip(f"this engine's newest version is {server['ApiVersion']}")
    newest = engine.api.at(server["ApiVersion"])
    seen = []
    for number in (gate.minor - 1, gate.minor):
        seen.append(gate.probe(engine.api.at(f"1.{number}"), newest))
        engine.remove_all_containers()
    assert seen == [gate.below, gate.at]


@pytest.mark.parametrize("version", ["1.40", "1.41", "1.51"])
def test_the_default_cgroup_namespace_goes_by_the_kernel_alone(engine, version):
    """Version 1.41 brought the member; older clients' containers differ on cgroup v1 alone, where the default was this one."""
    info = engine.api.get("/info").json()
    body = {"Image": "alpine", "Cmd": ["true"]}
    container = engine.api.at(version).post("/containers/create", body).json()["Id"]
    shown = engine.api.get(f"/containers/{container}/json").json()["HostConfig"]["CgroupnsMode"]
    assert shown == ("private" if info["CgroupVersion"] == "2" else "host")


def test_an_empty_list_of_bindings_publishes_the_port(engine, server):
    if engine.kind != "wherryd" and minor(server["ApiVersion"]) < 52:
        pytest.skip("since 1.52")
    body = {"Image": "alpine", "Cmd": ["sleep", "100"], "ExposedPorts": {"80/tcp": {}}, "HostConfig": {"PortBindings": {"80/tcp": []}}}
    container = engine.api.post("/containers/create", body).json()["Id"]
    assert engine.api.post(f"/containers/{container}/start").status == 204
    shown = engine.api.get(f"/containers/{container}/json").json()
    assert int(shown["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"]) > 0
