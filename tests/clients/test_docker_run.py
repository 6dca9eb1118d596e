"""The docker client on containers: run in its forms, ps, logs, attach, stop, rm, inspect."""
import re
import subprocess

import pytest

from tests.support.terminal import Terminal
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")


def test_run_rm_prints_and_leaves_nothing(docker):
    assert docker.must("run", "--rm", "alpine", "echo", "hello world") == "hello world\n"
    assert docker.must("ps", "-aq") == ""


@pytest.mark.parametrize("command, status", [
    (["sh", "-c", "exit 42"], 42), (["true"], 0),
    (["no-such-program"], 127), (["/etc"], 126)])
def test_exit_codes(docker, command, status):
    assert docker("run", "--rm", "alpine", *command).returncode == status


def test_stdout_and_stderr_are_kept_apart(docker):
    done = docker("run", "--rm", "alpine", "sh", "-c", "echo out; echo err >&2")
    assert (done.stdout, done.stderr) == ("out\n", "err\n")


def test_stdin_is_passed_and_its_end_seen(docker):
    done = docker("run", "-i", "--rm", "alpine", "sh", "-c", "wc -c; echo end", input="x" * 100_000)
    assert done.stdout == "100000\nend\n"


@pytest.mark.parametrize("flags, command, said", [
    (["-e", "A=b c"], ["sh", "-c", "echo $A"], "b c"),
    (["-w", "/tmp"], ["pwd"], "/tmp"),
    (["-u", "guest"], ["id", "-u"], "405"),
    (["-u", "12:34"], ["sh", "-c", "echo $(id -u):$(id -g)"], "12:34"),
    (["--hostname", "box"], ["hostname"], "box"),
    (["--entrypoint", "echo"], ["from", "echo"], "from echo"),
    (["--network", "none"], ["ls", "/sys/class/net"], "lo"),
    (["--read-only"], ["sh", "-c", "touch /x 2>&1 | grep -o 'Read-only file system'"], "Read-only file system"),
    (["--cap-drop", "ALL"], ["grep", "CapEff", "/proc/self/status"], "CapEff:\t0000000000000000"),
    (["--init"], ["cat", "/proc/1/comm"], "docker-init"),
    (["--tmpfs", "/scratch"], ["stat", "-f", "-c", "%T", "/scratch"], "tmpfs"),
    (["--label", "a=b"], ["echo", "labelled"], "labelled"),
    (["--pids-limit", "50"], ["echo", "limited"], "limited"),
    (["--memory", "64m"], ["echo", "limited"], "limited"),
    (["--cpus", "0.5"], ["echo", "limited"], "limited")])
def test_flags_of_run(docker, flags, command, said, engine):
    if flags == ["--init"] and engine.kind == "wherryd":
        said = "docker-init|tini|init"
    done = docker.must("run", "--rm", *flags, "alpine", *command).rstrip("\n")
    assert re.fullmatch(said, done) if "|" in said else done == said


def test_binds_and_volumes(docker, tmp_path):
    (tmp_path / "file").write_text("of the host\n")
    tmp_path.chmod(0o755)
    assert docker.must("run", "--rm", "-v", f"{tmp_path}:/in:ro", "alpine", "cat", "/in/file") == "of the host\n"
    done = docker("run", "--rm", "-v", f"{tmp_path}:/in:ro", "alpine", "touch", "/in/other")
    assert done.returncode == 1 and "Read-only file system" in done.stderr
    docker.must("run", "--rm", "-v", f"{tmp_path}:/in", "alpine", "sh", "-c", "echo back > /in/other")
    assert (tmp_path / "other").read_text() == "back\n"


def test_run_it_is_a_terminal(docker, engine):
    terminal = Terminal(engine.namespace.command(docker.path, "run", "-it", "--rm", "alpine", "sh"), engine.env())
    terminal.expect(b"# ")
    terminal.send(b"tty; echo $((6 * 7))\n")
    terminal.expect(b"/dev/pts/0")
    terminal.expect(b"42\r\n")
    terminal.send(b"exit 3\n")
    assert terminal.wait() == 3


