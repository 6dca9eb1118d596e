"""Fixtures of all tests that need an engine."""
import os
import subprocess

import pytest

from tests.support import engine as engines


@pytest.fixture(scope="session")
def engine():
    """The engine under test, shared by a run: tests clean up what they create."""
    if os.geteuid() != 0:
        pytest.skip("engines need root")
    if os.environ.get("WHERRY_TEST_ENGINE", "wherryd") == "wherryd" and not (engines.bin_folder() / "wherryd").exists():
        pytest.skip("wherryd is not built")
    started = engines.launch()
    yield started
    started.close()


@pytest.fixture
def api(engine):
    """Requests to the engine."""
    return engine.api


@pytest.fixture(scope="session")
def alpine(engine):
    """The engine has alpine:latest."""
    engine.pull("alpine")
    return "alpine"


@pytest.fixture
def clean(engine):
    """No container is left by the test, and nothing of one."""
    yield
    if engine.leaks:
        engine.remove_all_containers()
        engine.leaks.assert_no_containers_left()


@pytest.fixture(scope="session")
def docker_cli():
    """The docker command line client: the system's, or the one that ./dev setup unpacked."""
    path = os.environ.get("WHERRY_DOCKER_CLI") or engines.find_peer("dockerd", "docker")
    if not path:
        pytest.skip("no docker client is here: ./dev setup")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    print(f"docker client: {path}: {version.strip()}")
    return path
