"""The docker client on images: pull, images, inspect, tag, load, import, rmi."""
import pytest

from tests.support import lookalike


@pytest.fixture
def no_alpine(engine):
    """The engine has no alpine."""
    engine.remove_all_containers()
    engine.api.delete("/images/alpine:latest?force=1")


@pytest.fixture
def archive(tmp_path):
    """Writes bytes to a file; its path."""
    def write(data):
        path = tmp_path / "archive.tar"
        path.write_bytes(data)
        return path
    return write


def test_pull_shows_progress_and_the_digest(docker, no_alpine):
    said = docker.must("pull", "alpine")
    assert said.startswith("Using default tag: latest\nlatest: Pulling from library/alpine\n")
    assert "Pull complete" in said and "Digest: sha256:" in said
    assert said.endswith("Status: Downloaded newer image for alpine:latest\ndocker.io/library/alpine:latest\n")
    assert "Status: Image is up to date for alpine:latest" in docker.must("pull", "alpine")


@pytest.mark.parametrize("name", ["nothing:latest", "library/alpine:no-such-tag"])
def test_pull_of_what_the_registry_lacks_says_so(docker, engine, name):
    reference = f"localhost:{engine.registry.port}/{name}"
    done = docker("pull", reference)
    assert done.returncode == 1
    assert f"manifest for {reference} not found: manifest unknown" in done.stderr


def test_pull_from_a_registry_by_its_address(docker, engine):
    reference = f"localhost:{engine.registry.port}/library/busybox"
    assert f"Downloaded newer image for {reference}:latest" in docker.must("pull", reference)
    docker.must("rmi", reference)


def test_run_pulls_an_image_that_is_missing(docker, no_alpine, clean):
    done = docker("run", "--rm", "alpine", "echo", "hello world")
    assert (done.returncode, done.stdout) == (0, "hello world\n")
    assert "Unable to find image 'alpine:latest' locally" in done.stderr


def test_images_lists_and_filters(docker, alpine):
    line = "{{.Repository}}:{{.Tag}} {{.ID}}"
    listed = docker.must("images", "--format", line).splitlines()
    short = docker.json("image", "inspect", "alpine")[0]["Id"].removeprefix("sha256:")[:12]
    assert f"alpine:latest {short}" in listed
    assert docker.must("images", "-q", "alpine") == short + "\n"
    assert docker.must("images", "-q", "--filter", "reference=nothing*") == ""


def test_inspect_shows_the_image_as_built(docker, alpine):
    shown = docker.json("image", "inspect", "alpine")[0]
    made = lookalike.image("alpine")
    assert shown["RepoTags"] == ["alpine:latest"]
    assert shown["RepoDigests"][0].startswith("alpine@sha256:")
    assert (shown["Architecture"], shown["Os"]) == ("amd64", "linux")
    assert shown["Config"]["Cmd"] == ["/bin/sh"]
    assert len(shown["RootFS"]["Layers"]) == len(made.layers)


def test_tag_and_rmi(docker, alpine):
    docker.must("tag", "alpine", "mine/alpine:v1")
    assert docker.must("rmi", "mine/alpine:v1") == "Untagged: mine/alpine:v1\n"
    done = docker("rmi", "mine/alpine:v1")
    assert done.returncode == 1 and "No such image: mine/alpine:v1" in done.stderr


def test_rmi_of_an_image_in_use_is_refused(docker, alpine, clean):
    container = docker.must("create", "alpine", "true").strip()
    done = docker("rmi", "alpine")
    assert done.returncode == 1
    assert f"container {container[:12]} is using its referenced image" in done.stderr


def test_load_of_a_docker_archive(docker, archive, clean):
    path = archive(lookalike.docker_archive(["layered"], tag="loaded"))
    assert docker.must("load", "-i", path).endswith("Loaded image: layered:loaded\n")
    assert docker.json("image", "inspect", "layered:loaded")[0]["Id"] == lookalike.image("layered").id
    assert docker.must("run", "--rm", "layered:loaded", "/data/here") == "from the image\n"
    assert "Untagged: layered:loaded" in docker.must("rmi", "layered:loaded")


def test_load_of_an_oci_layout(docker, engine, archive, clean):
    path = archive(lookalike.oci_archive("busybox", tag="oci"))
    done = docker("load", "-i", path)
    if engine.kind != "wherryd" and "no such file" in done.stderr:
        pytest.skip("this dockerd loads Docker archives only")
    assert done.stdout.endswith("Loaded image: busybox:oci\n"), done
    assert docker.must("run", "--rm", "busybox:oci", "echo", "hi") == "hi\n"
    docker.must("rmi", "busybox:oci")


def test_import_of_a_tree(docker, archive, clean):
    path = archive(lookalike.userland("Imported", {"etc/imported": "yes\n"}))
    image = docker.must("import", "--change", "CMD [\"cat\", \"/etc/imported\"]", path, "imported:v1").strip()
    assert image.startswith("sha256:")
    assert docker.must("run", "--rm", "imported:v1") == "yes\n"
    docker.must("rmi", "imported:v1")


def test_whiteouts_volumes_and_user_of_an_image_are_honoured(docker, engine, clean):
    engine.pull("layered")
    said = docker.must("run", "--rm", "--entrypoint", "sh", "layered", "-c",
                       "id -un; pwd; cat /data/here; ls /etc/os-release 2>&1 || true")
    assert said.splitlines()[:3] == ["nobody", "/data", "from the image"]
    assert "No such file" in said
