"""Every operation on a container in every state that can be held: what the reference answers.

A row holds on both engines: tests/clients asks the engine under test, tests/differential a real dockerd.
`ID` stands for the container's id, `NAME` for the name that it was asked by.
"""
import time

from tests.support.containers import create, start, state, wait_state
from tests.support.waiting import wait_for

NAME = "stated"
STATES = ("created", "running", "paused", "restarting", "exited")

NOT_RUNNING = "container ID is not running"
RESTARTING = "Container ID is restarting, wait until the container is running"
OK = (204, "")
NOT_MODIFIED = (304, "")

# operation: (method, path, body), and an answer a state in the order of STATES
TABLE = {
    "start": (("POST", "/start", None), [
        OK, NOT_MODIFIED, (409, "cannot start a paused container, try unpause instead"), NOT_MODIFIED, OK]),
    "stop": (("POST", "/stop?t=0", None), [NOT_MODIFIED, OK, OK, OK, NOT_MODIFIED]),
    "restart": (("POST", "/restart?t=0", None), [OK, OK, OK, OK, OK]),
    "kill": (("POST", "/kill", None), [
        (409, f"cannot kill container: NAME: {NOT_RUNNING}"), OK, OK, OK, (409, f"cannot kill container: NAME: {NOT_RUNNING}")]),
    "kill by name of signal": (("POST", "/kill?signal=USR1", None), [
        (409, f"cannot kill container: NAME: {NOT_RUNNING}"), OK, OK, OK, (409, f"cannot kill container: NAME: {NOT_RUNNING}")]),
    "pause": (("POST", "/pause", None), [
        (409, NOT_RUNNING), OK, (409, "Container ID is already paused"), (409, RESTARTING), (409, NOT_RUNNING)]),
    "unpause": (("POST", "/unpause", None), [
        (500, "Container ID is not paused"), (500, "Container ID is not paused"), OK,
        (500, "Container ID is not paused"), (500, "Container ID is not paused")]),
    "remove": (("DELETE", "", None), [
        OK,
        (409, 'cannot remove container "NAME": container is running: stop the container before removing or force remove'),
        (409, 'cannot remove container "NAME": container is paused and must be unpaused first'),
        (409, 'cannot remove container "NAME": container is restarting: stop the container before removing or force remove'),
        OK]),
    "remove by force": (("DELETE", "?force=1", None), [OK, OK, OK, OK, OK]),
    "resize": (("POST", "/resize?h=10&w=10", None), [
        (409, NOT_RUNNING), (200, ""), (200, ""), None, (409, NOT_RUNNING)]),
    "update": (("POST", "/update", {"CpuShares": 512}), [(200, "")] * 5),
    "rename": (("POST", "/rename?name=stated-anew", None), [OK] * 5),
    "inspect": (("GET", "/json", None), [(200, "")] * 5),
    "logs": (("GET", "/logs?stdout=1", None), [(200, "")] * 5),
    "wait for what does not run": (("POST", "/wait?condition=not-running", None), [(200, ""), None, None, None, (200, "")]),
    "wait for nothing": (("POST", "/wait?condition=x", None), [(400, 'invalid condition: "x"')] * 5),
}


def clear(api):
    """Takes the container away."""
    for name in (NAME, NAME + "-anew"):
        api.delete(f"/containers/{name}?force=1")


def waits_for_restart(api, container):
    """It waits for a restart after several, and not for the end of a start, which shows the same for a moment."""
    def look():
        shown = api.get(f"/containers/{container}/json").json()
        return shown["State"]["Restarting"] and shown["RestartCount"] >= 3 and shown["RestartCount"]
    first = look()
    if first:
        time.sleep(0.3)
    return first and look() == first


def in_state(api, wanted):
    """A container NAME in a state; its id."""
    clear(api)
    host, command = {}, ("sleep", "1000")
    if wanted == "restarting":
        host, command = {"RestartPolicy": {"Name": "always"}}, ("false",)
    if wanted == "exited":
        command = ("true",)
    container = create(api, host, name=NAME, command=command, Tty=True)
    if wanted != "created":
        start(api, container)
    if wanted == "paused":
        assert api.post(f"/containers/{container}/pause").status == 204
    if wanted == "restarting":
        # The back-off doubles: wait for one that is long enough to ask in.
        wait_for(lambda: waits_for_restart(api, container), "restarts", 30)
    wait_state(api, container, wanted)
    return container


def told(answer, container):
    """(status, text) with holes; the text of errors alone."""
    text = answer.message() if answer.status >= 400 else ""
    return answer.status, text.replace(container, "ID").replace(NAME, "NAME")


def ask(api, operation, container):
    """What the operation answers."""
    (method, path, body), _ = TABLE[operation]
    assert state(api, container)
    return told(api.request(method, f"/containers/{NAME}{path}", body), container)


ROWS = [(operation, wanted, answers[STATES.index(wanted)])
        for operation, (_, answers) in TABLE.items() for wanted in STATES if answers[STATES.index(wanted)] is not None]
