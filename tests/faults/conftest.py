"""An engine that the tests of this folder may kill."""
import os

import pytest

from tests.support import crash
from tests.support import engine as engines


@pytest.fixture(scope="module")
def engine():
    """One for each file."""
    if os.geteuid() != 0 or not (engines.bin_folder() / "wherryd").exists():
        pytest.skip("needs root and a built wherryd")
    started = crash.launch("faults")
    yield started
    started.close()


@pytest.fixture
def clean(engine):
    """The test leaves a daemon that runs and nothing of its containers."""
    yield
    if not engine.process or engine.process.poll() is not None:
        engine.start()
    engine.remove_all_containers()
    engine.leaks.assert_no_containers_left(60)  # the trash of a thousand takes its time
