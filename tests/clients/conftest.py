"""What client tests share."""
import json
import os

import pytest

from tests.support import engine as engines


@pytest.fixture(scope="session")
def wherryd_alone():
    """For engines with flags of wherryd's own: skips where another engine is tested, or none can be started."""
    if os.environ.get("WHERRY_TEST_ENGINE", "wherryd") != "wherryd":
        pytest.skip("another engine is tested, which has no such flag")
    if os.geteuid() != 0 or not (engines.bin_folder() / "wherryd").exists():
        pytest.skip("wherryd is not built, or this is not root")


@pytest.fixture(scope="session")
def server(engine):
    """The engine's answer to GET /version."""
    return engine.api.get("/version").json()


@pytest.fixture
def docker(engine, docker_cli):
    """Runs the docker client: docker("ps", "-a") gives the finished process."""
    def call(*words, **options):
        return engine.run(docker_cli, *words, **options)

    def must(*words, **options):
        done = call(*words, **options)
        assert done.returncode == 0, f"docker {' '.join(map(str, words))}: {done.stderr}"
        return done.stdout
    call.must = must
    call.json = lambda *words: json.loads(must(*words))
    call.path = docker_cli
    call.engine = engine
    return call
