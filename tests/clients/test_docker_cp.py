"""The docker client on files of containers: cp in all its forms, diff, export, stats, top."""
import io
import json
import os
import subprocess
import tarfile

import pytest

pytestmark = pytest.mark.usefixtures("alpine", "clean")


@pytest.fixture(params=["created", "running", "exited"])
def container(request, docker):
    """A container in each of the states in which files are copied."""
    command = {"running": ["sleep", "1000"], "exited": ["true"], "created": ["true"]}[request.param]
    made = docker.must("create", "--network", "none", "alpine", *command).strip()
    if request.param != "created":
        docker.must("start", made)
    if request.param == "exited":
        docker.must("wait", made)
    yield made
    docker("rm", "-f", made)


@pytest.fixture
def tree(tmp_path):
    """A folder with a file, a folder, a link and a program."""
    top = tmp_path / "tree"
    (top / "sub").mkdir(parents=True)
    (top / "file").write_text("of the host\n")
    (top / "sub/deep").write_text("deep\n")
    (top / "link").symlink_to("file")
    (top / "program").write_text("#!/bin/sh\n")
    (top / "program").chmod(0o755)
    return top


def names(path):
    """What is below a folder."""
    return sorted(str(one.relative_to(path)) for one in path.rglob("*"))


def read(docker, container, path, tmp_path):
    """The content of a container's file."""
    target = tmp_path / "read-back"
    docker.must("cp", f"{container}:{path}", target)
    try:
        return target.read_text()
    finally:
        target.unlink()


def test_file_to_file_and_back(docker, container, tree, tmp_path):
    docker.must("cp", tree / "file", f"{container}:/tmp/renamed")
    assert read(docker, container, "/tmp/renamed", tmp_path) == "of the host\n"


def test_file_to_folder_keeps_its_name_and_mode(docker, container, tree, tmp_path):
    docker.must("cp", tree / "program", f"{container}:/tmp")
    docker.must("cp", f"{container}:/tmp/program", tmp_path)
    assert os.stat(tmp_path / "program").st_mode & 0o777 == 0o755


def test_folder_to_a_folder_that_exists_lands_in_it(docker, container, tree, tmp_path):
    docker.must("cp", tree, f"{container}:/tmp")
    docker.must("cp", f"{container}:/tmp/tree", tmp_path / "back")
    assert names(tmp_path / "back") == names(tree)
    assert os.readlink(tmp_path / "back/link") == "file"


def test_folder_to_a_missing_one_takes_its_name(docker, container, tree, tmp_path):
    docker.must("cp", tree, f"{container}:/tmp/new")
    docker.must("cp", f"{container}:/tmp/new", tmp_path / "back")
    assert names(tmp_path / "back") == names(tree)


def test_the_content_of_a_folder(docker, container, tree, tmp_path):
    docker.must("cp", f"{tree}/.", f"{container}:/tmp")
    (tmp_path / "back").mkdir()
    docker.must("cp", f"{container}:/tmp/.", tmp_path / "back")
    assert set(names(tree)) <= set(names(tmp_path / "back"))


def says_missing(done, container_path):
    """Whether a copy failed as it should: the daemon's words, or 20.10's client's own."""
    return done.returncode == 1 and (f"Could not find the file {container_path} in container" in done.stderr
                                     or ("No such container:path:" in done.stderr and container_path in done.stderr))


def test_to_a_missing_parent_folder_is_refused(docker, container, tree):
    done = docker("cp", tree / "file", f"{container}:/no/such/place/file")
    assert says_missing(done, "/no/such/place"), done.stderr


def test_a_folder_over_a_file_is_refused(docker, container, tree):
    docker.must("cp", tree / "file", f"{container}:/tmp/file")
    done = docker("cp", tree, f"{container}:/tmp/file")
    assert done.returncode == 1 and "cannot copy directory" in done.stderr


def test_what_does_not_exist(docker, container, tmp_path):
    done = docker("cp", f"{container}:/nope", tmp_path)
    assert says_missing(done, "/nope"), done.stderr
    assert docker("cp", "no-such-container:/etc", tmp_path).returncode == 1


def test_through_a_link_to_a_folder(docker, container, tree, tmp_path):
    (tree / "way").symlink_to("/etc")
    docker.must("cp", tree / "way", f"{container}:/tmp")
    docker.must("cp", tree / "file", f"{container}:/tmp/way/new")
    assert read(docker, container, "/etc/new", tmp_path) == "of the host\n"


def test_a_link_itself_and_what_it_points_to(docker, container, tmp_path):
    docker.must("cp", f"{container}:/bin/sh", tmp_path / "link")
    assert os.readlink(tmp_path / "link") == "/bin/busybox"
    docker.must("cp", "-L", f"{container}:/bin/sh", tmp_path / "followed")
    assert (tmp_path / "followed").stat().st_size > 100_000


