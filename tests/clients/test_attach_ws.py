"""Attach over a websocket: the frames, the gates, and docker-py over TCP."""
import os
import socket
import struct
import time

import pytest

from tests.support import clients
from tests.support.waiting import wait_for

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
HANDSHAKE = f"Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {KEY}\r\nSec-WebSocket-Version: 13\r\n"
ANSWER = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
         b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
CLOSE = b"\x88\x02\x03\xe8"


@pytest.fixture(autouse=True)
def setup(engine, alpine, clean):
    """The engine has alpine."""


class Client:
    """One connection to /attach/ws."""

    def __init__(self, engine, container, query, version="1.51", headers=HANDSHAKE):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(10)
        self.socket.connect(engine.socket)
        self.socket.sendall(f"GET /v{version}/containers/{container}/attach/ws?{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode())
        self.received = b""

    def head(self):
        """The answer's head."""
        while b"\r\n\r\n" not in self.received:
            self._more()
        head, _, self.received = self.received.partition(b"\r\n\r\n")
        return head + b"\r\n\r\n"

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise EOFError(self.received)
        self.received += piece

    def frame(self):
        """(first byte, payload) of the next frame."""
        while True:
            if len(self.received) >= 2:
                size, at = self.received[1], 2
                if size == 126 and len(self.received) >= 4:
                    size, at = struct.unpack(">H", self.received[2:4])[0], 4
                elif size == 127 and len(self.received) >= 10:
                    size, at = struct.unpack(">Q", self.received[2:10])[0], 10
                elif size > 125:
                    size = None
                if size is not None and len(self.received) >= at + size:
                    first, payload = self.received[0], self.received[at:at + size]
                    self.received = self.received[at + size:]
                    return first, payload
            self._more()

    def send(self, payload, opcode=2, mask=b"\x01\x02\x03\x04"):
        """One masked frame."""
        size = len(payload)
        head = bytes([0x80 | opcode]) + (bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size))
        self.socket.sendall(head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))

    def rest(self):
        """All payload up to the server's close frame, which must be followed by the end."""
        out = b""
        while True:
            first, payload = self.frame()
            if first == 0x88:
                assert payload == b"\x03\xe8"
                assert self.socket.recv(1) == b""
                return out
            out += payload


def start(engine, command, **config):
    """A running container; its id."""
    made = engine.api.post("/containers/create", {"Image": "alpine", "Cmd": command, **config}).json()["Id"]
    assert engine.api.post(f"/containers/{made}/start").status == 204
    return made


def test_frames_both_ways(engine):
    container = start(engine, ["sh", "-c", "read x; echo out $x; sleep 0.3; echo last"], OpenStdin=True)
    client = Client(engine, container, "stream=1&stdin=1&stdout=1")
    assert client.head() == ANSWER
    client.send(b"hi\n", opcode=1)
    assert client.frame() == (0x82, b"out hi\n")
    assert client.rest() == b"last\n"


def test_the_log_alone(engine):
    container = start(engine, ["sh", "-c", "echo one; echo two >&2"])
    engine.api.post(f"/containers/{container}/wait")
    client = Client(engine, container, "logs=1&stdout=1&stderr=1")
    assert client.head() == ANSWER
    assert client.rest() == b"one\ntwo\n", "never multiplexed"


@pytest.mark.parametrize("version, first, query, stderr", [
    ("1.27", 0x81, "stream=1", True), ("1.28", 0x82, "stream=1", True), ("1.41", 0x82, "stream=1&stdout=0", True),
    ("1.42", 0x82, "stream=1&stdin=1&stdout=1", False)])
def test_gates(engine, version, first, query, stderr):
    container = start(engine, ["sh", "-c", "read x; echo out; sleep 0.2; echo err >&2; sleep 0.2; echo end"], OpenStdin=True)
    client = Client(engine, container, query, version)
    assert client.head() == ANSWER
    client.send(b"go\n")
    assert client.frame() == (first, b"out\n")
    assert client.rest() == (b"err\nend\n" if stderr else b"end\n")


