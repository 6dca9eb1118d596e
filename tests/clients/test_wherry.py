"""The wherry command: its own behaviour, and beside the docker client on the same engine."""
import re
import signal
import subprocess

import pytest

from tests.support.engine import ROOT, PRESET, bin_folder, find_peer
from tests.support.terminal import Terminal
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.usefixtures("alpine", "clean"),
    pytest.mark.skipif(not (bin_folder() / "wherry").exists(), reason="wherry is not built"),
]


@pytest.fixture
def docker_cli():
    """The command speaks as current docker clients do."""
    path = find_peer("dockerd-newer", "docker")
    if not path:
        pytest.skip("the newer docker client is not here: ./dev setup")
    return path


def same(wherry, docker, *words, **options):
    """Both commands' results by one API version, with the program's name taken out of the words."""
    options["env"] = {"DOCKER_API_VERSION": "1.51"}

    def plain(done, name):
        return [done.returncode, done.stdout, done.stderr.replace("docker.io", "REGISTRY").replace(name, "NAME")]
    return plain(wherry(*words, **options), "wherry"), plain(docker(*words, **options), "docker")


def sdk_must(engine, *words, **options):
    """The command's output, which must be a success."""
    done = engine.wherry(*words, **options)
    assert done.returncode == 0, f"wherry {' '.join(map(str, words))}: {done.stderr}"
    return done.stdout


@pytest.mark.parametrize("words", [
    ("run",), ("run", "--frob", "alpine"), ("run", "-x", "alpine"), ("run", "alpine", "no-such-program"),
    ("run", "alpine", "/etc"), ("run", "-w", "rel", "alpine", "pwd"), ("rm",), ("rm", "nosuch"), ("stop",),
    ("rm", "-f", "nosuch"), ("stop", "nosuch"), ("logs", "nosuch"), ("logs", "--tail"),
    ("ps", "--frob"), ("ps", "more"), ("pull",), ("pull", "bad/Ref"), ("frob",), ("run", "-it", "alpine", "true"),
    ("run", "--rm", "alpine", "sh", "-c", "echo out; echo err >&2; exit 42"), ("pull", "alpine"), ("pull", "-q", "alpine"),
    ("images",), ("images", "-q"), ("images", "--no-trunc"), ("images", "--digests"), ("images", "-a"),
    ("images", "alp"), ("images", "alpine"), ("images", "alpine:latest"), ("images", "--frob"), ("images", "-f", "bad=1"),
    ("images", "-f", "bad"), ("images", "--filter", "reference=alp*", "-q"), ("images", "--format", "json"),
    ("images", "--format", "{{.Repository}}:{{.Tag}} {{.Size}} {{.ID}} {{.Digest}}"), ("images", "--format", "{{.ID"),
    ("rmi",), ("rmi", "nosuch"), ("rmi", "-f", "nosuch"), ("rmi", "bad/Ref"), ("rmi", "--frob", "x"),
    ("inspect",), ("inspect", "nosuch"), ("inspect", "alpine"), ("inspect", "alpine", "bridge"), ("inspect", "alpine", "nosuch"),
    ("inspect", "--type", "container", "alpine"), ("inspect", "--type", "image", "alpine", "nosuch"),
    ("inspect", "-f", "{{.Id}} {{.Os}} {{.Size}} {{.RepoTags}} {{json .Config.Env}}", "alpine"),
    ("inspect", "-f", "{{.Name}}", "bridge", "nosuch"), ("inspect", "--format", "json", "alpine"),
    ("inspect", "-f", "{{.Id", "alpine"), ("inspect", "--frob", "alpine"),
    ("events", "more"), ("events", "--frob"), ("events", "--since", "bad", "--until", "1s"), ("events", "-f", "frob"),
    ("events", "--since", "0", "--until", "1s"), ("events", "--since", "0", "--until", "1s", "-f", "type=image"),
    ("events", "--since", "0", "--until", "1s", "--format", "{{.Type}} {{.Action}} {{.Actor.ID}}"),
    ("info", "more"), ("info", "--frob"), ("info", "-f", "{{.ServerVersion}} {{.Images}} {{.Driver}} {{json .Runtimes}}")])
def test_same_words_and_exit_code_as_the_docker_client(engine, docker, words):
    ours, theirs = same(engine.wherry, docker, *words, stdin=subprocess.DEVNULL)
    assert ours == theirs


