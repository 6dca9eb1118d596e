"""The process is killed at each fault point of the sources in turn; the next daemon has everything that was acknowledged,
the operation has happened as a whole or not at all, and nothing is left behind.

A point's name begins with what reaches it: SCENARIOS has an operation for each beginning, and a point that no operation
reaches fails its test.
"""
import re
import threading
import time
from pathlib import Path

import pytest

from tests.support import crash, lookalike
from tests.support.registry import ROOT
from tests.support.waiting import wait_for

TAR = {"Content-Type": "application/x-tar"}


def points():
    """The names of all fault points, from the sources."""
    found = []
    for path in sorted((ROOT / "src").rglob("*.cpp")):
        found += re.findall(r'fault_point\("([^"]+)"\)', path.read_text())
    assert len(found) == len(set(found)), "a fault point's name stands twice"
    return found


class Scenario:
    """What is there before, the operation, and what may be there after."""

    def __init__(self, engine):
        self.engine = engine
        self.answer = None

    def before(self):
        """Acknowledged before the fault."""

    def act(self):
        """The operation; killed in between, or acknowledged."""

    def after(self):
        """Asserts on the new daemon."""

    def post(self, path, body=None, **options):
        """A request that may be cut off; True if it was acknowledged."""
        answer = self.engine.api.post(path, body, **options)
        assert answer.status < 400, answer.body
        return True


class Create(Scenario):
    """Create with an anonymous volume."""
    done = False

    def act(self):
        crash.create(self.engine, "made", Volumes={"/data": {}})
        self.done = True

    def after(self):
        found = crash.state(self.engine, "made")
        assert found is None and not self.done or found["Status"] == "created"
        volumes = self.engine.api.get("/volumes").json()["Volumes"] or []
        assert len(volumes) == (1 if found else 0), volumes


class Start(Scenario):
    """Start on the bridge with a published port; the payload ends by itself."""
    network = {"NetworkMode": "bridge", "PortBindings": {"80/tcp": [{"HostPort": "18080"}]}}
    count, code = 40, 7

    def before(self):
        crash.create(self.engine, "run", crash.numbered(self.count, self.code, "0.2", 20), self.network,
                     ExposedPorts={"80/tcp": {}})

    def act(self):
        self.post("/containers/run/start")
        self.post("/containers/run/wait")
        time.sleep(0.3)  # what comes after the answer

    def after(self):
        found = crash.state(self.engine, "run")
        if found["Status"] == "created":
            crash.start(self.engine, "run")
        assert crash.exit_code(self.engine, "run") == self.code
        assert crash.log(self.engine, "run") == crash.lines(self.count)
        assert crash.state(self.engine, "run")["Error"] == ""
        own = found_id(self.engine, "run")
        actions = [one[1] for one in crash.events(self.engine, 0, container=own) if one[0] == "container"]
        assert actions == ["create", "start", "die"], actions
        crash.start(self.engine, "run")  # ports and address are free again
        assert self.engine.api.post("/containers/run/kill").status in (204, 409)


class MonitorStart(Start):
    """The monitor is killed: the start fails, or the container ends as lost, unless its end was recorded."""

    def act(self):
        started = self.engine.api.post("/containers/run/start").status == 204
        if started:
            assert crash.exit_code(self.engine, "run") in (self.code, 137)
        time.sleep(0.3)

    def after(self):
        found = crash.state(self.engine, "run")
        assert not found["Running"] and not found["Pid"], found
        text = crash.log(self.engine, "run")
        assert text == crash.lines(self.count)[:len(text)]
        crash.start(self.engine, "run")
        self.engine.api.post("/containers/run/kill")


class Remove(Scenario):
    """Removal by force, with its anonymous volume."""
    done = False

    def before(self):
        crash.run(self.engine, "gone", Volumes={"/data": {}})

    def act(self):
        self.done = self.engine.api.delete("/containers/gone?force=1&v=1").status == 204

    def after(self):
        found = crash.state(self.engine, "gone")
        assert found is None or not self.done
        wait_for(lambda: len(self.engine.api.get("/volumes").json()["Volumes"] or []) == (1 if found else 0),
                 "the volume goes with its container")


class Rename(Scenario):
    """Rename."""
    done = False

    def before(self):
        crash.create(self.engine, "old")

    def act(self):
        self.done = self.post("/containers/old/rename?name=new")

    def after(self):
        names = [name for name in ("old", "new") if crash.state(self.engine, name)]
        assert names == ["new"] or (names == ["old"] and not self.done)


class Kill(Scenario):
    """Kill."""
    done = False

    def before(self):
        crash.run(self.engine, "victim")

    def act(self):
        self.done = self.post("/containers/victim/kill")

    def after(self):
        # The signal was sent before the point.
        assert crash.exit_code(self.engine, "victim") == 137
        assert crash.state(self.engine, "victim")["Error"] == ""


