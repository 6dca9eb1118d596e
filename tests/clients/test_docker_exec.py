"""A second process in a container: the docker client's exec in its forms, and docker-py's and dockerode's."""
import json
import subprocess

import pytest

from tests.support import clients
from tests.support.engine import find_peer
from tests.support.http import past_events, stream_of
from tests.support.terminal import Terminal
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")


@pytest.fixture(params=["dockerd", "dockerd-newer"])
def client(request, docker):
    """The docker client of both eras."""
    path = docker.path if request.param == "dockerd" else find_peer("dockerd-newer", "docker")
    if not path:
        pytest.skip("no newer docker client is here: ./dev setup")
    return path


@pytest.fixture
def box(docker):
    """The name of a container that waits."""
    docker.must("run", "-d", "--name", "box", "-e", "FROM=container", "alpine", "sleep", "1000")
    return "box"


def test_output_and_exit_code(engine, client, box):
    done = engine.run(client, "exec", box, "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (done.stdout, done.stderr, done.returncode) == ("out\n", "err\n", 7)


@pytest.mark.parametrize("flags, command, said", [
    ([], ["sh", "-c", "echo $FROM $HOME"], "container /root"),
    (["-e", "FROM=exec"], ["sh", "-c", "echo $FROM"], "exec"),
    (["-e", "MORE=a b"], ["sh", "-c", "echo $MORE"], "a b"),
    (["-u", "guest"], ["id", "-u"], "405"),
    (["-u", "12:34"], ["sh", "-c", "echo $(id -u):$(id -g)"], "12:34"),
    (["-w", "/tmp"], ["pwd"], "/tmp"),
    ([], ["grep", "^Seccomp:", "/proc/self/status"], "Seccomp:\t2"),
    ([], ["grep", "CapEff", "/proc/self/status"], "CapEff:\t00000000a80425fb")])
def test_flags_of_exec(docker, box, flags, command, said):
    assert docker.must("exec", *flags, box, *command).rstrip("\n") == said


def test_privileged_has_what_the_host_may_give(docker, box):
    said = docker.must("exec", "--privileged", box, "grep", "CapEff", "/proc/self/status")
    assert int(said.split()[1], 16) & (1 << 21)  # CAP_SYS_ADMIN


def test_stdin_is_passed_and_its_end_seen(engine, client, box):
    done = engine.run(client, "exec", "-i", box, "sh", "-c", "wc -c; echo end", input="x" * 1_000_000)
    assert done.stdout == "1000000\nend\n"


def test_exec_it_is_a_terminal(engine, client, box):
    terminal = Terminal(engine.namespace.command(client, "exec", "-it", box, "sh"), engine.env())
    terminal.expect(b"# ")
    terminal.send(b"tty; echo $TERM; stty size; echo $((6 * 7))\n")
    terminal.expect(b"/dev/pts/")
    terminal.expect(b"xterm")
    terminal.expect(b"42\r\n")
    terminal.send(b"exit 3\n")
    assert terminal.wait() == 3


def test_detach_keys_leave_the_process_running(engine, client, box):
    terminal = Terminal(engine.namespace.command(client, "exec", "-it", box, "sh"), engine.env())
    terminal.expect(b"# ")
    terminal.send(b"sleep 777\n")
    terminal.send(b"\x10\x11")
    terminal.wait()
    running = engine.run(client, "exec", box, "sh", "-c", "grep -l 777 /proc/*/cmdline | wc -l").stdout
    assert int(running) >= 1


def test_detached_runs_on_its_own(engine, client, box):
    done = engine.run(client, "exec", "-d", box, "sh", "-c", "echo here > /tmp/file")
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)
    wait_for(lambda: engine.run(client, "exec", box, "cat", "/tmp/file").stdout == "here\n", "it has written")


@pytest.mark.parametrize("command, status, text", [
    (["no-such-program"], 127, "executable file not found in $PATH"),
    (["/no/such"], 127, "no such file or directory"),
    (["/etc"], 126, "permission denied")])
