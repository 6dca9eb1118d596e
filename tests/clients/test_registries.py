"""Pulling from registries that want credentials, break off, lie, or have a certificate of their own.

wherryd alone: a real dockerd knows no `--registry-certs`, and waits longer between attempts.
"""
import base64
import json
import os
import subprocess
import sys
import threading

import pytest

from tests.support import engine as engines
from tests.support import lookalike
from tests.support.registry import ROOT
from tests.support.waiting import wait_for

ODD = "127.0.0.1:5100"
ADDRESS = "10.213.9.1"
TLS = f"{ADDRESS}:5443"
LOGIN = {"username": "user", "password": "secret"}


def make_certificates(folder):
    """A CA, and a certificate of it for ADDRESS."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=own CA",
            "-keyout", "ca.key", "-out", "ca.crt")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=registry", "-keyout", "reg.key", "-out", "reg.csr")
    (folder / "ext").write_text(f"subjectAltName=IP:{ADDRESS}\n")
    openssl("x509", "-req", "-in", "reg.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "ext", "-out", "reg.crt")


class Odd:
    """The engine and the odd registries in its namespace."""

    def __init__(self, folder):
        self.certs = folder / "certs.d"
        self.engine = engines.launch("wherryd", "odd", ["--registry-certs", str(self.certs)])
        run = self.engine.namespace.run
        run("ip", "addr", "add", f"{ADDRESS}/32", "dev", "lo")
        make_certificates(folder)
        start = [sys.executable, "-m", "tests.support.odd_registry"]
        self.servers = [self.engine.namespace.popen(*start, port, *more, cwd=ROOT) for port, more in (
            ("5100", ()), ("5443", (folder / "reg.crt", folder / "reg.key")))]
        for url in (f"http://{ODD}/seen", f"https://{TLS}/seen"):
            wait_for(lambda url=url: run("curl", "-skf", url).returncode == 0, f"{url} answers")

    def close(self):
        """Ends all of it; the engine's end checks that nothing is left."""
        for server in self.servers:
            server.terminate()
            server.wait(10)
        self.engine.close()

    def pull(self, repository, registry=ODD, login=None, more=""):
        """The reply to a pull."""
        headers = {}
        if login:
            headers["X-Registry-Auth"] = base64.urlsafe_b64encode(json.dumps(login).encode()).decode()
        return self.engine.api.post(f"/images/create?fromImage={registry}/{repository}&tag=latest{more}",
                                    headers=headers)

    def seen(self, part):
        """Requests of the odd registry whose path has PART."""
        listed = self.engine.namespace.run("curl", "-s", f"http://{ODD}/seen").stdout
        return [entry for entry in json.loads(listed) if part in entry["path"]]

    def kept(self):
        """The images, layers and blobs that are there, and parts of them."""
        data = self.engine.folder / "data"
        places = ("layers", "images/blobs/sha256", "images/ingest", "trash")
        files = [f"{place}/{name}" for place in places for name in os.listdir(data / place)]
        return files + self.engine.api.get("/images/json").json()

    def assert_nothing_kept(self, seconds=10):
        """No image, layer or blob is there, not even a part of one."""
        wait_for(lambda: not self.kept(), f"nothing is kept: {self.kept()}", seconds)

    def forget(self):
        """Removes all images."""
        for entry in self.engine.api.get("/images/json").json():
            assert self.engine.api.delete(f"/images/{entry['Id']}?force=1").status == 200
        self.assert_nothing_kept()


@pytest.fixture(scope="module")
def odd_registries(tmp_path_factory):
    """One engine for all tests of this file."""
    if os.geteuid() != 0 or not (engines.bin_folder() / "wherryd").exists():
        pytest.skip("needs root and a built wherryd")
    made = Odd(tmp_path_factory.mktemp("odd"))
    yield made
    made.close()


@pytest.fixture
def odd(odd_registries):
    """No image is there before and after."""
    yield odd_registries
    odd_registries.forget()


def messages(reply):
    """The objects of a progress reply."""
    assert reply.status == 200, reply.body
    return [json.loads(line) for line in reply.body.split(b"\r\n") if line]


def error_of(reply):
    """The error in a reply, in-band or by its status."""
    if reply.status != 200:
        return reply.json()["message"]
    return messages(reply)[-1].get("error", "")


@pytest.mark.parametrize("repository", ["plain", "zstd", "cut", "redirect", "token", "flaky"])
def test_pull_succeeds(odd, repository):
    reply = odd.pull(repository)
    assert messages(reply)[-1] == {"status": f"Status: Downloaded newer image for {ODD}/{repository}:latest"}
    inspected = odd.engine.api.get(f"/images/{ODD}/{repository}/json").json()
    assert inspected["Id"] == lookalike.image("alpine").id


def test_a_pull_tells_its_steps_in_order(odd):
    steps = []
    for message in messages(odd.pull("plain")):
        text = message["status"].split(":")[0]
        if not steps or steps[-1] != text:
            steps.append(text)
    assert steps == ["Pulling from plain", "Pulling fs layer", "Downloading", "Verifying Checksum",
                     "Download complete", "Extracting", "Pull complete", "Digest", "Status"]


