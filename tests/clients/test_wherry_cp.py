"""wherry cp beside docker cp: the same files arrive in the same places."""
import os
import subprocess

import pytest

from tests.support.engine import bin_folder

pytestmark = [
    pytest.mark.usefixtures("alpine", "clean"),
    pytest.mark.skipif(not (bin_folder() / "wherry").exists(), reason="wherry is not built"),
]

# Words behind `cp`; {c} is the container, {here} a folder of the machine.
INTO = [
    ["{here}/tree/file", "{c}:/tmp"], ["{here}/tree/file", "{c}:/tmp/renamed"], ["{here}/tree/file", "{c}:/tmp/no/place"],
    ["{here}/tree", "{c}:/tmp"], ["{here}/tree", "{c}:/tmp/new"], ["{here}/tree/.", "{c}:/tmp"], ["{here}/tree/.", "{c}:/tmp/new"],
    ["{here}/tree/link", "{c}:/tmp"], ["-L", "{here}/tree/link", "{c}:/tmp"], ["{here}/tree", "{c}:/etc/passwd"],
    ["{here}/tree/file", "{c}:/tmp/new/"], ["-a", "{here}/tree", "{c}:/tmp"], ["{here}/nope", "{c}:/tmp"],
    ["{here}/tree/file", "no-such-container:/tmp"], ["{here}/tree/file", "{here}"]]
OUT = [
    ["{c}:/etc/passwd", "{here}/out"], ["{c}:/etc/passwd", "{here}/out/renamed"], ["{c}:/etc", "{here}/out"],
    ["{c}:/etc", "{here}/out/new"], ["{c}:/etc/.", "{here}/out"], ["{c}:/bin/sh", "{here}/out"], ["-L", "{c}:/bin/sh", "{here}/out"],
    ["{c}:/nope", "{here}/out"], ["{c}:/etc", "{here}/tree/file"], ["{c}:/etc/passwd", "{here}/no/place"]]


def tree(path):
    """{name: (mode, content or target)} below a folder."""
    found = {}
    for one in sorted(path.rglob("*")):
        facts = one.lstat()
        content = os.readlink(one) if one.is_symlink() else one.read_bytes() if one.is_file() else None
        found[str(one.relative_to(path))] = (oct(facts.st_mode), content)
    return found


@pytest.fixture
def here(tmp_path):
    """A machine's folder with something to copy."""
    top = tmp_path / "tree"
    (top / "sub").mkdir(parents=True)
    (top / "file").write_text("of the host\n")
    (top / "sub/program").write_text("#!/bin/sh\n")
    (top / "sub/program").chmod(0o755)
    (top / "link").symlink_to("file")
    (tmp_path / "out").mkdir()
    return tmp_path


def made(docker):
    """A new container with a user."""
    return docker.must("create", "-u", "405:100", "--network", "none", "alpine", "true").strip()


def filled(words, container, here):
    return [word.format(c=container, here=here) for word in words]


@pytest.mark.parametrize("words", INTO, ids=" ".join)
def test_into_a_container(engine, docker, here, words):
    results = []
    for command in (docker, engine.wherry):
        container = made(docker)
        done = command("cp", *filled(words, container, here))
        docker.must("cp", f"{container}:/tmp", here / f"seen-{len(results)}")
        listed = subprocess.run([docker.path, "cp", f"{container}:/tmp", "-"], capture_output=True, check=True, env=engine.env())
        owners = subprocess.run(["tar", "-tvf", "-", "--numeric-owner"], input=listed.stdout, capture_output=True, check=True)
        results.append((done.returncode, tree(here / f"seen-{len(results)}"), [line.split()[1] for line in owners.stdout.splitlines()]))
    assert results[0] == results[1]


@pytest.mark.parametrize("words", OUT, ids=" ".join)
def test_out_of_a_container(engine, docker, here, words):
    results = []
    for number, command in enumerate((docker, engine.wherry)):
        (here / str(number)).mkdir()
        subprocess.run(["cp", "-a", here / "tree", here / "out", here / str(number)], check=True)
        done = command("cp", *filled(words, made(docker), here / str(number)))
        results.append((done.returncode, tree(here / str(number))))
    assert results[0] == results[1]


def test_tar_on_both_ends(engine, docker):
    first, second = made(docker), made(docker)
    taken = engine.wherry("cp", f"{first}:/etc/passwd", "-", text=False)
    put = engine.wherry("cp", "-", f"{second}:/tmp", input=taken.stdout, text=False)
    assert (taken.returncode, put.returncode) == (0, 0), put.stderr
    assert docker.must("diff", second).splitlines() == ["C /tmp", "A /tmp/passwd"]
