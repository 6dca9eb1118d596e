"""AppArmor: the default profile, another, none; for payloads, execs and health probes."""
import subprocess
from pathlib import Path

import pytest

from tests.support.containers import create, inspect, run, started
from tests.support.waiting import wait_for

ENABLED = Path("/sys/module/apparmor/parameters/enabled")
PROFILES = Path("/sys/kernel/security/apparmor/profiles")
CURRENT = "cat /proc/self/attr/current"
OWN = "profile wherry-test-own flags=(attach_disconnected) {\n  file,\n  network,\n  capability,\n  signal,\n  deny /forbidden rw,\n}\n"
pytestmark = [pytest.mark.usefixtures("alpine", "clean"),
              pytest.mark.skipif(not ENABLED.exists() or ENABLED.read_text() != "Y\n", reason="this kernel has no AppArmor")]


def parse(source, *options):
    """Hands a profile's source to AppArmor's parser."""
    subprocess.run(["apparmor_parser", "--skip-cache", *options], input=source, text=True, check=True)


@pytest.fixture
def own_profile():
    """The name of a profile of this test's own."""
    parse(OWN, "--replace")
    yield "wherry-test-own"
    parse(OWN, "--remove")


def test_info_says_so(api):
    assert "name=apparmor" in api.get("/info").json()["SecurityOptions"]
    assert api.get("/v1.24/info").json()["SecurityOptions"][0] == "apparmor"


def test_the_default_profile_confines_payload_and_exec(api, execute):
    container = started(api)
    assert inspect(api, container)["AppArmorProfile"] == "docker-default"
    assert execute(container, "sh", "-c", CURRENT) == "docker-default (enforce)\n"
    assert execute(container, "sh", "-c", CURRENT, User="65534:65534", Privileged=True) == "docker-default (enforce)\n"
    assert run(api, CURRENT) == "docker-default (enforce)\n"


def test_it_is_known_from_the_start_on(api):
    assert inspect(api, create(api))["AppArmorProfile"] == ""


def test_no_new_privileges_and_it_go_together(api, execute):
    container = started(api, {"SecurityOpt": ["no-new-privileges"]})
    assert execute(container, "sh", "-c", CURRENT) == "docker-default (enforce)\n"


@pytest.mark.parametrize("host", [{"SecurityOpt": ["apparmor=unconfined"]}, {"Privileged": True},
                                  {"Privileged": True, "SecurityOpt": ["apparmor=docker-default"]}])
def test_unconfined(api, execute, host):
    container = started(api, host)
    assert inspect(api, container)["AppArmorProfile"] == "unconfined"
    assert execute(container, "sh", "-c", CURRENT) == "unconfined\n"
    assert run(api, CURRENT, host) == "unconfined\n"


def test_another_profile(api, execute, own_profile):
    host = {"SecurityOpt": [f"apparmor={own_profile}"]}
    container = started(api, host)
    assert inspect(api, container)["AppArmorProfile"] == own_profile
    assert execute(container, "sh", "-c", CURRENT) == f"{own_profile} (enforce)\n"
    assert "ermission denied" in execute(container, "sh", "-c", "echo x > /forbidden")
    assert run(api, "echo x > /allowed && cat /allowed", host) == "x\n"


def test_a_profile_that_is_not_loaded_is_told(api):
    container = create(api, {"SecurityOpt": ["apparmor=nosuch"]})
    answer = api.post(f"/containers/{container}/start")
    assert answer.status == 500 and 'the profile "nosuch" is not loaded' in answer.message(), answer.body


def test_a_profile_that_was_unloaded_is_loaded_again(api):
    run(api, "true")
    parse("profile docker-default { }\n", "--remove")
    assert "docker-default" not in PROFILES.read_text()
    assert run(api, CURRENT) == "docker-default (enforce)\n"


@pytest.mark.parametrize("script", ["mount -t tmpfs none /mnt", "echo 1 > /proc/sys/kernel/panic", "echo x > /proc/sysrq-trigger",
                                    "echo 0 > /proc/irq/default_smp_affinity", "cat /sys/kernel/security/apparmor/profiles"])
def test_what_the_default_profile_takes_away(api, script):
    """With all capabilities, and nothing masked: by the profile alone."""
    host = {"CapAdd": ["ALL"], "SecurityOpt": ["seccomp=unconfined"], "MaskedPaths": [], "ReadonlyPaths": []}
    said = run(api, f"{script} && echo done", host)
    assert "done" not in said and ("ermission denied" in said or "can't" in said), said


def test_what_it_leaves(api):
    said = run(api, "echo 4000 > /proc/sys/kernel/shmmni; cat /proc/sys/kernel/shmmni; kill -0 1 && echo signalled; "
                    "mkdir /a && touch /a/b && chown 1:1 /a/b && ls /a; cat /sys/fs/cgroup/cgroup.controllers >/dev/null && echo groups",
               {"MaskedPaths": [], "ReadonlyPaths": []})
    assert said == "4000\nsignalled\nb\ngroups\n", said


def test_stop_and_kill_reach_a_confined_container(api):
    container = started(api, command=("sh", "-c", "trap 'exit 7' TERM; while :; do sleep 0.1; done"))
    assert api.post(f"/containers/{container}/stop?t=20").status == 204
    assert inspect(api, container)["State"]["ExitCode"] == 7


def test_probes_are_confined(api):
    check = {"Test": ["CMD-SHELL", CURRENT], "Interval": 100_000_000, "Timeout": 30_000_000_000}
    container = started(api, Healthcheck=check)

    def first():
        return inspect(api, container)["State"]["Health"]["Log"]
    wait_for(first, "a probe has ended", 60)
    assert first()[0]["Output"] == "docker-default (enforce)\n"
