"""A client that asks in quick succession is waited for awake; one that pauses costs nothing.

wherryd alone: a real dockerd has no `--busy-poll`.
"""
import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.support import engine as engines
from tests.support.http import UnixConnection

REQUESTS = 300


@pytest.fixture(scope="module", name="launch")
def start_engines(wherryd_alone):
    """Starts a wherryd with the given flags, once for all tests here."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("with one processor there is no polling")
    started = {}

    def launch(*flags):
        if flags not in started:
            started[flags] = engines.launch("wherryd", f"poll{len(started)}", flags, registry=False)
        return started[flags]
    yield launch
    for one in started.values():
        one.close()


def ask(connection, times):
    """So many pings in a row."""
    for _ in range(times):
        connection.request("GET", "/_ping")
        answer = connection.getresponse()
        assert answer.status == 200 and answer.read() == b"OK"


def sleeps(engine):
    """How often the daemon's loop went to sleep until now."""
    for line in Path(f"/proc/{engine.process.pid}/status").read_text().splitlines():
        if line.startswith("voluntary_ctxt_switches:"):
            return int(line.split()[1])
    raise AssertionError("the kernel does not count")


def sleeps_of_requests(engine):
    """The same for REQUESTS pings on one connection."""
    connection = UnixConnection(engine.socket)
    ask(connection, 10)
    before = sleeps(engine)
    ask(connection, REQUESTS)
    slept = sleeps(engine) - before
    connection.close()
    return slept


def test_the_loop_sleeps_after_every_answer_only_without_it(launch):
    asleep, awake = launch("--busy-poll=0"), launch("--busy-poll=10000")
    seen = []
    # A machine that is busy gets its processor back for a while: not every attempt shows it.
    for _ in range(10):
        seen.append((sleeps_of_requests(awake), sleeps_of_requests(asleep)))
        if 2 * seen[-1][0] < seen[-1][1]:
            return
    raise AssertionError(f"as many sleeps with it as without: {seen}")


def test_a_client_that_pauses_costs_nothing(launch):
    engine = launch("--busy-poll=10000")
    connection = UnixConnection(engine.socket)
    ask(connection, 50)
    time.sleep(0.1)  # ten times what it stays awake for
    clock = Path(f"/proc/{engine.process.pid}/schedstat")
    before = int(clock.read_text().split()[0])
    time.sleep(0.5)
    used = int(clock.read_text().split()[0]) - before
    assert used < 100e6, f"{used / 1e6} ms of processor time in 500 ms of silence"
    ask(connection, 1)
    connection.close()


@pytest.mark.parametrize("value", ["-1", "10001", "soon"])
def test_other_values_are_refused(launch, value):
    program = launch("--busy-poll=0").program[0]
    done = subprocess.run([program, "--validate", f"--busy-poll={value}"], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "busy-poll" in done.stderr, done
