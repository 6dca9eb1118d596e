"""Mounts of every kind: what a container sees of binds, volumes, images and tmpfs."""
import subprocess
import time

import pytest

from tests.support.containers import create, inspect, logs, run, start, started, wait_state

pytestmark = pytest.mark.usefixtures("alpine", "clean")


def volume_events(api, since, container):
    """(action, volume, attributes) of the volume events of a container since a time."""
    body = api.get(f"/events?since={since}&until={time.time() + 0.1}&filters=%7B%22type%22%3A%5B%22volume%22%5D%7D").lines()
    return [(event["Action"], event["Actor"]["ID"], {key: value for key, value in event["Actor"]["Attributes"].items() if key != "container"})
            for event in body if event["Actor"]["Attributes"].get("container") == container]


def test_volumes_from_another_container_read_only_too(api):
    donor = create(api, {"Binds": ["wherry-test-vol:/named"]}, name="donor", Volumes={"/data": {}})
    try:
        assert run(api, "echo kept > /data/f; echo kept > /named/f", {"VolumesFrom": ["donor"]}) == ""
        assert run(api, "cat /data/f /named/f; echo x 2>&1 > /data/f", {"VolumesFrom": ["donor:ro"]}) == (
            "kept\nkept\nsh: can't create /data/f: Read-only file system\n")
        shown = inspect(api, create(api, {"VolumesFrom": [donor + ":ro"]}))
        assert {mount["Destination"]: mount["RW"] for mount in shown["Mounts"]} == {"/data": False, "/named": False}
    finally:
        api.delete("/containers/donor?v=1&force=1")
        for entry in api.get("/containers/json?all=1").json():
            api.delete(f"/containers/{entry['Id']}?force=1&v=1")
        api.delete("/volumes/wherry-test-vol")


def test_volume_events(api):
    since = time.time()
    container = started(api, {"Binds": ["wherry-test-vol:/named:ro"]}, command=("true",))
    api.post(f"/containers/{container}/wait")
    wait_state(api, container, "exited")
    assert volume_events(api, since, container) == [
        ("mount", "wherry-test-vol", {"driver": "local", "destination": "/named", "propagation": "", "read/write": "false"}),
        ("unmount", "wherry-test-vol", {"driver": "local"})]
    api.delete(f"/containers/{container}?v=1")
    api.delete("/volumes/wherry-test-vol")


def test_a_new_volume_has_labels_and_content(api):
    mount = {"Type": "volume", "Source": "wherry-test-vol", "Target": "/etc",
             "VolumeOptions": {"Labels": {"a": "b"}, "DriverConfig": {"Name": "local"}}}
    assert "root" in run(api, "cat /etc/passwd", {"Mounts": [mount]})
    assert api.get("/volumes/wherry-test-vol").json()["Labels"] == {"a": "b"}
    api.delete("/volumes/wherry-test-vol")
    mount["VolumeOptions"]["NoCopy"] = True
    assert run(api, "ls /etc | grep -c passwd", {"Mounts": [mount]}) == "0\n"
    api.delete("/volumes/wherry-test-vol")


def test_a_folder_inside_a_volume(api):
    whole = {"Type": "volume", "Source": "wherry-test-vol", "Target": "/v"}
    part = {**whole, "VolumeOptions": {"Subpath": "in/side"}}
    refused = create(api, {"Mounts": [part]})
    answer = api.post(f"/containers/{refused}/start")
    assert answer.status == 404 and answer.message().startswith("cannot access path "), answer.body
    api.delete(f"/containers/{refused}")
    run(api, "mkdir -p /v/in/side; echo deep > /v/in/side/f; ln -s in /v/link; ln -s / /v/out", {"Mounts": [whole]})
    assert run(api, "ls /v; cat /v/f; echo more >> /v/f", {"Mounts": [part]}) == "f\ndeep\n"
    inner = {**whole, "VolumeOptions": {"Subpath": "link/side"}}
    assert run(api, "ls /v", {"Mounts": [inner]}) == "f\n"
    refused = create(api, {"Mounts": [{**whole, "VolumeOptions": {"Subpath": "out"}}]})
    answer = api.post(f"/containers/{refused}/start")
    assert answer.status == 400 and answer.message().startswith("path concatenation escapes the base directory, base: "), answer.body
    api.delete(f"/containers/{refused}")
    one = {**whole, "Target": "/one", "ReadOnly": True, "VolumeOptions": {"Subpath": "in/side/f"}}
    assert run(api, "cat /one; echo x 2>&1 > /one", {"Mounts": [one]}) == (
        "deep\nmore\nsh: can't create /one: Read-only file system\n")
    api.delete("/volumes/wherry-test-vol")


