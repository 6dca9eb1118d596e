"""A container exchanges a folder for links that lead to the machine's root while its files are copied."""
import base64
import io
import json
import tarfile
import threading

import pytest

from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")

# mv within a folder is a rename: between two of them the name is missing, a folder, or a link.
SWAP = """
mkdir -p /x/box; echo inside > /x/box/file
while :; do
  mv /x/box /x/kept; ln -s {outside} /x/box; rm /x/box; ln -s ../../../../../../../..{outside} /x/box; rm /x/box
  ln -s /proc/1/root{outside} /x/box; rm /x/box; mv /x/kept /x/box; sleep 0.005
done
"""
ROUNDS = 60


@pytest.fixture
def outside(tmp_path):
    """A folder of the machine that the container must not see."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "file").write_text("outside\n")
    return folder


@pytest.fixture
def swapper(docker, outside, api):
    made = docker.must("run", "-d", "--network", "none", "alpine", "sh", "-c", SWAP.format(outside=outside)).strip()
    wait_for(lambda: api.request("HEAD", f"/containers/{made}/archive?path=/x/box/file").status == 200, "it has begun", 20)
    yield made
    docker("rm", "-f", made)


def contents(body):
    """{name: text} of the files of a tar."""
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive if entry.isreg()}


def test_nothing_of_the_machine_is_read(api, swapper):
    seen = set()
    for number in range(ROUNDS):
        path = ("/x/box/file", "/x/box", "/x")[number % 3]
        reply = api.get(f"/containers/{swapper}/archive?path={path}")
        seen.add(reply.status)
        if reply.status == 200:
            stat = json.loads(base64.b64decode(reply.headers["x-docker-container-path-stat"]))
            assert stat["name"] == path.rsplit("/", 1)[1]
            assert b"outside\n" not in contents(reply.body).values()
        else:
            assert reply.status in (404, 500), reply.body
    assert 200 in seen


def test_nothing_of_the_machine_is_written(api, swapper, outside):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("new", "deep/new"):
            entry = tarfile.TarInfo(name)
            entry.size = 3
            archive.addfile(entry, io.BytesIO(b"new"))
    seen = []

    def put(path):
        for _ in range(ROUNDS // 2):
            seen.append(api.request("PUT", f"/containers/{swapper}/archive?path={path}", buffer.getvalue(),
                                    {"Content-Type": "application/x-tar"}).status)

    threads = [threading.Thread(target=put, args=(path,)) for path in ("/x/box", "/x/box/")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one.name for one in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "outside\n"
    assert 200 in seen and set(seen) <= {200, 400, 404, 500}


def test_changes_and_export_stay_inside(api, swapper):
    for _ in range(ROUNDS // 6):
        assert b"outside\n" not in contents(api.get(f"/containers/{swapper}/export").body).values()
        assert api.get(f"/containers/{swapper}/changes").status == 200