def test_same_table_as_the_docker_client(engine, docker):
    sdk_must(engine, "run", "-d", "--name", "long-name", "alpine", "sh", "-c", "sleep 100; echo a-long-command")
    sdk_must(engine, "run", "-d", "-p", "127.0.0.1:18080:80", "-p", "9000-9001:9000-9001", "alpine", "sleep", "100")
    sdk_must(engine, "run", "alpine", "true")
    for words in (("ps",), ("ps", "-a"), ("ps", "-q"), ("ps", "-aq"), ("ps", "--no-trunc")):
        def agree(words=words):
            ours, theirs = same(engine.wherry, docker, *words)
            return ours == theirs
        wait_for(agree, f"the same {words}", 5)  # a second may pass between the two


def test_same_removal_of_images_as_the_docker_client(engine, docker):
    results = []
    for command in (engine.wherry, docker):
        for tag in ("one", "two"):
            assert engine.api.post(f"/images/alpine/tag?repo=spare&tag={tag}").status == 201
        results.append([(done.returncode, done.stdout, done.stderr) for done in (
            command("rmi", "spare:one", "nosuch", "spare:two"), command("rmi", "-f", "spare:one"))])
    assert results[0] == results[1]


def test_same_inspection_of_a_container_as_the_docker_client(engine, docker):
    sdk_must(engine, "run", "--name", "seen", "-e", "A=<b>&c", "-v", "kept:/data", "alpine", "echo", "said")
    for words in (("seen",), ("-s", "seen"), ("seen", "kept"), ("-f", "{{.State.ExitCode}} {{.State.Running}} {{.Args}}", "seen"),
                  ("--type", "volume", "kept"), ("-f", "{{json .Mounts}}", "seen")):
        ours, theirs = same(engine.wherry, docker, "inspect", *words)
        assert ours == theirs
    sdk_must(engine, "rm", "seen")
    assert engine.api.delete("/volumes/kept").status == 204


def test_same_info_as_the_docker_client(engine, docker):
    def agree():
        ours, theirs = engine.wherry("info"), docker("info")
        # The firewall is shown by newer clients only.
        lines = [[line for line in done.stdout.partition("\nServer:")[2].splitlines()
                  if not line.startswith(("  Goroutines:", " Firewall Backend:"))] for done in (ours, theirs)]
        return ours.returncode == theirs.returncode == 0 and lines[0] == lines[1] and ours.stderr == theirs.stderr
    wait_for(agree, "the same info", 5)


def test_formats_that_are_not_built_are_refused_by_name(engine):
    done = engine.wherry("inspect", "-f", "{{range .Mounts}}x{{end}}", "alpine")
    assert (done.returncode, done.stdout) == (64, "")
    assert done.stderr == "--format: {{range .Mounts}} is not built: use json, {{.FIELD}} or {{json .FIELD}}\n"
    done = engine.wherry("inspect", "-f", "{{.Config}}", "alpine")
    assert (done.returncode, done.stderr) == (1, "--format: .Config is an object: use {{json .Config}}\n")


def test_events_as_they_happen(engine):
    process = subprocess.Popen([bin_folder() / "wherry", "events", "-f", "type=container", "-f", "event=die", "--format",
                                "{{.Action}} {{.Actor.Attributes.name}} {{.Actor.Attributes.exitCode}}"],
                               env=engine.env(), stdout=subprocess.PIPE, text=True)
    try:
        sdk_must(engine, "run", "--rm", "--name", "warm", "alpine", "true")
        engine.wherry("run", "--name", "gone", "alpine", "sh", "-c", "exit 4")
        assert "die gone 4" in [process.stdout.readline().strip(), process.stdout.readline().strip()]
    finally:
        process.kill()
        process.wait(10)


def test_version_shows_both_blocks(engine):
    shown = sdk_must(engine, "version")
    assert re.match(r"Client:\n Version: +\S+\n API version: +1\.\d\d", shown)
    assert re.search(r"\nServer:.*\n Engine:\n  Version: +\S+\n  API version: +1\.\d\d \(minimum version 1\.\d\d\)", shown)


@pytest.mark.parametrize("version", ["1.27", "1.30"])
def test_obeys_the_pinned_version(engine, version):
    shown = sdk_must(engine, "version", env={"DOCKER_API_VERSION": version})
    assert f" API version:       {version} (downgraded from 1.55)\n" in shown
    said = sdk_must(engine, "run", "--rm", "alpine", "echo", "hello", env={"DOCKER_API_VERSION": version})
    assert said == "hello\n"
    assert sdk_must(engine, "ps", "-aq") == ""


