"""What client libraries send that no document tells."""
import pytest

from tests.support import clients
from tests.support.containers import inspect

pytestmark = pytest.mark.usefixtures("alpine", "clean")

ATTACH = """
const fs = require('fs');
const Docker = require('dockerode');
const docker = new Docker({socketPath: process.env.DOCKER_HOST.slice('unix://'.length)});
async function run(create, hijack, typed) {
  const container = await docker.createContainer({Image: 'alpine', OpenStdin: true, ...create});
  const stream = await container.attach({stream: true, stdin: true, stdout: true, stderr: true, hijack});
  let said = '';
  stream.on('data', data => said += data.toString('latin1'));
  const ended = new Promise(resolve => stream.on('end', resolve));
  await container.start();
  stream.write(typed);
  await ended;
  await container.remove({force: true});
  return JSON.stringify(said);
}
(async () => {
  fs.writeSync(1, await run({Cmd: ['sh']}, true, 'printf abc | wc -c; exit\\n') + '\\n');
  fs.writeSync(1, await run({Cmd: ['wc', '-c'], Tty: true}, true, 'x'.repeat(1000) + '\\n\\x04') + '\\n');
})().catch(error => { console.error(error); process.exit(1); });
"""


def test_dockerode_sends_its_options_as_the_body_of_an_attach(engine):
    """They are not typed into the container."""
    done = engine.run("node", "-e", ATTACH, cwd=clients.dockerode())
    assert done.returncode == 0, done.stderr
    piped, terminal = done.stdout.splitlines()
    assert piped == r'"\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u00023\n"'
    assert terminal == '"' + "x" * 1000 + r'\r\n1001\r\n"'


DOCKER_PY_RUNTIME = """
import docker, sys
api = docker.from_env().api
made = api.create_container("alpine", ["true"], runtime=sys.argv[1])
print(api.inspect_container(made)["HostConfig"]["Runtime"])
"""


def test_docker_py_names_the_runtime_beside_the_image(engine, api):
    told = api.get("/info").json()
    heeded = set(told["Runtimes"]) if engine.kind == "wherryd" else {told["DefaultRuntime"]}
    for name in sorted(heeded):
        done = engine.run(clients.docker_py(), "-c", DOCKER_PY_RUNTIME, name)
        assert (done.returncode, done.stdout) == (0, name + "\n"), done.stderr


def test_one_that_is_not_there_is_passed_over_in_that_place(engine, api):
    if engine.kind == "dockerd":
        pytest.skip("version 20.10 refuses it")
    default = api.get("/info").json()["DefaultRuntime"]
    answer = api.post("/containers/create", {"Image": "alpine", "Cmd": ["true"], "Runtime": "nope"})
    assert answer.status == 201, answer.body
    assert inspect(api, answer.json()["Id"])["HostConfig"]["Runtime"] == default


def test_the_documented_place_comes_first(api):
    default = api.get("/info").json()["DefaultRuntime"]
    body = {"Image": "alpine", "Cmd": ["true"], "Runtime": "io.containerd.runc.v2", "HostConfig": {"Runtime": default}}
    shown = inspect(api, api.post("/containers/create", body).json()["Id"])
    assert shown["HostConfig"]["Runtime"] == default
