"""`docker events`, `docker wait` and `docker container prune`, with the docker client."""
import json
import subprocess
import time

import pytest

from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")

FORMAT = ("--format", "{{.Type}} {{.Action}} {{.Actor.Attributes.name}}")


def past(docker, since, *more):
    """The lines of the events from SINCE until now."""
    return docker.must("events", "--since", f"{since:.6f}", "--until", f"{time.time() + 1:.6f}", *more).splitlines()


def test_since_tells_the_past_in_order(docker):
    since = time.time()
    assert docker("run", "--name", "told", "alpine", "sh", "-c", "exit 5").returncode == 5
    docker.must("rm", "told")
    lines = [line for line in past(docker, since, *FORMAT) if line.startswith("container")]
    assert lines == [f"container {action} told" for action in ("create", "attach", "start", "die", "destroy")]
    (died,) = past(docker, since, "-f", "event=die", "--format", "{{json .}}")
    assert json.loads(died)["Actor"]["Attributes"]["exitCode"] == "5"


def test_since_leaves_out_what_was_before(docker):
    docker.must("create", "--name", "before", "alpine")
    time.sleep(0.01)  # the moments differ
    since = time.time()
    docker.must("rename", "before", "after")
    lines = past(docker, since, "-f", "type=container", *FORMAT)
    assert lines == ["container rename after"]


def test_since_goes_on_with_what_happens(docker, engine):
    since = time.time()
    docker.must("create", "--name", "first", "alpine")
    command = engine.namespace.command(docker.path, "events", "--since", f"{since:.6f}", "-f", "event=create",
                                       "-f", "type=container", *FORMAT)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=engine.env()) as events:
        try:
            assert events.stdout.readline() == "container create first\n"
            docker.must("create", "--name", "second", "alpine")
            assert events.stdout.readline() == "container create second\n"
        finally:
            events.terminate()


@pytest.mark.parametrize("filters, told", [
    (["container=one"], {"create one"}), (["container=uno"], {"rename uno"}),
    (["label=wherry.kind=x"], {"create two"}),
    (["event=rename"], {"rename uno"}),
    (["container=one", "container=two", "event=create"], {"create one", "create two"}),
    (["image=nope"], set())], ids=str)
def test_filters(docker, filters, told):
    since = time.time()
    docker.must("create", "--name", "one", "alpine")
    docker.must("create", "--name", "two", "--label", "wherry.kind=x", "alpine")
    words = [word for text in filters for word in ("-f", text)]
    docker.must("rename", "one", "uno")
    lines = past(docker, since, "-f", "type=container", *words, "--format", "{{.Action}} {{.Actor.Attributes.name}}")
    assert set(lines) == told


def test_wait_for_several_of_which_one_still_runs(docker, engine):
    ended = docker.must("run", "-d", "alpine", "sh", "-c", "exit 3").strip()
    runs = docker.must("run", "-d", "alpine", "sleep", "1000").strip()
    command = engine.namespace.command(docker.path, "wait", ended, runs)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=engine.env()) as waiting:
        try:
            assert waiting.stdout.readline() == "3\n"
            docker.must("kill", "-s", "TERM", runs)  # ignored by a first process
            assert waiting.poll() is None
            docker.must("kill", runs)
            assert (waiting.stdout.readline(), waiting.wait(20)) == ("137\n", 0)
        finally:
            waiting.kill()


def test_container_prune_takes_what_does_not_run(docker, api):
    runs = docker.must("run", "-d", "alpine", "sleep", "1000").strip()
    written = docker.must("run", "-d", "alpine", "sh", "-c", "head -c 5000 /dev/zero >/zeros").strip()
    docker.must("wait", written)
    made = docker.must("create", "alpine").strip()
    since = time.time()
    said = docker.must("container", "prune", "-f")
    head, first, second, empty, reclaimed = said.splitlines()
    assert (head, {first, second}, empty) == ("Deleted Containers:", {written, made}, "")
    assert reclaimed == "Total reclaimed space: 5kB"
    assert docker.must("ps", "-aq", "--no-trunc").split() == [runs]
    wait_for(lambda: past(docker, since, "-f", "event=prune", "--format", "{{json .Actor}}"), "the prune is told")
    (actor,) = past(docker, since, "-f", "event=prune", "--format", "{{json .Actor}}")
    assert json.loads(actor) == {"ID": "", "Attributes": {"reclaimed": "5000"}}


@pytest.mark.parametrize("filters, left", [
    (["label=wherry.keep"], ["plain"]), (["label!=wherry.keep"], ["kept"]), (["label=wherry.keep=0"], ["kept", "plain"]),
    (["until=1h"], ["kept", "plain"]), (["until=2126-01-01"], [])], ids=str)
def test_container_prune_heeds_filters(docker, filters, left):
    docker.must("create", "--name", "kept", "--label", "wherry.keep=1", "alpine")
    docker.must("create", "--name", "plain", "alpine")
    words = [word for text in filters for word in ("--filter", text)]
    docker.must("container", "prune", "-f", *words)
    assert sorted(docker.must("ps", "-a", "--format", "{{.Names}}").split()) == left
