"""The state machine: every operation in every state that can be held, with the reference's status and text."""
import threading
import time

import pytest

from tests.support.containers import create, logs, start, started, state, wait_state
from tests.support.state_cases import NAME, ROWS, ask, clear, in_state
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")


@pytest.mark.parametrize("operation, wanted, answer", ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_operation_in_state(api, operation, wanted, answer):
    container = in_state(api, wanted)
    assert ask(api, operation, container) == answer


@pytest.mark.parametrize("wanted", ["running", "paused", "restarting"])
def test_a_stopped_container_stays_stopped(api, wanted):
    container = in_state(api, wanted)
    assert api.post(f"/containers/{NAME}/stop?t=0").status == 204
    assert state(api, container) == "exited"
    clear(api)


def test_a_removal_by_force_sees_an_end_at_any_moment(api):
    """Also one that comes between its own steps: it does not wait for an end that was."""
    took = []

    def rounds():
        for _ in range(15):
            container = started(api)
            began = time.monotonic()
            assert api.delete(f"/containers/{container}?force=1").status == 204
            took.append(time.monotonic() - began)
    threads = [threading.Thread(target=rounds) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 60 and max(took) < 5, took


@pytest.mark.parametrize("condition", ["next-exit", "removed"])
def test_a_wait_for_what_is_to_come_is_not_answered_before(api, condition):
    """On an exited container as well: it waits for the next run, or for its removal."""
    container = started(api, command=("true",))
    wait_state(api, container, "exited")
    answers = []
    waiter = threading.Thread(target=lambda: answers.append(api.post(f"/containers/{container}/wait?condition={condition}")))
    waiter.start()
    waiter.join(0.5)
    assert not answers
    if condition == "removed":
        assert api.delete(f"/containers/{container}").status == 204
    else:
        start(api, container)
    waiter.join(10)
    assert answers and answers[0].json()["StatusCode"] == 0


def test_a_container_that_removes_itself_keeps_its_files_over_a_restart(api):
    container = started(api, {"AutoRemove": True}, command=("sh", "-c", "echo run >> /runs; cat /runs; sleep 1000"))
    for said in (1, 1 + 2, 1 + 2 + 3):
        wait_for(lambda said=said: logs(api, container) == "run\n" * said, f"{said} lines")
        assert api.post(f"/containers/{container}/restart?t=0").status == 204
    assert api.post(f"/containers/{container}/kill").status == 204
    wait_for(lambda: api.get(f"/containers/{container}/json").status == 404, "it is removed")


def test_prune_takes_what_does_not_run(api):
    running = started(api, Labels={"kept": ""})
    made = [create(api, Labels={"a": "1"}), create(api, Labels={"a": "2"}), started(api, command=("true",), Labels={"b": ""})]
    wait_state(api, made[2], "exited")

    def prune(filters):
        answer = api.post("/containers/prune?filters=" + filters)
        assert answer.status == 200, answer.body
        return answer.json()["ContainersDeleted"]
    assert prune("%7B%22label%22%3A%5B%22a%3D1%22%5D%7D") == [made[0]]
    assert prune("%7B%22label%21%22%3A%5B%22b%22%5D%7D") == [made[1]]
    assert prune("%7B%22until%22%3A%5B%221h%22%5D%7D") is None
    assert prune("%7B%22until%22%3A%5B%220s%22%5D%7D") == [made[2]]
    assert api.post("/containers/prune?filters=%7B%22nope%22%3A%5B%221%22%5D%7D").status == 400
    assert state(api, running) == "running"


def test_rename_keeps_the_links_and_the_old_name_is_free(api):
    container = started(api, name="before")
    assert api.post(f"/containers/{container}/rename?name=after").status == 204
    create(api, name="before")
    taken = api.post("/containers/before/rename?name=after")
    assert taken.status == 409 and taken.message().startswith('Error when allocating new name: Conflict. The container name "/after"')


def test_restart_counts_from_the_start_of_the_policy(api):
    container = started(api, {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 2}}, command=("false",))
    wait_for(lambda: state(api, container) == "exited" and api.get(f"/containers/{container}/json").json()["RestartCount"] == 2,
             "two restarts", 20)
    start(api, container)
    wait_for(lambda: state(api, container) == "exited" and api.get(f"/containers/{container}/json").json()["RestartCount"] == 2,
             "two restarts again", 20)
