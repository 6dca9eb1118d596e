"""Rounds of: five containers print numbered lines and exit with a code, the daemon is killed, the next one answers.

WHERRY_SOAK_ROUNDS rounds (20 unless told), seeded by WHERRY_SOAK_SEED.
"""
import os
import random
import threading
import time

import pytest

from tests.support import crash

ROUNDS = int(os.environ.get("WHERRY_SOAK_ROUNDS", "20"))
SEED = os.environ.get("WHERRY_SOAK_SEED", "1")
CONTAINERS = 5


class Payload(threading.Thread):
    """Creates and starts one container, and remembers what was acknowledged."""

    def __init__(self, engine, name, rng):
        super().__init__()
        self.engine, self.name = engine, name
        self.count, self.code = rng.randint(1, 1500), rng.randint(0, 255)
        self.pause = rng.choice(("0", "0.01", "0.05"))
        self.auto_remove = rng.random() < 0.2
        self.bridge = rng.random() < 0.4
        self.id = None
        self.started = False

    def run(self):
        host = {"AutoRemove": self.auto_remove, "NetworkMode": "bridge" if self.bridge else "none"}
        try:
            self.id = crash.create(self.engine, self.name, crash.numbered(self.count, self.code, self.pause), host)
            crash.start(self.engine, self.id)
            self.started = True
        except crash.GONE:
            pass  # killed in between: it has happened, or not

    def check(self):
        """Everything that was acknowledged is there, and what happened has happened as a whole."""
        found = crash.state(self.engine, self.name)
        if self.auto_remove:
            if found and found["Status"] != "created":
                # Its removal may win against the wait, which then has no container.
                self.engine.api.post(f"/containers/{self.name}/wait?condition=removed")
                assert crash.state(self.engine, self.name) is None, f"{self.name} is still there"
            return
        assert found or not self.id, f"{self.name} was created and is gone"
        if not found or (found["Status"] == "created" and not self.started):
            return
        assert found["Status"] != "created", f"{self.name} was started and is {found}"
        code = crash.exit_code(self.engine, self.name)
        after = crash.state(self.engine, self.name)
        assert (code, after["ExitCode"], after["Error"]) == (self.code, self.code, ""), (self.name, after)
        assert crash.log(self.engine, self.name) == crash.lines(self.count), f"lines of {self.name}"


@pytest.fixture(scope="module")
def engine():
    """An engine that only this file kills."""
    started = crash.launch("soak")
    yield started
    started.close()


def one_round(engine, number):
    """One round."""
    rng = random.Random(f"{SEED}.{number}")
    payloads = [Payload(engine, f"r{number}c{index}", rng) for index in range(CONTAINERS)]
    for payload in payloads:
        payload.start()
    time.sleep(rng.uniform(0, 0.8))
    engine.kill()
    for payload in payloads:
        payload.join()
    time.sleep(rng.choice((0, 0, 0.3, 1)))  # what ends without a daemon is found too
    engine.start()
    if rng.random() < 0.3:  # a daemon that is killed while it takes up what runs
        time.sleep(rng.uniform(0, 0.05))
        crash.restart(engine)
    for payload in payloads:
        payload.check()
    engine.remove_all_containers()
    engine.leaks.assert_no_containers_left()


@pytest.mark.parametrize("number", range(ROUNDS))
def test_no_line_and_no_exit_code_is_lost(engine, number):
    one_round(engine, number)
