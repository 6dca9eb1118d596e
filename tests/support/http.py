"""HTTP over a unix socket: parsed through http.client, or the bytes as they are."""
import http.client
import json
import socket
import time
from dataclasses import dataclass
from urllib.parse import quote


class UnixConnection(http.client.HTTPConnection):
    """An HTTP connection to a unix socket."""

    def __init__(self, path, timeout=60):
        super().__init__("localhost", timeout=timeout)
        self.socket_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.socket_path)


@dataclass
class Answer:
    """A reply that was read to its end."""
    status: int
    headers: dict  # names in lower case
    body: bytes

    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    def message(self):
        """The text of an error body."""
        return self.json()["message"]

    def lines(self):
        """The JSON documents of a streamed body."""
        return [json.loads(line) for line in self.body.splitlines() if line.strip()]


class Api:
    """Requests to one engine's socket; PREFIX goes before each path ("/v1.41", say)."""

    def __init__(self, socket_path, prefix=""):
        self.socket_path = socket_path
        self.prefix = prefix

    def at(self, version):
        """The same engine on the path of an API version; "" for the unversioned one."""
        return Api(self.socket_path, f"/v{version}" if version else "")

    def request(self, method, path, body=None, headers=None, timeout=60):
        """One request on a connection of its own."""
        sent = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        connection = UnixConnection(self.socket_path, timeout)
        try:
            connection.request(method, self.prefix + path, body, sent)
            reply = connection.getresponse()
            names = {name.lower(): value for name, value in reply.getheaders()}
            return Answer(reply.status, names, reply.read())
        finally:
            connection.close()

    def get(self, path, **options):
        """GET."""
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        """POST."""
        return self.request("POST", path, body, **options)

    def delete(self, path, **options):
        """DELETE."""
        return self.request("DELETE", path, **options)

    def exchange(self, data, timeout=10):
        """Sends DATA as it is and returns all bytes until the engine closes the connection."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(self.socket_path)
            connection.sendall(data)
            received = bytearray()
            while piece := connection.recv(65536):
                received += piece
            return bytes(received)


def past_events(api, since=0.0, **filters):
    """What the engine tells of the time up to now."""
    chosen = quote(json.dumps({name: [value] if isinstance(value, str) else value for name, value in filters.items()}))
    return api.get(f"/events?since={since:.9f}&until={time.time():.9f}&filters={chosen}").lines()


def frames(data):
    """(stream, payload) of each frame of a multiplexed body; stream 1 is stdout, 2 stderr."""
    found = []
    while data:
        size = int.from_bytes(data[4:8], "big")
        assert data[1:4] == b"\0\0\0" and len(data) >= 8 + size, f"not a whole frame: {data[:16]!r}"
        found.append((data[0], data[8:8 + size]))
        data = data[8 + size:]
    return found


def stream_of(data, number):
    """All payload of one stream of a multiplexed body."""
    return b"".join(payload for stream, payload in frames(data) if stream == number)
