"""A full disk, a read-only or damaged state folder, a second engine on it: clear errors, and nothing acknowledged is lost."""
import hashlib
import subprocess
import threading
import time

import pytest

from tests.support import crash, lookalike
from tests.support.small_disk import SmallDisk
from tests.support.waiting import wait_for


@pytest.fixture(name="disk", scope="module")
def small_disk():
    """A small file system."""
    made = SmallDisk()
    yield made
    if made.holder:
        made.close()


@pytest.fixture(scope="module")
def engine(disk):
    """An engine on it."""
    started = crash.launch("disk", prepare=disk)
    yield started
    started.close()


@pytest.fixture(autouse=True)
def roomy(engine, disk):
    """There is room before and after, and nothing of the test is left."""
    yield
    if (disk.data / "filler").exists():
        disk.free()
    if not engine.process or engine.process.poll() is not None:
        engine.start()
    engine.remove_all_containers()
    engine.leaks.assert_no_containers_left()


def listed(engine):
    """(name, state) of all containers."""
    return sorted((one["Names"][0], one["State"]) for one in engine.api.get("/containers/json?all=1").json())


def refused(engine):
    """What the daemon says that does not start."""
    done = engine.run(*engine.program)
    assert done.returncode == 1, done.stderr
    return done.stderr


def refusal(engine):
    """What the daemon says where it does not start; nothing where it does."""
    try:
        engine.start()
    except AssertionError as failure:
        engine.process = None
        return str(failure).rpartition("failed to start daemon: ")[2]
    return None


def test_a_full_disk_is_said_and_everything_is_kept(engine, disk):
    crash.run(engine, "runs")
    crash.create(engine, "made")
    disk.fill()
    answer = engine.api.post("/images/load", lookalike.docker_archive(["layered"]),
                             headers={"Content-Type": "application/x-tar"})
    text = answer.body.decode().lower()
    assert "no space left" in text or "full" in text, answer
    # The database may have had room of its own: then it is kept as all else is.
    made = engine.api.post("/containers/create?name=tight", {"Image": "alpine", "Cmd": ["true"]})
    assert made.status == 201 or (made.status in (500, 503) and (
        "no space left" in made.message().lower() or "full" in made.message())), made
    before = [("/made", "created"), ("/runs", "running"), *([("/tight", "created")] if made.status == 201 else [])]
    assert listed(engine) == before
    crash.restart(engine)
    assert listed(engine) == before
    disk.free()
    crash.create(engine, "more")
    crash.restart(engine)
    assert listed(engine) == sorted([*before, ("/more", "created")])


def test_an_exit_on_a_full_disk_is_told_once_it_can_be_written(engine, disk):
    name = crash.run(engine, cmd=["sh", "-c", "sleep 0.5; exit 6"])
    disk.fill()
    codes = []
    waiting = threading.Thread(target=lambda: codes.append(crash.exit_code(engine, name)))
    waiting.start()
    time.sleep(1.5)
    if not codes:  # the database may have had room of its own
        crash.restart(engine)
    disk.free()
    assert crash.exit_code(engine, name) == 6
    crash.restart(engine)
    assert crash.state(engine, name)["ExitCode"] == 6


def test_a_removal_that_fails_is_told_to_those_that_wait_for_it(engine, disk):
    """Before version 1.34 by an empty body, which is all that its clients understand."""
    names = [crash.create(engine, f"left{number}") for number in range(40)]
    disk.fill()
    for size in (200_000, 20_000, 500, 10):  # the database may have had room of its own
        body = {"Image": "alpine", "Cmd": ["true"], "Labels": {"long": "x" * size}}
        while engine.api.post("/containers/create", body).status == 201:
            pass
    for name in names:
        answers = {}
        waiting = [threading.Thread(target=lambda version=version: answers.update(
            {version: engine.api.at(version).post(f"/containers/{name}/wait?condition=removed")}))
            for version in ("1.33", "1.34")]
        for thread in waiting:
            thread.start()
        time.sleep(0.2)
        removed = engine.api.delete(f"/containers/{name}").status
        for thread in waiting:
            thread.join(20)
        if removed != 204:
            break
    assert removed in (500, 503), "the disk was full"
    assert (answers["1.33"].status, answers["1.33"].body) == (200, b"")
    assert answers["1.34"].json()["Error"]["Message"]
    disk.free()


