"""A way to run a process in a container."""
import pytest

from tests.support.http import stream_of


@pytest.fixture
def execute(api):
    """execute(container, *command, **config): what an exec says."""
    def call(container, *command, **config):
        made = api.post(f"/containers/{container}/exec",
                        {"Cmd": list(command), "AttachStdout": True, "AttachStderr": True, **config})
        assert made.status == 201, made.body
        begun = api.post(f"/exec/{made.json()['Id']}/start", {})
        return (stream_of(begun.body, 1) + stream_of(begun.body, 2)).decode()
    return call