def test_the_files_of_an_image(api, engine):
    engine.pull("layered")
    mount = {"Type": "image", "Source": "layered", "Target": "/other"}
    answer = api.post("/containers/create?name=mounts", {
        "Image": "alpine", "Cmd": ["sh", "-c", "cat /other/etc/passwd | head -1; touch /other/x 2>&1"], "HostConfig": {"Mounts": [mount]}})
    assert answer.status == 201 and answer.json()["Warnings"] == ["Image mount is an experimental feature"], answer.body
    start(api, "mounts")
    api.post("/containers/mounts/wait")
    assert logs(api, "mounts").splitlines()[1:] == ["touch: /other/x: Read-only file system"]
    shown = inspect(api, "mounts")["Mounts"][0]
    assert (shown["Type"], shown["Name"], shown["RW"]) == ("image", "layered", False)
    assert api.delete("/images/layered").status == 409
    api.delete("/containers/mounts")
    part = {**mount, "ImageOptions": {"Subpath": "etc"}}
    assert "passwd" in run(api, "ls /other", {"Mounts": [part]})
    refused = create(api, {"Mounts": [{**mount, "ImageOptions": {"Subpath": "nope"}}]})
    assert api.post(f"/containers/{refused}/start").status == 404


@pytest.fixture
def nested(tmp_path):
    """A folder with a tmpfs mounted in it."""
    outer = tmp_path / "outer"
    (outer / "inner").mkdir(parents=True)
    tmp_path.chmod(0o755)
    subprocess.run(["mount", "-t", "tmpfs", "inner", outer / "inner"], check=True)
    (outer / "inner" / "f").write_text("inner\n")
    yield outer
    subprocess.run(["umount", "-l", outer / "inner"], check=True)


def test_binds_are_recursive_and_read_only_to_the_bottom(api, nested):
    bind = {"Type": "bind", "Source": str(nested), "Target": "/b", "ReadOnly": True}
    write = "echo x 2>/dev/null > /b/g && echo outer; echo x 2>/dev/null > /b/inner/g && echo inner; ls /b/inner"

    def seen(**options):
        return run(api, write, {"Mounts": [{**bind, "BindOptions": options}]})
    assert seen() == "f\n"
    assert seen(NonRecursive=True) == ""
    assert seen(ReadOnlyNonRecursive=True) == "inner\nf\ng\n"
    assert seen(ReadOnlyForceRecursive=True) == "f\ng\n"


def test_a_bind_s_folder_is_made_where_that_is_asked_for(api, tmp_path):
    tmp_path.chmod(0o755)
    made = tmp_path / "made"
    bind = {"Type": "bind", "Source": str(made), "Target": "/b", "BindOptions": {"CreateMountpoint": True}}
    assert run(api, "ls -d /b", {"Mounts": [bind]}) == "/b\n"
    assert made.is_dir()
    assert run(api, "ls -d /b", {"Binds": [f"{tmp_path}/by-bind:/b"]}) == "/b\n"
    assert (tmp_path / "by-bind").is_dir()


def test_mounts_propagate_from_a_shared_source(api, engine, tmp_path):
    tmp_path.chmod(0o755)
    folder = tmp_path / "shared"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "shared", folder], check=True)
    try:
        subprocess.run(["mount", "--make-private", folder], check=True)
        bind = {"Type": "bind", "Source": str(folder), "Target": "/b", "BindOptions": {"Propagation": "rslave"}}
        refused = create(api, {"Mounts": [bind]})
        answer = api.post(f"/containers/{refused}/start")
        assert answer.status == 500 and "is not a shared or slave mount" in answer.message(), answer.body
        api.delete(f"/containers/{refused}")
        subprocess.run(["mount", "--make-shared", folder], check=True)
        container = started(api, {"Mounts": [bind]}, command=(
            "sh", "-c", "until test -e /b/later/f; do sleep 0.05; done; cat /b/later/f"))
        (folder / "later").mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "later", folder / "later"], check=True)
        (folder / "later" / "f").write_text("came\n")
        wait_state(api, container, "exited")
        assert logs(api, container) == "came\n"
    finally:
        subprocess.run(["umount", "-l", "-R", folder], check=True)


def test_a_broken_mount_leaves_nothing(api, engine):
    if engine.kind != "wherryd":
        pytest.skip("a real dockerd leaves the volume")
    answer = api.post("/containers/create", {"Image": "alpine", "HostConfig": {"Binds": ["wherry-test-vol:/x", "/srv:x"]}})
    assert answer.status == 500
    assert api.get("/volumes/wherry-test-vol").status == 404