@pytest.mark.parametrize("driver", ["json-file", "local"])
def test_a_full_disk_holds_back_the_payload_and_loses_no_line(engine, disk, driver):
    count = 30_000
    name = crash.run(engine, cmd=crash.numbered(count, 3, "0.01", 1000), host={"LogConfig": {"Type": driver}})
    time.sleep(0.2)
    disk.fill()
    time.sleep(1)
    assert crash.state(engine, name)["Running"], "the payload is held back"
    disk.free()
    assert crash.exit_code(engine, name, 60) == 3
    assert crash.log(engine, name) == crash.lines(count)


def test_a_read_only_state_folder_is_said(engine, disk):
    crash.create(engine, "made")
    engine.stop()
    disk.read_only(True)
    try:
        said = refused(engine)
    finally:
        disk.read_only(False)
    assert str(disk.folder) in said and "read-only file system" in said.lower()
    engine.start()
    assert listed(engine) == [("/made", "created")]


def test_a_second_engine_is_refused(engine, disk):
    crash.run(engine, "runs")
    other = [word.replace("docker.sock", "other.sock").replace("daemon.pid", "other.pid") for word in engine.program]
    done = engine.run(*other)
    assert done.returncode == 1 and f"another engine uses {disk.folder}" in done.stderr
    assert listed(engine) == [("/runs", "running")]
    assert engine.api.post("/containers/runs/kill").status == 204


def halve(path):
    """Half of the file."""
    path.write_bytes(path.read_bytes()[:path.stat().st_size // 2])


def garble(path):
    """A page of the middle is garbage."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 8192 * 4096
    data[middle:middle + 4096] = b"\xa5" * 4096
    path.write_bytes(data)


DAMAGE = {"truncated": halve, "a garbage page": garble, "empty": lambda path: path.write_bytes(b""),
          "missing": lambda path: path.unlink()}


def digests(folder):
    """The state database's files as they are."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.glob("state.db*") if not path.name.endswith("-shm")}


@pytest.mark.parametrize("what", DAMAGE)
@pytest.mark.parametrize("ended", ["in order", "by kill -9"])
def test_a_damaged_database_is_said_and_left_alone(engine, disk, what, ended):
    crash.run(engine, "runs")
    for number in range(20):
        crash.create(engine, f"made{number}")
    before = listed(engine)
    if ended == "in order":
        engine.stop()
    else:
        crash.restart(engine)  # so that there is something in the database itself
        engine.stop()
        engine.start()
        engine.kill()
    files = {path: path.read_bytes() for path in disk.data.glob("state.db*")}
    DAMAGE[what](disk.data / "state.db")
    after = digests(disk.data)
    said = refusal(engine)
    if said:  # else the write-ahead log had every page that is damaged
        left = digests(disk.data)
        for path in disk.data.glob("state.db*"):
            path.unlink()
        for path, data in files.items():
            path.write_bytes(data)
        assert f"state database {disk.folder / 'state.db'}: " in said, said
        assert left == after, "a refused start changes nothing"
        engine.start()
    assert listed(engine) == before


def test_a_missing_write_ahead_log_is_said(engine, disk):
    crash.create(engine, "made")
    engine.kill()
    wal = disk.data / "state.db-wal"
    kept = wal.read_bytes()
    assert kept
    wal.unlink()
    said = refusal(engine)
    assert said and "write-ahead log" in said and "is missing" in said, said
    wal.write_bytes(kept)
    engine.start()
    assert listed(engine) == [("/made", "created")]


def test_payloads_run_on_while_no_daemon_can_start(engine, disk):
    name = crash.run(engine, cmd=crash.numbered(500, 5, "0.1", 50))
    engine.kill()
    wal = disk.data / "state.db-wal"
    kept = wal.read_bytes()
    wal.unlink()
    assert refusal(engine)
    subprocess.run(["sleep", "1.5"], check=True)
    wal.write_bytes(kept)
    engine.start()
    assert crash.exit_code(engine, name) == 5
    assert crash.log(engine, name) == crash.lines(500)
    wait_for(lambda: crash.state(engine, name)["Status"] == "exited", "it is known")
