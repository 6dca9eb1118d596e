"""Containers by requests: made, run to their end, looked at while they run."""
from tests.support.http import stream_of
from tests.support.waiting import wait_for


def create(api, host=None, name="", command=("sleep", "1000"), **config):
    """A created container's id."""
    body = {"Image": "alpine", "Cmd": list(command), **config, "HostConfig": host or {}}
    answer = api.post("/containers/create" + (f"?name={name}" if name else ""), body)
    assert answer.status == 201, answer.body
    return answer.json()["Id"]


def start(api, container):
    """Starts it; the container."""
    answer = api.post(f"/containers/{container}/start")
    assert answer.status == 204, answer.body
    return container


def started(api, host=None, **more):
    """A running container's id."""
    return start(api, create(api, host, **more))


def inspect(api, container):
    """Its inspect."""
    answer = api.get(f"/containers/{container}/json")
    assert answer.status == 200, answer.body
    return answer.json()


def state(api, container):
    """Its State.Status."""
    return inspect(api, container)["State"]["Status"]


def wait_state(api, container, *wanted, seconds=15):
    """Waits for one of the states."""
    return wait_for(lambda: state(api, container) in wanted, f"{container[:12]} is {wanted}", seconds)


def logs(api, container):
    """What it has written, both streams, as text."""
    body = api.get(f"/containers/{container}/logs?stdout=1&stderr=1").body
    return "".join(stream_of(body, number).decode() for number in (1, 2))


def run(api, script, host=None, **config):
    """The output of a shell script in a new container, which has ended."""
    container = started(api, host, command=("sh", "-c", script), **config)
    answer = api.post(f"/containers/{container}/wait")
    assert answer.status == 200, answer.body
    output = logs(api, container)
    api.delete(f"/containers/{container}?force=1&v=1")
    return output
