"""Random operations on containers while the daemon (and monitors, if wanted) are killed, beside a model of what must be so.

The model knows for each container which states are possible. An operation that was acknowledged leaves its outcome; one that
was in flight when the daemon was killed may have happened or not. A payload may end by itself where it is known to.
"""
import random
import re
import threading
import time
from dataclasses import dataclass, field

from tests.support import crash
from tests.support.waiting import wait_for

TERM_CODE = 5
UNTIL_TERM = ["sh", "-c", f"trap 'exit {TERM_CODE}' TERM; echo 1; while true; do sleep 0.05; done"]
STATES = {"created", "running", "paused", "exited", "absent"}


@dataclass
class Model:
    """One container."""
    name: str
    id: str = ""
    status: str = "absent"
    code: int = 0              # of the last end
    own_code: int = 0          # what its payload ends with by itself; 0: it does not
    count: int = 1             # lines that its payload prints
    may_end: set = field(default_factory=set)  # codes with which it may end at any time from now on
    auto_remove: bool = False
    starts: int = 0            # acknowledged
    lost: bool = False         # its monitor was killed in this run

    def codes(self):
        """With what a run may end without a further operation."""
        return self.may_end | ({self.own_code} if self.own_code else set())


class Chaos:
    """COUNT operations on CONTAINERS names."""

    def __init__(self, engine, seed, containers=30, kill_monitors=False):
        self.engine, self.kill_monitors = engine, kill_monitors
        self.rng = random.Random(seed)
        self.models = [Model(f"chaos{index}") for index in range(containers)]
        self.removed = []
        self.began = time.time() - 1
        self.kills = self.trail = 0
        self.last = []

    # ---- one operation -------------------------------------------------------

    def run(self, count):
        """Does COUNT operations, then proves the rest."""
        operations = [self.create] * 4 + [self.start] * 5 + [self.stop, self.kill, self.pause, self.unpause, self.rename,
                                                             self.restart, self.remove, self.remove_force]
        if self.kill_monitors:
            operations += [self.lose] * 3
        for number in range(count):
            model = self.rng.choice(self.models)
            operation = self.rng.choice(operations)
            self.last = [*self.last[-20:], f"{number} {operation.__name__} {model.name} ({model.status})"]
            try:
                self.step(operation, model)
            except AssertionError as failure:
                raise AssertionError(f"{failure}\nlast operations:\n  " + "\n  ".join(self.last)) from failure
        self.finish()

    def step(self, operation, model):
        """One operation, perhaps with the daemon killed in between."""
        if self.rng.random() >= 0.12 or operation == self.lose:  # pylint: disable=comparison-with-callable
            operation(model)
            self.observe(model)
            return
        self.kills += 1
        self.last[-1] += " KILLED"
        killer = threading.Timer(self.rng.choice((0, 0.005, 0.02, 0.05, 0.2)) * self.rng.random() * 2, self.engine.kill)
        before = Model(**{**model.__dict__, "may_end": set(model.may_end)})
        killer.start()
        cut = False
        try:
            operation(model)
        except crash.GONE:
            cut = True
        killer.join()
        if self.rng.random() < 0.3:
            time.sleep(self.rng.random())
        self.engine.start()
        self.names_back()
        self.observe(model, (before, operation.__name__) if cut else None)
        for other in self.models:
            if other is not model:
                self.observe(other)

    # ---- what is there -------------------------------------------------------

    def allowed(self, model):
        """The states that a container may be found in."""
        states = {(model.status, model.code if model.status == "exited" else None)}
        if model.status in ("running", "paused"):
            states |= {("exited", code) for code in model.codes()}
            if model.lost:
                states.add(("exited", 137))
        if model.auto_remove and any(status == "exited" for status, _ in states):
            states.add(("absent", None))
        return states

    @staticmethod
    def uncertain(before, operation):
        """The states that a cut-off operation may leave, besides those of no operation at all."""
        alive = before.status in ("running", "paused")
        ended = [("exited", 137), ("exited", TERM_CODE), ("absent", None)]
        rests = before.status in ("created", "exited")
        return {
            "create": [("created", None)] if before.status == "absent" else [],
            "start": [("running", None)] if rests else [],
            "stop": ended if alive else [],
            "kill": ended if alive else [],
            "restart": [("running", None), *(ended if alive else [])] if before.status != "absent" else [],
            "pause": [("paused", None)] if before.status == "running" else [],
            "unpause": [("running", None)] if before.status == "paused" else [],
            "remove": [("absent", None)] if rests else [],
            "remove_force": [*(ended if alive else []), ("absent", None)],
            "rename": [],
        }[operation]

    def observe(self, model, cut=None):
        """Looks at the container; it must be in a state that the model allows, and that is the model's from now on."""
        allowed = self.allowed(model)
        if cut:
            before, operation = cut
            allowed |= self.allowed(before) | set(self.uncertain(before, operation))
            if before.status in ("running", "paused") and operation in ("stop", "kill", "restart", "remove_force"):
                model.may_end = model.may_end | {137, TERM_CODE}  # the signal may have been sent
            if ("running", None) in allowed and before.own_code:
                allowed.add(("exited", before.own_code))
                allowed |= {("absent", None)} if before.auto_remove else set()
        found = self.engine.api.get(f"/containers/{model.name}/json")
        if found.status == 404:
            seen = ("absent", None)
        else:
            state = found.json()["State"]
            status = state["Status"]
            if status == "removing":
                status = "exited"
            seen = (status, state["ExitCode"] if status == "exited" else None)
            model.id = found.json()["Id"]
        assert seen in allowed, f"{model.name} is {seen}, allowed: {sorted(map(str, allowed))}"
        if seen[0] == "absent" and model.status != "absent":
            self.forget(model)
        elif cut and seen[0] == "running" and before.status in ("created", "exited"):
            model.may_end, model.lost = set(), False
        model.status, model.code = seen[0], seen[1] or 0

    def forget(self, model):
        """It is gone."""
        self.removed.append(Model(**model.__dict__))
        model.id, model.status, model.may_end = "", "absent", set()

    # ---- operations ----------------------------------------------------------

    def expect(self, model, answer, good, outcome):
        """The answer's status must be one that the state allows; OUTCOME is what a success leaves."""
        allowed = {outcome: good}
        status = answer.status
        if status in good:
            return True
        # The payload may have ended in between, or been removed with its end.
        excused = status in (304, 404, 409, 500) and model.status in ("running", "paused") and (
            model.codes() or model.lost)
        assert excused or status in (304, 404, 409, 500), (allowed, status, answer.body)
        assert excused or not self.must(model, outcome), f"{outcome} of {model.name}: {status} {answer.body}"
        return False

    @staticmethod
    def must(model, outcome):
        """Whether the operation must succeed in the model's state."""
        rests = model.status in ("created", "exited")
        alive = model.status in ("running", "paused")
        return {"created": model.status == "absent", "running": rests and not model.auto_remove, "exited": alive,
                "paused": model.status == "running", "unpaused": model.status == "paused",
                "removed": rests and not model.auto_remove, "gone": model.status != "absent" and not model.auto_remove,
                "restarted": model.status != "absent" and not model.auto_remove, "renamed": False}[outcome]

    def create(self, model):
        """POST /containers/create."""
        if model.status == "absent":
            model.own_code = self.rng.choice((0, 0, self.rng.randint(20, 99)))
            model.count = self.rng.randint(1, 400) if model.own_code else 1
            model.auto_remove = self.rng.random() < 0.15
            model.starts, model.lost, model.may_end = 0, False, set()
        cmd = crash.numbered(model.count, model.own_code, "0.05") if model.own_code else UNTIL_TERM
        network = "bridge" if self.rng.random() < 0.3 else "none"
        body = {"Image": "alpine", "Cmd": cmd, "Volumes": {"/data": {}} if self.rng.random() < 0.2 else {},
                "HostConfig": {"NetworkMode": network, "AutoRemove": model.auto_remove}}
        answer = self.engine.api.post(f"/containers/create?name={model.name}", body)
        if self.expect(model, answer, (201,), "created"):
            if model.status != "absent":  # it has ended and removed itself since it was seen
                assert model.auto_remove, f"{model.name} was made twice"
                self.forget(model)
                model.starts, model.lost = 0, False
            model.id, model.status = answer.json()["Id"], "created"

    def start(self, model):
        """POST start."""
        if model.status in ("created", "exited"):
            model.lost = False
        answer = self.engine.api.post(f"/containers/{model.name}/start")
        if self.expect(model, answer, (204,), "running"):
            model.status, model.may_end = "running", set()
            model.starts += 1

    def stop(self, model):
        """POST stop."""
        model.may_end = model.may_end | {TERM_CODE, 137}
        answer = self.engine.api.post(f"/containers/{model.name}/stop?t=1")
        if self.expect(model, answer, (204,), "exited"):
            self.ended(model)

    def kill(self, model):
        """POST kill."""
        model.may_end = model.may_end | {137}
        answer = self.engine.api.post(f"/containers/{model.name}/kill")
        if self.expect(model, answer, (204,), "exited"):
            self.ended(model)

    def ended(self, model):
        """It runs no more; with which code of those that are possible is seen."""
        if model.status in ("running", "paused"):
            found = crash.state(self.engine, model.name)
            assert found or model.auto_remove, f"{model.name} is gone"
            assert not found or found["ExitCode"] in model.codes() | ({137} if model.lost else set()), found
            if found:
                model.status, model.code = "exited", found["ExitCode"]

    def pause(self, model):
        """POST pause."""
        if self.expect(model, self.engine.api.post(f"/containers/{model.name}/pause"), (204,), "paused"):
            model.status = "paused"

    def unpause(self, model):
        """POST unpause."""
        if self.expect(model, self.engine.api.post(f"/containers/{model.name}/unpause"), (204,), "unpaused"):
            model.status = "running"

    def restart(self, model):
        """POST restart."""
        model.may_end = model.may_end | {TERM_CODE, 137}
        answer = self.engine.api.post(f"/containers/{model.name}/restart?t=0")
        if self.expect(model, answer, (204,), "restarted"):
            model.status, model.may_end, model.lost = "running", set(), False
            model.starts += 1

    def rename(self, model):
        """POST rename, there and back: both names are looked for afterwards."""
        other = model.name + "r"
        done = self.engine.api.post(f"/containers/{model.name}/rename?name={other}")
        if done.status == 204:
            back = self.engine.api.post(f"/containers/{other}/rename?name={model.name}")
            assert back.status == 204 or (back.status == 404 and model.auto_remove), back.body

    def remove(self, model):
        """DELETE."""
        answer = self.engine.api.delete(f"/containers/{model.name}?v=1")
        if self.expect(model, answer, (204,), "removed"):
            self.forget(model)

    def remove_force(self, model):
        """DELETE by force."""
        model.may_end = model.may_end | {137}
        answer = self.engine.api.delete(f"/containers/{model.name}?force=1&v=1")
        if self.expect(model, answer, (204,), "gone"):
            self.forget(model)

    def lose(self, model):
        """SIGKILL for its monitor: within a second it has ended as lost; all others are as they were."""
        pid = crash.monitor_of(model.id) if model.status in ("running", "paused") else None
        if not pid:
            return
        model.lost = True
        crash.os.kill(pid, crash.signal.SIGKILL)

        def gone():
            found = crash.state(self.engine, model.name)
            return not found or not found["Running"]
        wait_for(gone, f"the loss of {model.name} is noticed", 2)
        found = crash.state(self.engine, model.name)
        assert not found or found["ExitCode"] in {*model.codes()} or (found["ExitCode"], found["Error"]) == (
            137, "monitor lost"), found
        for other in self.models:
            if other is not model:
                self.observe(other)

    # ---- the end -------------------------------------------------------------

    def names_back(self):
        """A rename that was cut off may have left the other name."""
        for one in self.engine.api.get("/containers/json?all=1").json():
            name = one["Names"][0][1:]
            if name.endswith("r"):
                assert self.engine.api.post(f"/containers/{name}/rename?name={name[:-1]}").status == 204

    def finish(self):
        """States, events and logs of all."""
        events = crash.events(self.engine, f"{self.began:.6f}", type="container")
        for model in self.models:
            self.observe(model)
            if model.id:
                self.check_events(model, events)
                self.check_log(model)
        for model in self.removed:
            self.check_events(model, events, True)

    @staticmethod
    def check_events(model, events, removed=False):
        """The actions of its life make sense, and every acknowledged one is among them."""
        own = [(action, attributes) for _, action, actor, attributes in events if actor == model.id]
        word = "".join({"create": "c", "start": "s", "die": "d", "destroy": "x"}.get(action, "") for action, _ in own)
        assert re.fullmatch("c(sd)*s?x?", word), (model.name, word)
        assert word.count("s") >= model.starts and word.endswith("x") == removed, (model, word)
        if removed:
            assert word.count("s") == word.count("d"), (model, word)

    def check_log(self, model):
        """Each run's lines are in order, and none is missing of a run that ended by itself."""
        if not model.own_code:
            return
        runs = re.split(r"(?m)^(?=1$)", crash.log(self.engine, model.id).decode())
        runs = [run for run in runs if run]
        whole = crash.lines(model.count).decode()
        assert all(whole.startswith(run) for run in runs), (model, runs)
        own = [one[3]["exitCode"] for one in crash.events(self.engine, f"{self.began:.6f}", container=model.id)
               if one[1] == "die"].count(str(model.own_code))
        assert runs.count(whole) >= own, (model, own)