class Pause(Scenario):
    """Pause and unpause."""

    def before(self):
        crash.run(self.engine, "frozen")

    def act(self):
        self.post("/containers/frozen/pause")
        self.post("/containers/frozen/unpause")

    def after(self):
        found = crash.state(self.engine, "frozen")
        assert found["Running"]
        cgroup = next(Path("/sys/fs/cgroup").rglob(f"*{found_id(self.engine, 'frozen')}/freezer.state"), None)
        if cgroup:
            assert (cgroup.read_text().strip() == "FROZEN") == found["Paused"]


class Restart(Scenario):
    """Restart."""

    def before(self):
        crash.run(self.engine, "again")

    def act(self):
        self.post("/containers/again/restart?t=0")

    def after(self):
        found = crash.state(self.engine, "again")
        assert found["Running"] or found["ExitCode"] == 137


class Prune(Scenario):
    """Prune of two."""

    def before(self):
        for name in ("one", "two"):
            crash.create(self.engine, name)
        crash.run(self.engine, "kept")

    def act(self):
        self.post("/containers/prune")

    def after(self):
        assert crash.state(self.engine, "kept")["Running"]


class Volume(Scenario):
    """A volume is made and removed."""
    made = removed = False

    def act(self):
        self.made = self.post("/volumes/create", {"Name": "vol"})
        self.removed = self.engine.api.delete("/volumes/vol").status == 204

    def after(self):
        status = self.engine.api.get("/volumes/vol").status
        assert status == 404 if self.removed else status in (200, 404)
        self.engine.api.delete("/volumes/vol")
        assert self.post("/volumes/create", {"Name": "vol"})
        assert self.engine.api.delete("/volumes/vol").status == 204


class Image(Scenario):
    """An image is loaded, tagged and removed."""
    steps = ()

    def act(self):
        for step in (lambda: crash.load(self.engine, "layered"),
                     lambda: self.post("/images/layered/tag?repo=other&tag=1"),
                     lambda: self.engine.api.delete("/images/other:1"),
                     lambda: self.engine.api.delete("/images/layered")):
            step()
            self.steps = (*self.steps, "done")

    def after(self):
        listed = [tag for one in self.engine.api.get("/images/json").json() for tag in one["RepoTags"]]
        assert "alpine:latest" in listed
        assert ("layered:latest" in listed) == (len(self.steps) in (1, 2)) or len(self.steps) in (0, 3), listed
        blobs = {path.name for path in (self.engine.folder / "data/images/blobs/sha256").iterdir()}
        crash.load(self.engine, "layered")
        for name in ("other:1", "layered"):
            self.engine.api.delete(f"/images/{name}?force=1")
        left = {path.name for path in (self.engine.folder / "data/images/blobs/sha256").iterdir()}
        assert left <= blobs, "blobs that nobody refers to"
        assert crash.exit_code(self.engine, crash.run(self.engine, cmd=["true"])) == 0


def found_id(engine, name):
    """A container's id."""
    return engine.api.get(f"/containers/{name}/json").json()["Id"]


class Store(Start):
    """The commits of a container's life, one after the other."""


SCENARIOS = {"create": Create, "start": Start, "exit": Start, "clean": Start, "network": Start, "remove": Remove,
             "rename": Rename, "kill": Kill, "pause": Pause, "restart": Restart, "prune": Prune, "volume": Volume,
             "image": Image, "store": Store, "monitor": MonitorStart}


def start_with_fault(engine, fault):
    """The next daemon has the fault in its environment."""
    program = engine.program
    engine.program = ["env", f"WHERRY_FAULT={fault}", *program]
    try:
        engine.start()
    finally:
        engine.program = program


def killed(engine):
    """Whether the daemon was killed by its own signal."""
    try:
        return engine.process.wait(0.5) == -9
    except Exception:  # noqa: it runs
        return False


@pytest.mark.usefixtures("clean")
@pytest.mark.parametrize("point", points())
def test_killed_at(engine, point):
    name = point.split(".")[0]
    scenario = SCENARIOS[name](engine)
    scenario.before()
    engine.stop()
    # The second commit is the exit's.
    start_with_fault(engine, f"{point}:2" if name == "store" else point)
    acting = threading.Thread(target=act, args=(scenario,))
    acting.start()
    acting.join(30)
    reached = name == "monitor" or killed(engine)
    crash.restart(engine)
    assert reached, f"no operation of {SCENARIOS[name].__name__} reaches {point}"
    scenario.after()


def act(scenario):
    """The operation, cut off or not."""
    try:
        scenario.act()
    except crash.GONE:
        pass