def test_standard_output_is_a_tar(docker, container):
    done = subprocess.run([docker.path, "cp", f"{container}:/etc/passwd", "-"], capture_output=True,
                          env=docker_env(docker), check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        assert archive.getnames() == ["passwd"]


def test_standard_input_is_a_tar(docker, container, tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        entry = tarfile.TarInfo("a/b")
        entry.size = 2
        archive.addfile(entry, io.BytesIO(b"hi"))
    subprocess.run([docker.path, "cp", "-", f"{container}:/tmp"], input=buffer.getvalue(), capture_output=True,
                   env=docker_env(docker), check=True)
    assert read(docker, container, "/tmp/a/b", tmp_path) == "hi"


def docker_env(docker):
    return docker.engine.env()


def test_owners_are_kept_on_demand(docker, tree):
    os.chown(tree / "file", 1234, 5678)
    made = docker.must("create", "-u", "405:100", "alpine", "true").strip()
    docker.must("cp", "-a", tree / "file", f"{made}:/tmp/own")
    reply = docker.engine.api.get(f"/containers/{made}/archive?path=/tmp/own")
    with tarfile.open(fileobj=io.BytesIO(reply.body)) as archive:
        entry = archive.getmembers()[0]
    assert (entry.uid, entry.gid) == (405, 100)


@pytest.mark.parametrize("running", [False, True])
def test_volumes_are_seen(docker, tmp_path, running):
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (shared / "file").write_text("of a bind\n")
    made = docker.must("create", "--network", "none", "-v", f"{shared}:/bind", "-v", "/anonymous",
                       "-v", f"{shared}:/fixed:ro", "alpine", "sleep", "1000").strip()
    if running:
        docker.must("start", made)
    assert read(docker, made, "/bind/file", tmp_path) == "of a bind\n"
    docker.must("cp", f"{shared}/file", f"{made}:/anonymous/copied")
    assert read(docker, made, "/anonymous/copied", tmp_path) == "of a bind\n"
    docker.must("cp", f"{shared}/file", f"{made}:/bind/copied")
    assert (shared / "copied").read_text() == "of a bind\n"
    done = docker("cp", f"{shared}/file", f"{made}:/fixed/other")
    assert done.returncode == 1 and "mounted volume is marked read-only" in done.stderr


def test_a_read_only_root_is_not_written_to(docker, tree):
    made = docker.must("create", "--read-only", "alpine", "true").strip()
    done = docker("cp", tree / "file", f"{made}:/tmp/file")
    assert done.returncode == 1 and "container rootfs is marked read-only" in done.stderr


def test_what_was_copied_is_there_at_the_start(docker, tree):
    made = docker.must("create", "--network", "none", "alpine", "cat", "/tmp/file").strip()
    docker.must("cp", tree / "file", f"{made}:/tmp/file")
    assert docker.must("start", "-a", made) == "of the host\n"


def test_diff_and_export(docker, tmp_path):
    script = "echo hi > /new; rm /etc/passwd; mkdir -p /d/e; echo > /d/e/f; echo x >> /etc/group; rm -rf /home"
    made = docker.must("create", "--network", "none", "alpine", "sh", "-c", script).strip()
    assert docker.must("diff", made) == ""
    docker.must("start", "-a", made)
    assert set(docker.must("diff", made).splitlines()) == {
        "A /new", "C /etc", "D /etc/passwd", "A /d", "A /d/e", "A /d/e/f", "C /etc/group", "D /home"}
    docker.must("export", "-o", tmp_path / "all.tar", made)
    with tarfile.open(tmp_path / "all.tar") as archive:
        found = archive.getnames()
    assert {"new", "d/e/f", "etc/group", "bin/busybox"} <= set(found)
    assert not {"etc/passwd", "home"} & set(found)


def test_an_export_of_a_running_container_leaves_its_volumes_out(docker, tmp_path):
    (tmp_path / "secret").write_text("of the host\n")
    made = docker.must("run", "-d", "--network", "none", "-v", f"{tmp_path}:/bind", "alpine", "sleep", "1000").strip()
    done = subprocess.run([docker.path, "export", made], capture_output=True, env=docker_env(docker), check=True)
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        found = archive.getnames()
    assert "bind" in found and "bind/secret" not in found and "proc/1" not in found


def test_stats_of_one_moment(docker):
    made = docker.must("run", "-d", "--memory", "64m", "alpine", "sh", "-c", "while :; do :; done").strip()
    line = json.loads(docker.must("stats", "--no-stream", "--format", "{{json .}}", made))
    assert line["ID"] == made[:12] and line["PIDs"] == "1"
    assert line["MemUsage"].endswith("/ 64MiB")
    assert float(line["CPUPerc"].rstrip("%")) > 5
    assert line["NetIO"] != "0B / 0B"


def test_stats_go_on(docker):
    made = docker.must("run", "-d", "alpine", "sleep", "1000").strip()
    process = subprocess.Popen([docker.path, "stats", "--format", "{{.ID}} {{.PIDs}}", made], text=True,
                               stdout=subprocess.PIPE, env=docker_env(docker))
    try:
        seen = [process.stdout.readline() for _ in range(4)]
    finally:
        process.kill()  # it does not heed SIGTERM while it writes
        process.wait(10)
    assert any(f"{made[:12]} 1" in line for line in seen), seen


def test_top(docker):
    made = docker.must("run", "-d", "alpine", "sh", "-c", "sleep 1000; true").strip()
    lines = docker.must("top", made).splitlines()
    assert lines[0].split() == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert [line.split(None, 7)[7] for line in lines[1:]] == ["sh -c sleep 1000; true", "sleep 1000"]
    assert docker.must("top", made, "aux").split()[:11] == [
        "USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"]
    chosen = docker.must("top", made, "-o", "pid,comm,stat").splitlines()
    assert chosen[0].split() == ["PID", "COMMAND", "STAT"]
    assert chosen[1].split()[1:] == ["sh", "Ss"]
    refused = docker("top", made, "-o", "comm")
    assert refused.returncode == 1 and "Couldn't find PID field in ps output" in refused.stderr