def test_detach_keys_leave_the_container_running(docker, engine):
    terminal = Terminal(engine.namespace.command(docker.path, "run", "-it", "--name", "kept", "alpine", "sh"),
                        engine.env())
    terminal.expect(b"# ")
    terminal.send(b"\x10\x11")
    assert terminal.wait() == 0
    assert docker.must("ps", "-q", "--filter", "name=kept") != ""


def test_run_d_then_ps_stop_and_rm(docker):
    container = docker.must("run", "-d", "--name", "sleeper", "alpine", "sleep", "1000").strip()
    assert re.fullmatch("[0-9a-f]{64}", container)
    listed = docker.must("ps", "--format", "{{.ID}} {{.Image}} {{.Names}} {{.Command}}").strip()
    assert listed == f'{container[:12]} alpine sleeper "sleep 1000"'
    assert docker.must("ps", "--format", "{{.Status}}").startswith("Up ")
    done = docker("rm", "sleeper")
    assert done.returncode == 1 and "stop the container before" in done.stderr.lower()
    assert docker.must("stop", "-t", "1", "sleeper") == "sleeper\n"
    assert docker.must("ps", "-q") == ""
    assert docker.must("ps", "-a", "--format", "{{.Status}}").startswith("Exited (137)")
    assert docker.must("rm", "sleeper") == "sleeper\n"


def test_a_name_in_use_is_a_conflict(docker):
    docker.must("create", "--name", "taken", "alpine", "true")
    done = docker("create", "--name", "taken", "alpine", "true")
    assert done.returncode == 1 and 'The container name "/taken" is already in use by container' in done.stderr


def test_logs_show_what_was_said(docker):
    docker.must("run", "--name", "talker", "alpine", "sh", "-c", "for i in 1 2 3; do echo $i; done; echo e >&2")
    done = docker("logs", "talker")
    assert (done.stdout, done.stderr) == ("1\n2\n3\n", "e\n")
    assert docker("logs", "--tail", "2", "talker").stdout.endswith("3\n")
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z 1\n", docker("logs", "-t", "talker").stdout)
    assert docker("logs", "--since", "2099-01-01T00:00:00Z", "talker").stdout == ""


def test_logs_f_follows_to_the_end(docker, engine):
    docker.must("run", "-d", "--name", "counter", "alpine", "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done")
    follower = engine.namespace.popen(docker.path, "logs", "-f", "counter", env=engine.env(), text=True,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert follower.communicate(timeout=20)[0] == "1\n2\n3\n"
    assert follower.returncode == 0


def test_attach_sees_the_output_and_gives_input(docker, engine):
    docker.must("run", "-di", "--name", "echoer", "alpine", "sh", "-c", "read line; echo got $line; exit 5")
    client = engine.namespace.popen(docker.path, "attach", "echoer", env=engine.env(), text=True,
                                    stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    client.stdin.write("a line\n")
    client.stdin.flush()  # and stays open: its end would end the attach session
    assert client.stdout.read() == "got a line\n"
    client.stdin.close()
    assert client.wait(20) == 5


def test_wait_and_inspect(docker):
    container = docker.must("run", "-d", "alpine", "sh", "-c", "exit 7").strip()
    assert docker.must("wait", container) == "7\n"
    shown = docker.json("inspect", container)[0]
    assert shown["Id"] == container
    assert shown["Config"]["Image"] == "alpine"
    assert shown["State"]["Status"] == "exited" and shown["State"]["ExitCode"] == 7
    assert shown["HostConfig"]["NetworkMode"] in ("default", "bridge")
    assert docker.must("inspect", "-f", "{{.State.Running}}", container) == "false\n"


def test_start_restart_kill_and_rename(docker):
    docker.must("create", "--name", "one", "alpine", "sleep", "1000")
    assert docker.must("start", "one") == "one\n"
    docker.must("rename", "one", "two")
    first = docker.must("inspect", "-f", "{{.State.Pid}}", "two")
    assert docker.must("restart", "-t", "0", "two") == "two\n"
    assert docker.must("inspect", "-f", "{{.State.Pid}}", "two") != first
    assert docker.must("kill", "two") == "two\n"
    wait_for(lambda: docker.must("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "two") == "exited 137\n",
             "the killed container ends")


def test_a_wrong_image_name_is_explained(docker):
    done = docker("run", "--rm", "Not/A/Reference")
    assert done.returncode == 125 and "invalid reference format" in done.stderr
