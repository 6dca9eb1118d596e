"""Update: limits and restart policy of containers, running ones too."""
import time

import pytest

from tests.clients.test_create_effects import cgroup_file
from tests.support import engine as engines
from tests.support.containers import create, inspect, started, wait_state
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")


def update(api, container, **members):
    """(status, text or warnings) of an update."""
    answer = api.post(f"/containers/{container}/update", members)
    told = answer.json()["Warnings"] if answer.status == 200 else answer.message().replace(container, "ID")
    return answer.status, told


PREFIX = "Cannot update container ID: "


@pytest.mark.parametrize("before, wanted, text", [
    ({"Memory": 10**8}, {"Memory": 10**9}, "Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time"),
    ({"NanoCpus": 10**9}, {"CpuPeriod": 50000}, "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set"),
    ({"NanoCpus": 10**9}, {"CpuQuota": 50000}, "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set"),
    ({"CpuPeriod": 50000}, {"NanoCpus": 10**8}, "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set"),
    ({"AutoRemove": True}, {"RestartPolicy": {"Name": "always"}}, "Restart policy cannot be updated because AutoRemove is enabled for the container"),
], ids=str)
def test_conflicts(api, before, wanted, text):
    container = create(api, before)
    assert update(api, container, **wanted) == (409, PREFIX + text)
    shown = inspect(api, container)["HostConfig"]
    assert {name: shown[name] for name in before} == before


@pytest.mark.parametrize("wanted, status, text", [
    ({"Memory": 5}, 400, "Minimum memory limit allowed is 6MB"),
    ({"Memory": 5 * 10**8, "MemorySwap": 4 * 10**8}, 400, "Minimum memoryswap limit should be larger than memory limit, see usage"),
    ({"RestartPolicy": {"Name": "always", "MaximumRetryCount": 3}}, 400,
     "invalid restart policy: maximum retry count can only be used with 'on-failure'"),
    ({}, 200, None)], ids=str)
def test_validation(api, wanted, status, text):
    assert update(api, create(api), **wanted) == (status, text)
    assert update(api, "nope")[0] == 404


def test_limits_of_a_running_container_change(api):
    since = time.time()
    container = started(api, {"Memory": 64 << 20, "PidsLimit": 50})
    assert update(api, container, Memory=96 << 20, CpuShares=700, PidsLimit=77, CpusetCpus="0") == (200, None)
    assert cgroup_file(api, container, "memory/memory.limit_in_bytes", "memory.max") == str(96 << 20)
    assert cgroup_file(api, container, "pids/pids.max", "pids.max") == "77"
    assert cgroup_file(api, container, "cpuset/cpuset.cpus", "cpuset.cpus") == "0"
    shown = inspect(api, container)["HostConfig"]
    assert (shown["Memory"], shown["CpuShares"], shown["PidsLimit"], shown["CpusetCpus"]) == (96 << 20, 700, 77, "0")
    assert update(api, container, Memory=200 << 20, MemorySwap=-1) == (200, None)
    assert cgroup_file(api, container, "memory/memory.limit_in_bytes", "memory.max") == str(200 << 20)
    assert update(api, container, Memory=64 << 20, MemorySwap=64 << 20) == (200, None)
    assert cgroup_file(api, container, "memory/memory.limit_in_bytes", "memory.max") == str(64 << 20)
    assert update(api, container, PidsLimit=-1) == (200, None)
    assert cgroup_file(api, container, "pids/pids.max", "pids.max") == "max"
    assert inspect(api, container)["HostConfig"]["PidsLimit"] == 0
    events = api.get(f"/events?since={since}&until={time.time() + 0.1}&filters=%7B%22event%22%3A%5B%22update%22%5D%7D").lines()
    assert [event["Action"] for event in events if event["Actor"]["ID"] == container] == ["update"] * 4


def test_a_container_that_ends_meanwhile_is_updated(api):
    for _ in range(25):
        container = started(api, command=("true",))
        assert update(api, container, CpuShares=300) == (200, None)
        assert inspect(api, container)["HostConfig"]["CpuShares"] == 300


def test_a_new_policy_counts_from_now(api):
    container = started(api, command=("sh", "-c", "sleep 0.5; exit 1"))
    assert update(api, container, RestartPolicy={"Name": "on-failure", "MaximumRetryCount": 1}) == (200, None)
    wait_for(lambda: inspect(api, container)["RestartCount"] == 1, "a restart", 10)
    wait_state(api, container, "exited")


def test_docker_update(docker, api):
    docker.must("run", "-d", "--name", "updated", "-m", "64m", "alpine", "sleep", "1000")
    assert docker.must("update", "--cpu-shares", "300", "-m", "80m", "--restart", "unless-stopped", "updated") == "updated\n"
    shown = inspect(api, "updated")["HostConfig"]
    assert (shown["CpuShares"], shown["Memory"], shown["RestartPolicy"]["Name"]) == (300, 80 << 20, "unless-stopped")
    assert cgroup_file(api, "updated", "memory/memory.limit_in_bytes", "memory.max") == str(80 << 20)


def test_an_update_is_durable():
    engine = engines.launch("wherryd", label="update")
    engine.pull("alpine")
    api = engine.api
    container = started(api, {"Memory": 64 << 20})
    assert update(api, container, Memory=80 << 20, RestartPolicy={"Name": "always"}) == (200, None)
    engine.kill()
    engine.start()
    shown = inspect(api, container)
    assert shown["HostConfig"]["Memory"] == 80 << 20 and shown["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert shown["State"]["Running"]
    engine.remove_all_containers()
    engine.leaks.processes.add(engine.process.pid)  # the daemon that was started again
    engine.leaks.assert_no_containers_left()
    engine.close()