def test_too_new_a_version_is_refused_by_the_daemon(engine):
    done = engine.wherry("ps", env={"DOCKER_API_VERSION": "1.99"})
    assert done.returncode == 1
    assert done.stderr.startswith("Error response from daemon: client version 1.99 is too new.")


def test_no_daemon(engine):
    done = engine.wherry("ps", env={"DOCKER_HOST": "unix:///nonexistent.sock"})
    assert (done.returncode, done.stderr) == (
        1, "Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?\n")


def test_stdin_is_passed_and_its_end_seen(engine):
    said = sdk_must(engine, "run", "-i", "--rm", "alpine", "sh", "-c", "wc -c; echo end", input="x" * 300_000)
    assert said == "300000\nend\n"


def test_short_runs_lose_nothing(engine):
    for round_ in range(10):
        assert sdk_must(engine, "run", "--rm", "alpine", "echo", str(round_)) == f"{round_}\n"
    assert sdk_must(engine, "ps", "-aq") == ""


def test_logs(engine):
    sdk_must(engine, "run", "--name", "said", "alpine", "sh", "-c", "echo one; echo two; echo three >&2")
    done = engine.wherry("logs", "said")
    assert (done.stdout, done.stderr) == ("one\ntwo\n", "three\n")
    assert engine.wherry("logs", "--tail", "1", "said").stderr == "three\n"
    assert re.fullmatch(r"(\d{4}-\d\d-\d\dT\S+Z (one|two)\n){2}", engine.wherry("logs", "-t", "said").stdout)
    assert engine.wherry("logs", "--since", "1h", "said").stdout == "one\ntwo\n"


def test_logs_follow_to_the_end(engine):
    sdk_must(engine, "run", "-d", "--name", "slow", "alpine", "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done")
    assert sdk_must(engine, "logs", "-f", "slow") == "1\n2\n3\n"


def test_stop_and_rm(engine):
    sdk_must(engine, "run", "-d", "--name", "aa", "alpine", "sleep", "100")
    assert sdk_must(engine, "stop", "-t", "0", "aa") == "aa\n"
    sdk_must(engine, "run", "-d", "--name", "bb", "alpine", "sleep", "100")
    done = engine.wherry("rm", "aa", "bb", "cc")
    assert (done.returncode, done.stdout) == (1, "aa\n")
    assert len(done.stderr.splitlines()) == 2
    assert sdk_must(engine, "rm", "-f", "bb") == "bb\n"


def test_a_terminal(engine):
    terminal = Terminal([bin_folder() / "wherry", "run", "-it", "--rm", "alpine", "sh"], engine.env())
    terminal.send(b"tty; stty size; exit 7\n")
    assert terminal.wait() == 7
    assert b"/dev/pts/0" in terminal.seen


def test_detach_keys_leave_the_container(engine):
    terminal = Terminal([bin_folder() / "wherry", "run", "-it", "--name", "kept", "alpine", "sh"], engine.env())
    terminal.send(b"echo rea''dy\n")
    terminal.expect(b"ready")
    terminal.send(b"\x10\x11")
    assert terminal.wait() == 0
    assert sdk_must(engine, "ps", "--no-trunc").count("kept") == 1


def test_signals_reach_the_container(engine):
    process = subprocess.Popen([bin_folder() / "wherry", "run", "--rm", "alpine", "sh", "-c",
                                "trap 'echo got; exit 3' TERM; echo ready; while :; do sleep 0.1; done"],
                               env=engine.env(), stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "got\n"
    assert process.wait(15) == 3


@pytest.mark.parametrize("name", ["quickstart_one_line", "quickstart_steps", "quickstart_coroutine"])
def test_examples_print_exactly_hello_world(engine, name):
    program = ROOT / "build" / PRESET / "examples" / name
    if not program.exists():
        pytest.skip("the examples are not built")
    done = engine.run(program)
    assert done.stdout == "hello world\n", done.stderr
    assert sdk_must(engine, "ps", "-aq") == ""


def test_example_of_attach_and_logs(engine):
    program = ROOT / "build" / PRESET / "examples" / "attach_and_logs"
    if not program.exists():
        pytest.skip("the examples are not built")
    done = engine.run(program)
    assert re.fullmatch(r"out: +1\tone\n(out: )? +2\ttwo\nexit code 0\nlog: \S+Z +2\ttwo\n", done.stdout), done.stdout + done.stderr
    assert "status: 404" in done.stderr
