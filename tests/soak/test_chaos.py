"""Random operations on 30 containers with kill -9 of the daemon at random points, beside a model (tests/support/chaos.py).

WHERRY_SOAK_ROUNDS tells how long: 500 operations in `./dev soak`, a few dozen otherwise, seeded by WHERRY_SOAK_SEED.
"""
import os

import pytest

from tests.support import crash
from tests.support.chaos import Chaos

WHOLE = int(os.environ.get("WHERRY_SOAK_ROUNDS", "20")) >= 200
SEED = os.environ.get("WHERRY_SOAK_SEED", "1")


@pytest.fixture
def engine():
    """An engine that only this test kills."""
    started = crash.launch("chaos")
    yield started
    started.close()


@pytest.mark.parametrize("kill_monitors", [False, True], ids=["daemon", "daemon and monitors"])
def test_chaos(engine, kill_monitors):
    chaos = Chaos(engine, f"{SEED}.{kill_monitors}", 30 if WHOLE else 10, kill_monitors)
    chaos.run(500 if WHOLE else 90)
    assert chaos.kills
    engine.remove_all_containers()
    engine.leaks.assert_no_containers_left()
