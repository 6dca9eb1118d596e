"""Control groups where version 2 is all there is."""
from pathlib import Path

import pytest

from tests.support.containers import inspect, run, started, state, wait_state

V2 = Path("/sys/fs/cgroup/cgroup.controllers").exists()
pytestmark = [pytest.mark.usefixtures("alpine", "clean"), pytest.mark.skipif(not V2, reason="cgroup v2 is not all there is")]


def test_info(api):
    shown = api.get("/info").json()
    assert (shown["CgroupVersion"], shown["CgroupDriver"]) == ("2", "cgroupfs")
    assert "name=cgroupns" in shown["SecurityOptions"]
    for field in ("MemoryLimit", "CpuCfsPeriod", "CPUShares", "CPUSet", "PidsLimit"):
        assert shown[field], field


@pytest.mark.parametrize("host, name, value", [
    ({"Memory": 64 << 20}, "memory.max", str(64 << 20)), ({"MemoryReservation": 32 << 20}, "memory.low", str(32 << 20)),
    ({"NanoCpus": 500_000_000}, "cpu.max", "50000 100000"), ({"CpuShares": 2048}, "cpu.weight", "79"),
    ({"PidsLimit": 50}, "pids.max", "50"), ({"CpusetCpus": "0"}, "cpuset.cpus", "0"),
    ({"BlkioWeight": 300}, "io.weight", None)])
def test_a_container_sees_its_limits_in_a_namespace_of_its_own(api, host, name, value):
    said = run(api, f"cat /proc/self/cgroup; cat /sys/fs/cgroup/{name}", host)
    assert said.startswith("0::/\n")
    if value is not None:
        assert said == f"0::/\n{value}\n"


def test_what_grows_too_large_is_killed(api):
    container = started(api, {"Memory": 16 << 20, "MemorySwap": 16 << 20}, command=("sh", "-c", "tail /dev/zero"))
    wait_state(api, container, "exited", seconds=60)
    end = inspect(api, container)["State"]
    assert end["OOMKilled"] and end["ExitCode"] == 137


def test_stats(api):
    container = started(api, {"Memory": 64 << 20}, command=("sh", "-c", "while :; do :; done"))
    shown = api.get(f"/containers/{container}/stats?stream=0").json()
    assert shown["memory_stats"]["limit"] == 64 << 20
    assert "anon" in shown["memory_stats"]["stats"]
    assert shown["cpu_stats"]["cpu_usage"]["total_usage"] > shown["precpu_stats"]["cpu_usage"]["total_usage"]
    assert shown["pids_stats"]["current"] == 1


def test_pause(api):
    container = started(api, command=("sh", "-c", "while :; do :; done"))
    assert api.post(f"/containers/{container}/pause").status == 204
    assert state(api, container) == "paused"
    assert api.post(f"/containers/{container}/unpause").status == 204
    assert state(api, container) == "running"


def test_update(api, execute):
    container = started(api, {"Memory": 64 << 20})
    assert api.post(f"/containers/{container}/update", {"Memory": 32 << 20, "MemorySwap": 64 << 20, "CpuShares": 512}).status == 200
    assert execute(container, "cat", "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/cpu.weight") == f"{32 << 20}\n20\n"


def test_exec_is_in_the_group_of_its_container(api, execute):
    container = started(api)
    assert execute(container, "cat", "/proc/self/cgroup") == "0::/\n"
    assert "2" in execute(container, "sh", "-c", "cat /sys/fs/cgroup/pids.current")
