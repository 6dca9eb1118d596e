"""Health checks: probes, their results, states, events, with a daemon and without one."""
from pathlib import Path

import pytest

from tests.support.http import past_events
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")

SECOND = 1_000_000_000
SWITCHED = "echo x >> /tmp/probes; echo checked; exit $(cat /tmp/status 2>/dev/null || echo 0)"


def health(api, name):
    """State.Health of a container."""
    return api.get(f"/containers/{name}/json").json()["State"].get("Health")


def status(api, name):
    """Its status alone."""
    return health(api, name)["Status"]


def events_of(api, name, **filters):
    """What happened to a container, which is told from earlier ones of the same name by its id."""
    identity = api.get(f"/containers/{name}/json").json()["Id"]
    return [event["Action"] for event in past_events(api, container=identity, **filters)]


@pytest.fixture
def probed(docker):
    """A container whose probe's exit code is in a file."""
    docker.must("run", "-d", "--name", "probed", "--health-cmd", SWITCHED, "--health-interval", "300ms",
                "--health-retries", "2", "alpine", "sleep", "1000")
    return "probed"


def test_it_starts_becomes_healthy_and_unhealthy(docker, api, probed):
    first = health(api, probed)
    assert (first["Status"], first["FailingStreak"], first["Log"]) == ("starting", 0, [])
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy")
    assert "(healthy)" in docker.must("ps", "--format", "{{.Status}}")
    entry = health(api, probed)["Log"][-1]
    assert (entry["ExitCode"], entry["Output"]) == (0, "checked\n") and entry["Start"] < entry["End"]
    docker.must("exec", probed, "sh", "-c", "echo 1 > /tmp/status")
    wait_for(lambda: status(api, probed) == "unhealthy", "it is unhealthy")
    assert health(api, probed)["FailingStreak"] >= 2
    docker.must("exec", probed, "rm", "/tmp/status")
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy again")
    wait_for(lambda: len(health(api, probed)["Log"]) == 5, "five results are kept")


def test_the_list_shows_and_filters_it(docker, api, probed):
    docker.must("run", "-d", "--name", "plain", "alpine", "sleep", "1000")
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy")

    def named(value):
        return sorted(docker.must("ps", "--filter", f"health={value}", "--format", "{{.Names}}").split())
    assert named("healthy") == ["probed"] and named("none") == ["plain"] and named("unhealthy") == []
    assert health(api, "plain") is None


def test_events_tell_probes_and_changes(api, probed):
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy")
    told = events_of(api, probed)
    at = told.index("health_status: healthy")
    assert told[at - 3:at] == [f"exec_create: /bin/sh -c {SWITCHED}", f"exec_start: /bin/sh -c {SWITCHED}", "exec_die"]
    assert events_of(api, probed, event="health_status") == ["health_status: healthy"]


def create(api, name, **healthcheck):
    """Starts a container with this health check."""
    body = {"Image": "alpine", "Cmd": ["sleep", "1000"], "Healthcheck": {"Interval": SECOND // 4, **healthcheck}}
    assert api.post(f"/containers/create?name={name}", body).status == 201
    assert api.post(f"/containers/{name}/start").status == 204


def first_result(api, name):
    """The first entry of its log."""
    return wait_for(lambda: health(api, name)["Log"], "a probe has ended")[0]


def test_a_probe_that_takes_too_long(api):
    create(api, "slow", Test=["CMD-SHELL", "echo begun; exec sleep 100"], Timeout=SECOND // 2)
    result = first_result(api, "slow")
    assert (result["ExitCode"], result["Output"]) == (-1, "Health check exceeded timeout (500ms): begun\n")


def test_a_probe_that_cannot_be_started(api):
    create(api, "broken", Test=["CMD", "no-such-program"])
    result = first_result(api, "broken")
    assert result["ExitCode"] == -1
    assert 'exec: "no-such-program": executable file not found in $PATH' in result["Output"]


def test_long_output_is_cut(api):
    create(api, "talker", Test=["CMD-SHELL", "head -c 5000 /dev/zero | tr '\\0' x"])
    assert first_result(api, "talker")["Output"] == "x" * 4096 + "..."


def test_none_switches_it_off(api):
    create(api, "off", Test=["NONE"])
    assert health(api, "off") is None


def test_failures_of_the_start_period_do_not_count(api):
    create(api, "early", Test=["CMD", "false"], Retries=1, StartPeriod=60 * SECOND, StartInterval=SECOND // 5)
    wait_for(lambda: len(health(api, "early")["Log"]) >= 3, "it was probed")
    assert (status(api, "early"), health(api, "early")["FailingStreak"]) == ("starting", 0)


def test_pause_and_end_stop_the_probes(docker, api, probed):
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy")
    docker.must("pause", probed)
    assert status(api, probed) == "unhealthy"
    docker.must("unpause", probed)
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy again")
    docker.must("kill", probed)
    assert status(api, probed) == "unhealthy"
    docker.must("start", probed)
    shown = health(api, probed)
    assert shown["Status"] == "starting" and shown["FailingStreak"] == 0 and shown["Log"]


def test_the_images_check_is_inherited_and_overridden(api):
    changes = "changes=HEALTHCHECK%20--interval%3D300ms%20CMD%20true"
    answer = api.post(f"/images/create?fromSrc=-&repo=checked&tag=latest&{changes}", b"\0" * 1024,
                      headers={"Content-Type": "application/x-tar"})
    assert answer.status == 200, answer.body
    try:
        body = {"Image": "checked", "Cmd": ["x"]}
        one = api.post("/containers/create", body).json()["Id"]
        shown = api.get(f"/containers/{one}/json").json()["Config"]["Healthcheck"]
        assert shown["Test"] == ["CMD-SHELL", "true"] and shown["Interval"] == 300_000_000
        two = api.post("/containers/create", {**body, "Healthcheck": {"Retries": 7}}).json()["Id"]
        shown = api.get(f"/containers/{two}/json").json()["Config"]["Healthcheck"]
        assert shown["Test"] == ["CMD-SHELL", "true"] and shown["Retries"] == 7
    finally:
        for entry in api.get("/containers/json?all=1").json():
            api.delete(f"/containers/{entry['Id']}?force=1")
        api.delete("/images/checked")


def test_probes_go_on_without_a_daemon(engine, api, probed):
    if engine.kind != "wherryd":
        pytest.skip("kills the daemon")
    wait_for(lambda: status(api, probed) == "healthy", "it is healthy")
    files = Path(f"/proc/{api.get(f'/containers/{probed}/json').json()['State']['Pid']}/root/tmp")
    engine.kill()
    (files / "status").write_text("1\n")
    seen = len((files / "probes").read_text())
    wait_for(lambda: len((files / "probes").read_text()) >= seen + 2 * 6, "six more probes have run")
    engine.start()
    shown = health(api, probed)
    assert shown["Status"] == "unhealthy" and shown["FailingStreak"] >= 2
    assert len(shown["Log"]) == 5
    assert events_of(api, probed, event="health_status") == ["health_status: healthy", "health_status: unhealthy"]
