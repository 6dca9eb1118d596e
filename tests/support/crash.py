"""What tests that kill the daemon (or a monitor) stand on: payloads whose output and end are known, and proofs."""
import os
import signal
import time
from http.client import HTTPException

from tests.support import engine as engines
from tests.support import lookalike
from tests.support.http import stream_of
from tests.support.waiting import wait_for

GONE = (OSError, HTTPException)  # what a request gets whose daemon is killed


def launch(label, arguments=(), prepare=None):
    """A wherryd of the caller's own with alpine:latest and no registry; close() ends it."""
    started = engines.launch("wherryd", label, arguments, registry=False, prepare=prepare)
    load(started)
    return started


def load(engine, name="alpine"):
    """Loads a look-alike."""
    answer = engine.api.post("/images/load", lookalike.docker_archive([name]),
                             headers={"Content-Type": "application/x-tar"})
    assert answer.status == 200 and b"errorDetail" not in answer.body, answer.body


def numbered(count, code, pause="0", every=50):
    """A command that prints lines 1 to COUNT, sleeping PAUSE seconds after each EVERY, then exits with CODE."""
    script = (f"i=0; while [ $i -lt {count} ]; do i=$((i+1)); echo $i; "
              f"[ $((i % {every})) -ne 0 ] || sleep {pause}; done; exit {code}")
    return ["sh", "-c", script]


def lines(count):
    """What `numbered` prints."""
    return "".join(f"{i}\n" for i in range(1, count + 1)).encode()


def create(engine, name=None, cmd=("sleep", "1000"), host=None, **config):
    """Creates a container of alpine; its id."""
    body = {"Image": "alpine", "Cmd": list(cmd), "HostConfig": {"NetworkMode": "none", **(host or {})}, **config}
    answer = engine.api.post("/containers/create" + (f"?name={name}" if name else ""), body)
    assert answer.status == 201, answer.body
    return answer.json()["Id"]


def start(engine, name):
    """Starts a container."""
    answer = engine.api.post(f"/containers/{name}/start")
    assert answer.status == 204, answer.body


def run(engine, name=None, cmd=("sleep", "1000"), host=None, **config):
    """Creates and starts; the id."""
    made = create(engine, name, cmd, host, **config)
    start(engine, made)
    return made


def state(engine, name):
    """State of inspect; None where there is no such container."""
    answer = engine.api.get(f"/containers/{name}/json")
    if answer.status == 404:
        return None
    assert answer.status == 200, answer.body
    return answer.json()["State"]


def exit_code(engine, name, seconds=30):
    """What wait answers."""
    answer = engine.api.post(f"/containers/{name}/wait", timeout=seconds)
    assert answer.status == 200, answer.body
    return answer.json()["StatusCode"]


def log(engine, name):
    """The container's stdout."""
    answer = engine.api.get(f"/containers/{name}/logs?stdout=1&stderr=1")
    assert answer.status == 200, answer.body
    return stream_of(answer.body, 1)


def monitor_of(container):
    """The pid of a container's monitor."""
    wanted = b"wherry-monitor\0" + container.encode()
    for entry in os.listdir("/proc"):
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                if entry.isdigit() and wanted in file.read():
                    return int(entry)
        except OSError:
            pass  # it ended meanwhile, or is none
    return None


def kill_monitor(container):
    """SIGKILL for a container's monitor."""
    pid = monitor_of(container)
    assert pid, f"no monitor of {container}"
    os.kill(pid, signal.SIGKILL)


class Stopped:
    """A container's monitor, stopped (SIGSTOP) inside the `with`."""

    def __init__(self, container):
        self.pid = monitor_of(container)

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)
        wait_for(self._stopped, "the monitor is stopped")
        return self

    def _stopped(self):
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "T"

    def __exit__(self, *_):
        try:
            os.kill(self.pid, signal.SIGCONT)
        except ProcessLookupError:
            pass


def events(engine, since, until=None, **filters):
    """(type, action, actor's id, attributes) of the events since a time."""
    wanted = "" if not filters else "&filters=" + lookalike.compact(
        {key: [value] for key, value in filters.items()}).decode()
    answer = engine.api.get(f"/events?since={since}&until={until or time.time():.6f}{wanted}")
    assert answer.status == 200, answer.body
    return [(one["Type"], one["Action"], one["Actor"]["ID"], one["Actor"]["Attributes"]) for one in answer.lines()]


def restart(engine):
    """kill -9 and a new daemon."""
    if engine.process:
        engine.kill()
    engine.start()


def timed(call):
    """(what it returns, the seconds it took)."""
    began = time.monotonic()
    value = call()
    return value, time.monotonic() - began
