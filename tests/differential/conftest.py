"""A real dockerd beside the engine under test."""
import pytest

from tests.support import engine as engines


@pytest.fixture(scope="session")
def real():
    """A newer real dockerd: the judge."""
    if not engines.find_peer("dockerd-newer"):
        pytest.skip("the newer dockerd is not here: ./dev setup newer")
    started = engines.launch("dockerd-newer", label="real")
    version = started.api.get("/version").json()["Version"]
    if not version.startswith("28."):
        started.close()
        pytest.skip(f"judged by 28.x, and this dockerd is {version}")
    yield started
    started.close()
