"""Restart policies: the back-off, failed starts, and daemons that end and start again."""
import os
import signal
import time

import pytest

from tests.support import engine as engines
from tests.support.containers import create, inspect, start, started, state, wait_state
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")


def starts(api, container, since):
    """The times of a container's starts."""
    body = api.get(f"/events?since={since}&until={time.time() + 0.1}&filters=%7B%22event%22%3A%5B%22start%22%5D%7D").lines()
    return [event["timeNano"] / 1e9 for event in body if event["Actor"]["ID"] == container]


def test_the_back_off_doubles(api):
    since = time.time()
    container = started(api, {"RestartPolicy": {"Name": "always"}}, command=("true",))
    wait_for(lambda: inspect(api, container)["RestartCount"] >= 5, "four restarts", 20)
    times = starts(api, container, since)
    pauses = [later - sooner for sooner, later in zip(times, times[1:])][:4]
    assert all(pause >= expected for pause, expected in zip(pauses, (0.1, 0.2, 0.4, 0.8))), pauses
    assert all(pause <= expected + 2 for pause, expected in zip(pauses, (0.1, 0.2, 0.4, 0.8))), pauses


def test_the_count_rises_with_the_end_and_not_with_the_start(api):
    since = time.time()
    container = started(api, {"RestartPolicy": {"Name": "always"}}, command=("false",))

    def waits():
        shown = inspect(api, container)
        return shown["RestartCount"] == 5 and shown["State"]["Restarting"]
    wait_for(waits, "it waits for the fifth restart", 20)
    assert len(starts(api, container, since)) == 5


def test_a_failed_start_of_a_policy_is_tried_again(api, engine, tmp_path):
    if engine.kind != "wherryd":
        pytest.skip("a real dockerd gives up")
    tmp_path.chmod(0o755)
    source = tmp_path / "source"
    source.mkdir()
    bind = {"Type": "bind", "Source": str(source), "Target": "/b"}
    container = started(api, {"RestartPolicy": {"Name": "always"}, "Mounts": [bind]}, command=("sleep", "0.3"))
    wait_state(api, container, "running")
    source.rmdir()
    wait_for(lambda: "bind source path does not exist" in inspect(api, container)["State"]["Error"], "a failed start")
    source.mkdir()
    wait_for(lambda: inspect(api, container)["State"]["Error"] == "" and state(api, container) == "running", "it runs again", 20)
    assert api.post(f"/containers/{container}/stop?t=0").status == 204


def test_a_kill_ends_the_policy_until_the_next_start(api):
    container = started(api, {"RestartPolicy": {"Name": "always"}})
    assert api.post(f"/containers/{container}/kill").status == 204
    wait_state(api, container, "exited")
    time.sleep(0.5)
    assert state(api, container) == "exited"
    start(api, container)
    assert api.post(f"/containers/{container}/kill?signal=HUP").status == 204
    assert state(api, container) in ("running", "restarting")


@pytest.fixture
def own():
    """An engine of this test's own, whose daemon may be ended."""
    one = engines.launch("wherryd", label="policy")
    one.pull("alpine")
    yield one
    one.remove_all_containers()
    one.leaks.processes.add(one.process.pid)  # the daemon that was started again
    one.leaks.assert_no_containers_left()
    one.close()


def test_policies_across_daemons(own):
    """Ended payloads of a reboot are found as ends; always and unless-stopped start again, what was stopped by hand does not."""
    api = own.api

    def made(policy, name, by_hand=False):
        container = started(api, {"RestartPolicy": {"Name": policy}}, name=name)
        if by_hand:
            assert api.post(f"/containers/{name}/stop?t=0").status == 204
        return container
    made("always", "always"), made("unless-stopped", "unless"), made("no", "never"), made("on-failure", "failing")
    made("always", "always-stopped", True), made("unless-stopped", "unless-stopped", True)
    create(api, {"RestartPolicy": {"Name": "always"}}, name="never-started")
    pids = [inspect(api, name)["State"]["Pid"] for name in ("always", "unless", "never", "failing")]
    own.kill()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    own.start()
    expected = {"always": "running", "unless": "running", "failing": "running", "never": "exited",
                "always-stopped": "running", "unless-stopped": "exited", "never-started": "created"}
    wait_for(lambda: {name: state(api, name) for name in expected} == expected,
             "the policies' states", 20)