def test_a_download_goes_on_where_it_broke_off(odd):
    before = len(odd.seen("/cut/blobs"))
    assert "error" not in messages(odd.pull("cut"))[-1]
    ranges = [entry["range"] for entry in odd.seen("/cut/blobs")[before:]]
    assert ranges[-1] and ranges[-1].startswith("bytes=") and ranges[-1] != "bytes=0-"


def test_credentials_do_not_follow_a_redirect_to_another_host(odd):
    odd.pull("redirect", login={"registrytoken": "only for the registry"})
    assert odd.seen("/redirect/")[-1]["authorization"] == "Bearer only for the registry"
    assert odd.seen("/elsewhere/")[-1]["host"].startswith("127.0.0.2")
    assert odd.seen("/elsewhere/")[-1]["authorization"] is None


@pytest.mark.parametrize("repository", ["private", "basic"])
def test_credentials_open_a_repository(odd, repository):
    assert "error" not in messages(odd.pull(repository, login=LOGIN))[-1]


@pytest.mark.parametrize("repository", ["private", "basic"])
@pytest.mark.parametrize("login", [None, {"username": "user", "password": "wrong"}])
def test_without_credentials_it_stays_shut(odd, repository, login):
    reply = odd.pull(repository, login=login)
    assert reply.status == 401 and "unauthorized" in error_of(reply)
    odd.assert_nothing_kept()


@pytest.mark.parametrize("repository,status,text", [
    ("liar", 200, "filesystem layer verification failed for digest sha256:"),
    ("broken", 200, "unexpected EOF"),
    ("wrongdiff", 200, "layers from manifest don't match image configuration"),
    ("noarch", 200, "no matching manifest for linux/amd64 in the manifest list entries"),
    ("denied", 404, f"pull access denied for {ODD}/denied, repository does not exist or may require 'docker login'"),
])
def test_a_failed_pull_says_why_and_leaves_nothing(odd, repository, status, text):
    reply = odd.pull(repository)
    assert reply.status == status and text in error_of(reply), reply.body
    odd.assert_nothing_kept()


def test_a_cancelled_pull_leaves_nothing(odd):
    ingest = odd.engine.folder / "data/images/ingest"
    url = f"http://localhost/images/create?fromImage={ODD}/slow&tag=latest"
    with subprocess.Popen(["curl", "-sN", "--unix-socket", odd.engine.socket, "-X", "POST", url],
                          stdout=subprocess.DEVNULL) as client:
        wait_for(lambda: os.listdir(ingest), "the download has begun")
        client.kill()
    # That its client has gone is seen while the pull goes on: until then more may come in.
    odd.assert_nothing_kept(5)


def test_simultaneous_pulls_share_a_download(odd):
    before = len(odd.seen("/slow/blobs"))
    replies = []
    pulls = [threading.Thread(target=lambda: replies.append(odd.pull("slow"))) for _ in range(3)]
    for one in pulls:
        one.start()
    for one in pulls:
        one.join()
    assert ["error" in messages(reply)[-1] for reply in replies] == [False] * 3
    layer = lookalike.blobs_of(lookalike.image("alpine"), lookalike.OCI)[0][1]
    downloads = [entry for entry in odd.seen("/slow/blobs")[before:] if lookalike.digest(layer) in entry["path"]]
    assert len(downloads) == 1


def test_an_engine_killed_in_a_pull_forgets_the_half(odd):
    ingest = odd.engine.folder / "data/images/ingest"
    url = f"http://localhost/images/create?fromImage={ODD}/slow&tag=latest"
    with subprocess.Popen(["curl", "-sN", "--unix-socket", odd.engine.socket, "-X", "POST", url],
                          stdout=subprocess.DEVNULL):
        wait_for(lambda: os.listdir(ingest), "the download has begun")
        odd.engine.kill()
    odd.engine.start()
    odd.assert_nothing_kept()


def test_images_are_there_after_a_restart(odd):
    odd.pull("plain")
    before = odd.engine.api.get("/images/json").json()
    odd.engine.kill()
    odd.engine.start()
    assert odd.engine.api.get("/images/json").json() == before
    assert messages(odd.pull("plain"))[-1]["status"].startswith("Status: Image is up to date")


def test_a_full_disk_is_said_and_leaves_nothing(odd):
    data = odd.engine.folder / "data"
    odd.engine.stop()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", data], check=True)
    try:
        odd.engine.start()
        reply = odd.pull("plain")
        assert "no space left on device" in error_of(reply), reply.body
        odd.assert_nothing_kept()
        odd.engine.stop()
    finally:
        subprocess.run(["umount", data], check=True)
        odd.engine.start()


def test_an_own_certificate_authority_is_trusted_where_it_is_named(odd):
    reply = odd.pull("plain", TLS)
    assert reply.status == 500 and "certificate" in error_of(reply), reply.body
    place = odd.certs / TLS
    place.mkdir(parents=True)
    (place / "ca.crt").write_bytes((odd.certs.parent / "ca.crt").read_bytes())
    assert "error" not in messages(odd.pull("plain", TLS))[-1]


def test_auth_checks_credentials(odd):
    good = odd.engine.api.post("/auth", {**LOGIN, "serveraddress": ODD})
    assert good.status == 200 and good.json() == {"IdentityToken": "", "Status": "Login Succeeded"}
    bad = odd.engine.api.post("/auth", {**LOGIN, "password": "wrong", "serveraddress": ODD})
    assert bad.status == 401, bad.body
