"""Monitors that are killed or stuck: what becomes of their containers, and of all others."""
import threading
import time

import pytest

from tests.support import crash
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("clean")
LOST = (137, "monitor lost")


def ended(engine, name):
    """(exit code, error) of a container that runs no more; None while it does."""
    found = crash.state(engine, name)
    return None if found["Running"] or found["Status"] == "created" else (found["ExitCode"], found["Error"])


def alive(pid):
    """Whether a process is there."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("network", ["none", "bridge"])
def test_a_killed_monitor_is_noticed_within_a_second(engine, network):
    name = crash.run(engine, "lost", host={"NetworkMode": network})
    other = crash.run(engine, "other")
    payload = crash.state(engine, name)["Pid"]
    began = time.time()
    crash.kill_monitor(name)
    wait_for(lambda: ended(engine, name), "the loss is noticed", 1)
    assert ended(engine, name) == LOST
    assert not alive(payload)
    assert crash.state(engine, other)["Running"]
    died = [one[3]["exitCode"] for one in crash.events(engine, began, container=name) if one[1] == "die"]
    assert died == ["137"]
    crash.start(engine, name)
    assert crash.state(engine, name)["Running"]


def test_wait_learns_of_a_killed_monitor(engine):
    name = crash.run(engine)
    codes = []
    waiting = threading.Thread(target=lambda: codes.append(crash.exit_code(engine, name)))
    waiting.start()
    time.sleep(0.2)
    crash.kill_monitor(name)
    waiting.join(2)
    assert codes == [137]


def test_a_monitor_killed_without_a_daemon_is_noticed_by_the_next(engine):
    name = crash.run(engine, host={"NetworkMode": "bridge"})
    payload = crash.state(engine, name)["Pid"]
    engine.kill()
    crash.kill_monitor(name)
    engine.start()
    wait_for(lambda: ended(engine, name), "the loss is noticed", 1)
    assert ended(engine, name) == LOST
    assert not alive(payload)


def test_an_exit_that_was_recorded_before_the_monitor_died_counts(engine):
    name = crash.run(engine, cmd=["sh", "-c", "sleep 0.3; exit 9"])
    payload = crash.state(engine, name)["Pid"]
    engine.kill()
    record = engine.folder / "exec/c" / name[:16] / "exit"
    wait_for(record.exists, "the monitor has recorded the exit")
    assert not alive(payload)
    crash.kill_monitor(name)
    engine.start()
    wait_for(lambda: ended(engine, name), "it is known", 1)
    assert ended(engine, name) == (9, "")


def test_a_lost_monitor_and_its_restart_policy(engine):
    name = crash.run(engine, host={"RestartPolicy": {"Name": "always"}})
    first = crash.state(engine, name)["Pid"]
    crash.kill_monitor(name)
    wait_for(lambda: crash.state(engine, name)["Pid"] not in (0, first), "it runs again", 3)


@pytest.mark.parametrize("daemon", ["a daemon runs", "no daemon runs"])
def test_a_lost_monitor_and_auto_remove(engine, daemon):
    name = crash.run(engine, host={"AutoRemove": True})
    if daemon == "no daemon runs":
        engine.kill()
    crash.kill_monitor(name)
    if daemon == "no daemon runs":
        engine.start()
    wait_for(lambda: crash.state(engine, name) is None, "it is removed", 2)


def test_a_stuck_monitor_holds_up_nobody_else(engine):
    stuck, other = crash.run(engine, "stuck"), crash.run(engine, "free")
    created = crash.create(engine, "waiting")
    with crash.Stopped(stuck):
        for call in (lambda: engine.api.get("/containers/json?all=1"), lambda: engine.api.get(f"/containers/{stuck}/json"),
                     lambda: engine.api.get("/info"), lambda: engine.api.get(f"/containers/{stuck}/logs?stdout=1"),
                     lambda: engine.api.post(f"/containers/{other}/kill"), lambda: engine.api.post(f"/containers/{other}/start"),
                     lambda: engine.api.post(f"/containers/{other}/restart?t=0"),
                     lambda: engine.api.post(f"/containers/{created}/start"),
                     lambda: engine.api.delete(f"/containers/{created}?force=1")):
            answer, seconds = crash.timed(call)
            assert answer.status < 300 and seconds < 3, answer


def ends_with_503(engine, name, path, method="POST"):
    """The operation ends after ten seconds with an error that names the container."""
    answer, seconds = crash.timed(lambda: engine.api.request(method, path))
    assert answer.status == 503 and name in answer.message(), answer
    assert 9 < seconds < 12, seconds


def test_operations_on_a_stuck_monitor_end_at_their_deadline_but_wait_and_logs_f_go_on(engine):
    stuck = crash.run(engine, "stuck", cmd=["sh", "-c", "echo first; sleep 1; echo second; exec sleep 1000"])
    paths = [("POST", f"/containers/{stuck}/kill"), ("POST", f"/containers/{stuck}/stop?t=1"),
             ("DELETE", f"/containers/{stuck}?force=1"), ("POST", f"/containers/{stuck}/resize?h=10&w=10"),
             ("POST", f"/containers/{stuck}/restart?t=0")]
    failures, codes, texts = [], [], []

    def call(method, path):
        try:
            ends_with_503(engine, "stuck", path, method)
        except AssertionError as failure:
            failures.append((path, failure))
    with crash.Stopped(stuck):
        waits = [threading.Thread(target=lambda: codes.append(crash.exit_code(engine, stuck, 60))),
                 threading.Thread(target=lambda: texts.append(
                     engine.api.get(f"/containers/{stuck}/logs?stdout=1&follow=1").body))]
        calls = [threading.Thread(target=call, args=one) for one in paths]
        for one in waits + calls:
            one.start()
        for one in calls:
            one.join()
        assert not codes and not texts
    assert not failures
    # What was asked for is done once it goes on.
    for one in waits:
        one.join()
    assert codes == [137] and b"second" in texts[0]


def test_a_daemon_that_starts_waits_for_no_stuck_monitor(engine):
    stuck, other = crash.run(engine, "stuck"), crash.run(engine, "free")
    with crash.Stopped(stuck):
        _, seconds = crash.timed(lambda: crash.restart(engine))
        assert seconds < 2
        assert crash.state(engine, other)["Running"]
        assert engine.api.post(f"/containers/{other}/kill").status == 204
        listed = engine.api.get("/containers/json").json()
        assert [one["Id"] for one in listed] == [stuck]
        ends_with_503(engine, "stuck", f"/containers/{stuck}/kill")
    assert engine.api.post(f"/containers/{stuck}/kill").status == 204
    assert ended(engine, stuck) == (137, "")


def test_a_long_stop_holds_up_neither_kill_nor_remove(engine):
    for ending in ("kill", "remove"):
        name = crash.run(engine, cmd=["sh", "-c", "trap '' TERM; while true; do sleep 1; done"])
        stopped = []
        stop = threading.Thread(target=lambda name=name: stopped.append(
            engine.api.post(f"/containers/{name}/stop?t=300").status))
        stop.start()
        time.sleep(0.3)
        if ending == "kill":
            answer, seconds = crash.timed(lambda: engine.api.post(f"/containers/{name}/kill"))
        else:
            answer, seconds = crash.timed(lambda: engine.api.delete(f"/containers/{name}?force=1"))
        assert answer.status == 204 and seconds < 2, answer
        stop.join(2)
        assert stopped == [204]
