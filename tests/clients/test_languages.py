"""The Go, Python and Node programs of the documentation, with clients from their own registries."""
from tests.support import clients

PYTHON = """
import docker
client = docker.from_env()
print(client.containers.run("alpine", ["echo", "hello", "world"]))
print("removed", client.containers.run("alpine", ["echo", "bye"], remove=True))
try:
    client.containers.run("alpine", ["sh", "-c", "echo oops >&2; exit 3"], remove=True)
except docker.errors.ContainerError as error:
    print("error", error.exit_status, error.stderr)
try:
    client.images.get("no-such-image")
except docker.errors.ImageNotFound as error:
    print("missing", error.status_code)
"""

NODE = """
const fs = require('fs');
const Docker = require('dockerode');
const docker = new Docker({socketPath: process.env.DOCKER_HOST.slice('unix://'.length)});
docker.run('alpine', ['echo', 'hello world'], [process.stdout, process.stderr], {Tty: false})
  .then(([result, container]) => container.remove().then(() => fs.writeSync(1, `status ${result.StatusCode}\\n`)))
  .catch(error => { console.error(error); process.exit(1); });
"""


def test_go_sdk_of_its_era_pulls_and_runs(engine, clean):
    done = engine.run(clients.go_program("go-era"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hello world\n"
    assert "exit code 0" in done.stderr and "Pulling from library/alpine" in done.stderr


def test_go_sdk_of_its_era_obeys_docker_api_version(engine, alpine, clean):
    done = engine.run(clients.go_program("go-era"), env={"DOCKER_API_VERSION": "1.30"})
    assert done.returncode == 0, done.stderr
    assert "API version 1.30" in done.stderr


def test_go_sdk_of_today_pulls_and_runs(engine, clean):
    done = engine.run(clients.go_program("go-current"))
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hello world\n"
    assert "exit code 0" in done.stderr


def test_docker_py_runs_a_container(engine, alpine, clean):
    done = engine.run(clients.docker_py(), "-c", PYTHON)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["b'hello world\\n'", "removed b'bye\\n'", "error 3 b'oops\\n'", "missing 404"]


def test_dockerode_runs_a_container(engine, alpine, clean):
    done = engine.run("node", "-e", NODE, cwd=clients.dockerode())
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hello world\nstatus 0\n"
