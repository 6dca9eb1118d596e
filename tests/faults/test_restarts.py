"""What a daemon that was killed owes, and the next one keeps: policies, removals, events, sessions, quick answers."""
import os
import socket
import time

import pytest

from tests.support import crash
from tests.support.http import stream_of
from tests.support.waiting import wait_for

WHOLE = int(os.environ.get("WHERRY_SOAK_ROUNDS", "20")) >= 200
pytestmark = pytest.mark.usefixtures("clean")


def pid(engine, name):
    """The payload's, 0 while it does not run."""
    return crash.state(engine, name)["Pid"]


@pytest.mark.parametrize("policy, code, again", [
    ("no", 3, False), ("always", 0, True), ("always", 3, True), ("unless-stopped", 3, True),
    ("on-failure", 3, True), ("on-failure", 0, False)])
def test_a_policy_is_honoured_for_an_end_without_a_daemon(engine, policy, code, again):
    first = f"[ ! -e /once ] || exec sleep 1000; : > /once; sleep 0.3; exit {code}"
    name = crash.run(engine, cmd=["sh", "-c", first], host={"RestartPolicy": {"Name": policy}})
    engine.kill()
    record = engine.folder / "exec/c" / name[:16] / "exit"
    wait_for(record.exists, "it has ended")
    engine.start()
    if again:
        wait_for(lambda: pid(engine, name), "it runs again", 5)
    else:
        wait_for(lambda: crash.state(engine, name)["Status"] == "exited", "it is known", 5)
        assert crash.state(engine, name)["ExitCode"] == code
        assert not pid(engine, name)


@pytest.mark.parametrize("policy, again", [("always", True), ("unless-stopped", False)])
def test_what_was_stopped_by_hand(engine, policy, again):
    name = crash.run(engine, host={"RestartPolicy": {"Name": policy}})
    assert engine.api.post(f"/containers/{name}/stop?t=0").status == 204
    crash.restart(engine)
    if again:
        wait_for(lambda: pid(engine, name), "the next daemon starts it", 5)
    else:
        time.sleep(0.5)
        assert not pid(engine, name)


def test_what_joins_another_starts_after_it(engine):
    """As after a boot: nothing runs. No start fails, although the last made is needed by all others."""
    policy = {"RestartPolicy": {"Name": "always"}}
    owner = crash.run(engine, "owner", host={**policy, "NetworkMode": "bridge"})
    joined = [crash.run(engine, f"joined{number}", host={**policy, "NetworkMode": "container:owner"}) for number in range(3)]
    linked = crash.run(engine, "linked", host={**policy, "NetworkMode": "bridge", "Links": ["owner:o"]})
    all_of_them = [owner, *joined, linked]
    for name in reversed(all_of_them):
        assert engine.api.post(f"/containers/{name}/stop?t=0").status == 204
    crash.restart(engine)
    wait_for(lambda: all(pid(engine, name) for name in all_of_them), "they run again", 10)
    assert [engine.api.get(f"/containers/{name}/json").json()["RestartCount"] for name in all_of_them] == [0] * 5


def test_what_runs_is_not_started_again(engine):
    name = crash.run(engine, host={"RestartPolicy": {"Name": "always"}})
    before = pid(engine, name)
    crash.restart(engine)
    assert pid(engine, name) == before


def test_auto_remove_is_honoured(engine):
    name = crash.run(engine, cmd=["sleep", "0.3"], host={"AutoRemove": True}, Volumes={"/data": {}})
    made = crash.create(engine, host={"AutoRemove": True})
    engine.kill()
    wait_for((engine.folder / "exec/c" / name[:16] / "exit").exists, "it has ended")
    engine.start()
    wait_for(lambda: crash.state(engine, name) is None, "it is removed", 5)
    assert crash.state(engine, made)["Status"] == "created"
    wait_for(lambda: not engine.api.get("/volumes").json()["Volumes"], "its volume too")