def test_what_cannot_be_started(engine, client, box, command, status, text):
    done = engine.run(client, "exec", box, *command)
    assert done.returncode == status
    assert text in done.stdout + done.stderr
    assert engine.run(client, "exec", box, "echo", "still").stdout == "still\n"


def test_an_unknown_user_is_told(docker, box):
    done = docker("exec", "-u", "nobody-knows", box, "true")
    assert done.returncode != 0
    assert "unable to find user nobody-knows" in done.stdout + done.stderr


def test_only_in_containers_that_run(docker, box):
    docker.must("pause", box)
    done = docker("exec", box, "true")
    assert done.returncode == 1 and f"Container {box} is paused, unpause the container before exec" in done.stderr
    docker.must("unpause", box)
    docker.must("stop", "-t", "0", box)
    done = docker("exec", box, "true")
    assert done.returncode == 1 and "is not running" in done.stderr
    assert "No such container" in docker("exec", "nobody", "true").stderr


def test_events_tell_the_course(docker, api, box):
    identity = api.get(f"/containers/{box}/json").json()["Id"]
    assert docker("exec", box, "sh", "-c", "exit 3").returncode == 3
    died = wait_for(lambda: past_events(api, container=identity, event="exec_die"), "the end is told")
    assert died[0]["Actor"]["Attributes"]["exitCode"] == "3"
    told = past_events(api, container=identity, event=["exec_create", "exec_start"])
    assert [event["Action"] for event in told] == ["exec_create: sh -c exit 3", "exec_start: sh -c exit 3"]
    assert {event["Actor"]["Attributes"]["execID"] for event in told} == {died[0]["Actor"]["Attributes"]["execID"]}


def start_exec(api, box, command, **more):
    """The id of an exec that was created."""
    body = {"Cmd": command, "AttachStdout": True, "AttachStderr": True, **more}
    answer = api.post(f"/containers/{box}/exec", body)
    assert answer.status == 201, answer.body
    return answer.json()["Id"]


def test_inspect_follows_its_life(api, box):
    identity = start_exec(api, box, ["sh", "-c", "exit 5"])
    shown = api.get(f"/exec/{identity}/json").json()
    assert (shown["Running"], shown["ExitCode"]) == (False, None)
    assert shown["ProcessConfig"]["entrypoint"] == "sh" and shown["ProcessConfig"]["arguments"] == ["-c", "exit 5"]
    assert api.get(f"/containers/{box}/json").json()["ExecIDs"] == [identity]
    answer = api.post(f"/exec/{identity}/start", {})
    assert answer.status == 200 and answer.body == b""
    shown = api.get(f"/exec/{identity}/json").json()
    assert (shown["Running"], shown["ExitCode"]) == (False, 5)
    assert api.get(f"/containers/{box}/json").json()["ExecIDs"] is None
    again = api.post(f"/exec/{identity}/start", {"Detach": True})
    assert again.status == 409 and "has already run" in again.message()


def test_the_exit_code_is_known_when_the_output_has_ended(api, box):
    for number in range(30):
        identity = start_exec(api, box, ["sh", "-c", f"echo {number}; exit {number}"])
        assert stream_of(api.post(f"/exec/{identity}/start", {}).body, 1) == f"{number}\n".encode()
        assert api.get(f"/exec/{identity}/json").json()["ExitCode"] == number


