"""Attach over TLS: the bytes go through a pump, half-closes included."""
import subprocess

import pytest


@pytest.fixture
def tls(engine, alpine, clean, tmp_path):
    """The engine also on TCP with TLS; the docker client's flags for it."""
    if engine.kind != "wherryd":
        pytest.skip("starts the engine with a second host")

    def openssl(*words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, cwd=tmp_path)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test ca", "-days", "2")
    (tmp_path / "names").write_text("subjectAltName=IP:127.0.0.1")
    for name in ("server", "client"):
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", f"{name}.pem",
                "-days", "2", "-extfile", "names")
    program = list(engine.program)
    engine.stop()
    engine.program += ["-H", "tcp://127.0.0.1:2376", "--tlsverify", "--tlscacert", tmp_path / "ca.pem", "--tlscert", tmp_path / "server.pem",
                       "--tlskey", tmp_path / "server.key"]
    engine.start()
    yield ["-H", "tcp://127.0.0.1:2376", "--tlsverify", "--tlscacert", tmp_path / "ca.pem", "--tlscert", tmp_path / "client.pem",
           "--tlskey", tmp_path / "client.key"]
    engine.remove_all_containers()
    engine.stop()
    engine.program = program
    engine.start()


def test_run_over_tls(docker, tls):
    assert docker.must(*tls, "run", "--rm", "alpine", "echo", "hello") == "hello\n"
    said = docker(*tls, "run", "--rm", "alpine", "sh", "-c", "echo out; echo err >&2; exit 7")
    assert (said.stdout, said.stderr, said.returncode) == ("out\n", "err\n", 7)


def test_the_end_of_the_input_reaches_the_container(docker, tls):
    text = "x" * 300000 + "\n"
    assert docker.must(*tls, "run", "--rm", "-i", "alpine", "cat", input=text) == text
    assert docker.must(*tls, "run", "--rm", "-i", "alpine", "wc", "-c", input=text).strip() == str(len(text))


def test_attach_to_what_runs(docker, tls):
    container = docker.must("run", "-d", "-i", "alpine", "sh", "-c", "read x; echo got $x").strip()
    assert docker.must(*tls, "attach", container, input="hello\n") == "got hello\n"


def test_who_has_no_certificate_is_refused(docker, tls):
    assert docker("-H", "tcp://127.0.0.1:2376", "version").returncode != 0
    assert docker("-H", "tcp://127.0.0.1:2376", "--tls", "version").returncode != 0