def test_events_of_before_are_told_after(engine):
    began = f"{time.time():.6f}"
    name = crash.run(engine, "noted", cmd=["sh", "-c", "exit 4"], host={"NetworkMode": "bridge"})
    assert crash.exit_code(engine, name) == 4
    assert engine.api.post("/images/alpine/tag?repo=other&tag=1").status == 201
    assert engine.api.delete("/images/other:1").status == 200
    before = crash.events(engine, began)
    crash.restart(engine)
    after = crash.events(engine, began)
    assert after[:len(before)] == before
    actions = [(kind, action) for kind, action, _, _ in before]
    assert actions == [("container", "create"), ("network", "connect"), ("container", "start"),
                       ("network", "disconnect"), ("container", "die"), ("image", "tag"), ("image", "untag")]


def attach(engine, name):
    """The socket of an attach session, past its head."""
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(20)
    connection.connect(engine.socket)
    connection.sendall(f"POST /containers/{name}/attach?stream=1&stdout=1&stderr=1&stdin=1 HTTP/1.1\r\nHost: x\r\n"
                       "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(1)
    assert head.startswith(b"HTTP/1.1 101"), head
    return connection


def test_an_attach_session_lives_on(engine):
    name = crash.run(engine, cmd=["sh", "-c", "while read line; do echo got $line; done; echo end"], OpenStdin=True,
                     StdinOnce=True)
    with attach(engine, name) as session:
        session.sendall(b"one\n")
        assert stream_of(session.recv(4096), 1) == b"got one\n"
        crash.restart(engine)
        session.sendall(b"two\n")
        assert stream_of(session.recv(4096), 1) == b"got two\n"
        session.shutdown(socket.SHUT_WR)
        rest = b""
        while piece := session.recv(4096):
            rest += piece
        assert stream_of(rest, 1) == b"end\n"
    assert crash.exit_code(engine, name) == 0


def listing(engine):
    """The seconds that a listing of all takes: the best of some."""
    return min(crash.timed(lambda: engine.api.get("/containers/json?all=1"))[1] for _ in range(10))


def test_many_containers_do_not_slow_a_start(engine):
    count = 1000 if WHOLE else 150
    for _ in range(count):
        crash.create(engine)
    engine.kill()
    began = time.monotonic()
    engine.start()
    listed = engine.api.get("/containers/json?all=1").json()
    took = time.monotonic() - began
    assert len(listed) == count
    print(f"{count} containers: the next daemon's list after {took:.2f} s")
    assert took < 1


def test_removed_containers_do_not_slow_a_listing(engine):
    kept = [crash.create(engine) for _ in range(10)]
    before = listing(engine)
    for _ in range(10_000 if WHOLE else 200):
        engine.api.delete(f"/containers/{crash.create(engine)}")
    after = listing(engine)
    print(f"a listing of {len(kept)}: {before * 1e3:.2f} ms before, {after * 1e3:.2f} ms after")
    assert after < 1.5 * before + 0.002


@pytest.mark.skipif(not WHOLE, reason="long: part of ./dev soak")
def test_a_slow_reader_of_events_is_told_what_it_missed(engine):
    with socket.socket(socket.AF_UNIX) as reader:
        reader.connect(engine.socket)
        filters = '{"type":["container"]}'.replace('"', "%22")
        reader.sendall(f"GET /events?filters={filters} HTTP/1.0\r\nHost: x\r\n\r\n".encode())
        time.sleep(0.2)
        made = 0
        while made < 6000:
            engine.api.delete(f"/containers/{crash.create(engine)}")
            made += 1
        reader.settimeout(2)
        text = b""
        try:
            while piece := reader.recv(65536):
                text += piece
        except TimeoutError:
            pass
    told = text.count(b'"Action":"create"') + text.count(b'"Action":"destroy"')
    missed = b"events-missed" in text
    assert missed or told == 2 * made, (told, made)