def test_a_session_outlives_the_daemon(engine, docker, box):
    if engine.kind != "wherryd":
        pytest.skip("kills the daemon")
    process = engine.namespace.popen(docker.path, "exec", "-i", box, "sh", "-c", "read line; echo got $line; exit 9",
                                     env=engine.env(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    identity = wait_for(lambda: engine.api.get(f"/containers/{box}/json").json()["ExecIDs"], "it is created")[0]
    wait_for(lambda: engine.api.get(f"/exec/{identity}/json").json()["Running"], "it runs")
    engine.kill()
    process.stdin.write("a line\n")
    process.stdin.close()
    assert process.stdout.read() == "got a line\n"
    process.wait(20)
    engine.start()
    shown = engine.api.get(f"/exec/{identity}/json").json()
    assert (shown["Running"], shown["ExitCode"]) == (False, 9)


def test_one_that_runs_is_found_by_the_next_daemon(engine, docker, box):
    if engine.kind != "wherryd":
        pytest.skip("kills the daemon")
    docker.must("exec", "-d", box, "sh", "-c", "while [ ! -e /tmp/go ]; do sleep 0.05; done; exit 4")
    identity = engine.api.get(f"/containers/{box}/json").json()["ExecIDs"][0]
    engine.kill()
    engine.start()
    shown = engine.api.get(f"/exec/{identity}/json").json()
    assert shown["Running"] and shown["Pid"] > 0
    docker.must("exec", box, "touch", "/tmp/go")
    wait_for(lambda: engine.api.get(f"/exec/{identity}/json").json()["ExitCode"] == 4, "its end is told")


def test_it_goes_with_its_container(api, docker, box):
    identity = start_exec(api, box, ["sleep", "1000"])
    assert api.post(f"/exec/{identity}/start", {"Detach": True}).status == 200
    docker.must("kill", box)
    wait_for(lambda: api.get(f"/exec/{identity}/json").json()["ExitCode"] == 137, "its end is told")
    docker.must("rm", box)
    assert api.get(f"/exec/{identity}/json").status == 404


PYTHON = """
import docker
client = docker.from_env()
box = client.containers.get("box")
print(box.exec_run(["sh", "-c", "echo out; echo err >&2; exit 3"], demux=True))
print(box.exec_run("env", environment={"A": "b"}).output.count(b"A=b"))
print(b"".join(box.exec_run(["echo", "streamed"], stream=True).output))
exec_id = client.api.exec_create("box", ["cat"], stdin=True)["Id"]
wire = client.api.exec_start(exec_id, socket=True)
wire._sock.sendall(b"typed\\n")
wire._sock.shutdown(1)
data = b""
while piece := wire._sock.recv(4096):
    data += piece
print(data)
print(client.api.exec_inspect(exec_id)["ExitCode"])
"""


def test_docker_py(engine, box):
    done = engine.run(clients.docker_py(), "-c", PYTHON)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "ExecResult(exit_code=3, output=(b'out\\n', b'err\\n'))", "1", "b'streamed\\n'",
        repr(b"\x01\0\0\0\0\0\0\x06typed\n"), "0"]


NODE = """
const Docker = require('dockerode');
const docker = new Docker({socketPath: process.env.DOCKER_HOST.slice('unix://'.length)});
(async () => {
  const exec = await docker.getContainer('box').exec({Cmd: ['sh', '-c', 'read line; echo got $line; exit 6'],
    AttachStdin: true, AttachStdout: true, AttachStderr: true});
  const stream = await exec.start({hijack: true, stdin: true});
  docker.modem.demuxStream(stream, process.stdout, process.stderr);
  stream.end('a line\\n');
  await new Promise(resolve => stream.on('end', resolve));
  console.log('code', (await exec.inspect()).ExitCode);
})().catch(error => { console.error(error); process.exit(1); });
"""


def test_dockerode(engine, box):
    done = engine.run("node", "-e", NODE, cwd=clients.dockerode())
    assert done.returncode == 0, done.stderr
    assert done.stdout == "got a line\ncode 6\n"


def test_the_request_and_the_reply_to_the_byte(api, box):
    identity = start_exec(api, box, ["echo", "hi"])
    body = json.dumps({"Detach": False, "Tty": False}).encode()
    head = (f"POST /v1.42/exec/{identity}/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: {len(body)}\r\n\r\n").encode()
    said = api.exchange(head + body)
    head, _, stream = said.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 101 UPGRADED"
    assert lines[1:4] == [b"Content-Type: application/vnd.docker.multiplexed-stream", b"Connection: Upgrade",
                          b"Upgrade: tcp"]
    assert any(line.startswith(b"Api-Version: ") for line in lines)
    assert stream == b"\x01\0\0\0\0\0\0\x03hi\n"