def test_pings_closes_and_half_closes(engine):
    container = start(engine, ["cat"], OpenStdin=True, StdinOnce=True)
    client = Client(engine, container, "stream=1&stdin=1&stdout=1")
    assert client.head() == ANSWER
    client.send(b"pi", opcode=9)
    assert client.frame() == (0x8A, b"pi")
    client.send(b"abc")
    client.send(b"\x03\xe8", opcode=8)
    assert client.rest() == b"abc", "the client's close ends the standard input"


def test_large_output_comes_whole(engine):
    container = start(engine, ["sh", "-c", "read x; head -c 3000000 /dev/zero"], OpenStdin=True)
    client = Client(engine, container, "stream=1&stdin=1&stdout=1")
    client.head()
    client.send(b"go\n")
    assert len(client.rest()) == 3000000


def test_errors(engine):
    answer = engine.api.get("/v1.51/containers/nope/attach/ws?stream=1")
    assert (answer.status, answer.message()) == (404, "No such container: nope")
    container = start(engine, ["sleep", "1000"])
    answer = engine.api.get(f"/v1.51/containers/{container}/attach/ws?detachKeys=zzz")
    assert (answer.status, answer.message()) == (400, "Invalid detach keys (zzz) provided")
    plain = engine.api.exchange(f"GET /containers/{container}/attach/ws?stream=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert plain == b"HTTP/1.1 400 Bad Request\r\n\r\nnot websocket protocol"
    old = engine.api.exchange(f"GET /containers/{container}/attach/ws HTTP/1.1\r\nHost: x\r\n{HANDSHAKE}\r\n".replace("Version: 13", "Version: 8").encode())
    assert old == b"HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\n\r\nmissing or bad WebSocket Version"
    client = Client(engine, container, "stream=1&stdin=1")
    client.head()
    client.socket.sendall(b"\x82\x03abc")
    assert client.frame() == (0x88, b"\x03\xea"), "clients mask"


def test_a_client_that_goes_leaves_nothing(engine):
    if engine.kind != "wherryd":
        pytest.skip("counts wherryd's descriptors")
    container = start(engine, ["sleep", "1000"], OpenStdin=True)
    count = lambda: len(os.listdir(f"/proc/{engine.process.pid}/fd"))
    before = count()
    for _ in range(5):
        client = Client(engine, container, "stream=1&stdin=1&stdout=1")
        client.head()
        client.socket.close()
    wait_for(lambda: count() <= before, "its descriptors are closed")


def test_it_outlives_a_pause_before_the_start(engine):
    made = engine.api.post("/containers/create", {"Image": "alpine", "Cmd": ["echo", "hello"]}).json()["Id"]
    client = Client(engine, made, "stream=1&stdout=1")
    assert client.head() == ANSWER
    time.sleep(0.2)
    engine.api.post(f"/containers/{made}/start")
    assert client.rest() == b"hello\n"


PROGRAM = """
import docker, sys
api = docker.APIClient("tcp://127.0.0.1:2375", timeout=20)
made = api.create_container("alpine", ["sh", "-c", "read x; echo got $x"], stdin_open=True)
api.start(made)
ws = api.attach_socket(made, {"stdin": 1, "stdout": 1, "stream": 1}, ws=True)
ws.send("hello\\n")
print(ws.recv())
ws.close()
api.remove_container(made, force=True)
"""


def test_docker_py_over_tcp(engine):
    """docker-py's websocket client speaks TCP only."""
    if engine.kind != "wherryd":
        pytest.skip("starts the engine with a second host")
    python = clients.docker_py()
    program = list(engine.program)
    engine.stop()
    try:
        engine.program += ["-H", "tcp://127.0.0.1:2375"]
        engine.start()
        done = engine.run(python, "-c", PROGRAM)
        assert done.returncode == 0, done.stderr
        assert "got hello" in done.stdout
    finally:
        engine.stop()
        engine.program = program
        engine.start()
