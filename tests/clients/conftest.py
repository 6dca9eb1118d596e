"""What client tests share."""
import json

import pytest


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
