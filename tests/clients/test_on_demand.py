"""wherry without a daemon: the engine that it brings up, shares, and that leaves nothing behind."""
import os
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from tests.support.engine import PRESET, ROOT, bin_folder
from tests.support.on_demand import Machine
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="engines need root"),
    pytest.mark.skipif(not (bin_folder() / "wherry").exists() or not (bin_folder() / "wherryd").exists(),
                       reason="wherry and wherryd are not built"),
]


@pytest.fixture
def machine():
    """A machine without a daemon that has the image alpine."""
    made = Machine()
    try:
        with made.popen("events") as events:  # a client: the engine stays while the image is loaded
            wait_for(made.socket.exists, "an engine")
            made.load()
            events.kill()
        yield made
    finally:
        made.close()


def test_run_brings_up_an_engine_that_leaves_nothing(machine):
    assert machine.must("run", "--rm", "alpine", "echo", "hello world") == "hello world\n"
    machine.assert_nothing_left()
    assert machine.must("run", "alpine", "sh", "-c", "echo again; exit 0") == "again\n"
    machine.assert_nothing_left()
    assert len(machine.must("ps", "-aq").split()) == 1  # the second one's; the first was removed
    machine.assert_nothing_left()


def test_exit_codes_come_through(machine):
    assert machine.wherry("run", "--rm", "alpine", "sh", "-c", "exit 42").returncode == 42
    assert machine.wherry("run", "--rm", "alpine", "nosuch").returncode == 127


def test_shells_at_once_share_one_engine(machine):
    machine.assert_nothing_left()
    shells = [machine.popen("run", "--rm", "alpine", "sh", "-c", f"echo {number}; sleep 0.5") for number in range(4)]
    seen = Counter()
    while any(shell.poll() is None for shell in shells):
        seen.update(machine.engines())
    said = [shell.communicate() for shell in shells]
    assert [(out, err) for out, err in said] == [(f"{number}\n", "") for number in range(4)]
    assert [shell.returncode for shell in shells] == [0] * 4
    # Those that came second are seen for as long as they take to find out.
    lasting = [pid for pid, times in seen.items() if times > max(seen.values()) / 4]
    assert len(lasting) == 1, seen
    machine.assert_nothing_left()


def test_commands_that_meet_the_engines_end_are_not_refused(machine):
    """The engine's grace is over while commands come: each finds this engine or starts the next."""
    for round_ in range(12):
        assert machine.must("ps", "-q") == ""
        # The grace is 300 ms; the rounds go over its end in small steps.
        subprocess.run(["sleep", f"{0.28 + round_ * 0.008:.3f}"], check=True)
    machine.assert_nothing_left()


def test_a_detached_container_keeps_its_engine_until_its_end(machine):
    started = machine.must("run", "-d", "--rm", "--name", "later", "alpine", "sleep", "2")
    assert len(started) == 65
    assert "later" in machine.must("ps")
    engine = machine.engines()
    assert len(engine) == 1
    machine.assert_nothing_left()
    assert machine.must("ps", "-aq") == ""


def test_restart_policies_have_an_owner(machine):
    spec = '{"Image":"alpine","Cmd":["sh","-c","echo run; exit 1"],"HostConfig":{"RestartPolicy":{"Name":"on-failure",' \
           '"MaximumRetryCount":2},"NetworkMode":"none"}}'
    with machine.popen("events") as events:
        wait_for(machine.socket.exists, "an engine")

        def curl(path, *more):
            done = machine.namespace.run("curl", "-sS", "--fail-with-body", "--unix-socket", machine.socket, "-X", "POST",
                                         *more, f"http://localhost{path}")
            assert done.returncode == 0, done.stdout + done.stderr
        curl("/containers/create?name=again", "-H", "Content-Type: application/json", "-d", spec)
        curl("/containers/again/start")
        events.kill()
    machine.assert_nothing_left()
    assert machine.must("logs", "again") == "run\n" * 3


def test_a_killed_engine_is_followed_by_one_that_finds_everything(machine):
    name = machine.must("run", "-d", "--name", "on", "-p", "127.0.0.1:18081:80", "alpine",
                        "httpd", "-f", "-h", "/www").strip()
    ended = machine.must("run", "-d", "--name", "ends", "alpine", "sh", "-c", "sleep 1; echo done; exit 9").strip()
    for pid in machine.engines():
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not machine.engines(), "the engine is dead")
    fetched = machine.namespace.run("curl", "-sf", "http://127.0.0.1:18081/")
    assert "hello from busybox httpd" in fetched.stdout
    listed = machine.must("ps", "-q", "--no-trunc").split()
    assert name in listed
    wait_for(lambda: ended not in machine.must("ps", "-q", "--no-trunc"), "the second one has ended")
    assert machine.must("logs", "ends") == "done\n"
    assert machine.must("inspect", "-f", "{{.State.ExitCode}}", "ends") == "9\n"
    machine.must("rm", "-f", "on", "ends")
    machine.assert_nothing_left()


def test_sigterm_ends_it_in_order(machine):
    machine.must("run", "-d", "--name", "on", "--network", "none", "alpine", "sleep", "100")
    pids = machine.engines()
    os.kill(pids[0], signal.SIGTERM)
    wait_for(lambda: not machine.engines(), "the engine's end")
    assert not machine.socket.exists()
    assert "on" in machine.must("ps")
    machine.must("rm", "-f", "on")
    machine.assert_nothing_left()


def test_a_daemon_on_the_default_socket_is_preferred(machine, tmp_path):
    other = machine.folder / "docker.sock"
    log = open(machine.folder / "daemon.log", "ab")
    daemon = machine.namespace.popen(bin_folder() / "wherryd", "-H", f"unix://{other}", "--data-root", tmp_path / "data",
                                     "--exec-root", tmp_path / "exec", "--pidfile", tmp_path / "pid", stdout=log, stderr=log)
    try:
        wait_for(other.exists, "the daemon")
        assert machine.must("ps", "-q") == ""
        assert machine.must("info", "-f", "{{.DockerRootDir}}").strip() == str(tmp_path / "data")
    finally:
        daemon.terminate()
        assert daemon.wait(20) == 0
        log.close()


def test_a_named_daemon_is_never_replaced(machine):
    machine.assert_nothing_left()
    done = machine.wherry("ps", env={"DOCKER_HOST": "unix:///nonexistent.sock"})
    assert done.returncode == 1
    assert machine.engines() == []


def test_an_engine_that_cannot_start_says_why(machine):
    machine.assert_nothing_left()
    machine.config.write_text('{"no-such-key": true}')
    done = machine.wherry("ps")
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert said[0].startswith("the engine could not be started: ") and said[0].endswith("no-such-key"), said
    assert said[1].startswith("Cannot connect to the Docker daemon"), said


def test_the_example_without_a_daemon(machine):
    """The engine inside a program: an image from an archive, a container, and nothing left."""
    program = ROOT / "build" / PRESET / "examples" / "without_daemon"
    if not program.exists():
        pytest.skip("the examples are not built")
    machine.assert_nothing_left()
    before = set(Path("/run").glob("wherry*"))
    done = machine.namespace.run(program, machine.folder / "alpine.tar", machine.folder / "own-state", env=machine.env())
    assert (done.stdout, done.returncode) == ("hello world\n", 0), done.stderr
    machine.assert_nothing_left()
    assert set(Path("/run").glob("wherry*")) <= before
