"""A daemon under measurement: requests on kept connections, and the memory of its processes."""
import http.client
import json
import os
import re
import threading
from pathlib import Path

from tests.support.http import UnixConnection

API = "/v1.41"
IMAGE = "busybox:latest"
HELPERS = re.compile(r"containerd|monitor|shim|resolver|proxy")
TAR = "application/x-tar"


class Daemon:
    """One engine: NAME for the table, its socket, its state FOLDER, and the PID of its daemon."""

    def __init__(self, name, socket_path, folder, pid):
        self.name, self.socket_path, self.folder, self.pid = name, socket_path, str(folder), pid
        self.kept = threading.local()

    def _connection(self):
        if getattr(self.kept, "connection", None) is None:
            self.kept.connection = UnixConnection(self.socket_path, timeout=300)
        return self.kept.connection

    def call(self, method, path, body=None, kind="application/json"):
        """One request on this thread's connection; the body of the answer, an error for a refusal."""
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        headers = {"Content-Type": kind} if data is not None else {}
        for last in (False, True):
            try:
                connection = self._connection()
                connection.request(method, API + path, data, headers)
                answer = connection.getresponse()
                said = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self.kept.connection.close()
                self.kept.connection = None
                if last:
                    raise
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:200]!r}")
        return said

    def json(self, method, path, body=None):
        """The answer as JSON."""
        return json.loads(self.call(method, path, body))

    def drain(self, method, path, body=None, kind="application/json"):
        """Reads a whole streamed answer on a connection of its own; its size."""
        connection = UnixConnection(self.socket_path, timeout=300)
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        connection.request(method, API + path, data, {"Content-Type": kind} if data is not None else {})
        answer = connection.getresponse()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.read(200)!r}")
        size, tail = 0, b""
        while piece := answer.read(1 << 20):
            size += len(piece)
            tail = (tail + piece)[-2000:]
        connection.close()
        if b'"errorDetail"' in tail:
            raise RuntimeError(f"{method} {path}: {tail!r}")
        return size

    def create(self, command, network="none", **config):
        """A new container's id."""
        body = {"Image": IMAGE, "Cmd": command, "HostConfig": {"NetworkMode": network}, **config}
        return self.json("POST", "/containers/create", body)["Id"]

    def start(self, container):
        """Starts it."""
        self.call("POST", f"/containers/{container}/start")

    def wait(self, container):
        """Its exit code."""
        return self.json("POST", f"/containers/{container}/wait")["StatusCode"]

    def remove(self, container):
        """Removes it, running or not."""
        self.call("DELETE", f"/containers/{container}?force=1")

    def run_true(self, network):
        """The life of a container whose program is `true`."""
        container = self.create(["true"], network)
        self.start(container)
        if self.wait(container) != 0:
            raise RuntimeError("true did not exit with 0")
        self.remove(container)

    def owns(self, pid, line):
        """Whether a helper is this engine's: by its command LINE, or by where its messages go."""
        try:
            return self.folder in line or self.folder in os.readlink(f"/proc/{pid}/fd/2")
        except OSError:
            return False

    def processes(self):
        """The daemon, its descendants, and helpers of it that have another parent; payloads left out."""
        children, lines = {}, {}
        for entry in filter(str.isdigit, os.listdir("/proc")):
            try:
                stat = Path(f"/proc/{entry}/stat").read_text()
                lines[int(entry)] = Path(f"/proc/{entry}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
            children.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(entry))
        found, todo = set(), [self.pid]
        todo += [pid for pid, line in lines.items() if HELPERS.search(line.split(" ")[0]) and self.owns(pid, line)]
        while todo:
            pid = todo.pop()
            if pid not in found and not lines.get(pid, "").startswith("sleep"):
                found.add(pid)
                todo += children.get(pid, [])
        return found

    def exec_true(self, container):
        """The life of an exec whose program is `true`, its output awaited."""
        asked = {"Cmd": ["true"], "AttachStdout": True, "AttachStderr": True}
        made = self.json("POST", f"/containers/{container}/exec", asked)["Id"]
        self.drain("POST", f"/exec/{made}/start", {"Detach": False, "Tty": False})
        if self.json("GET", f"/exec/{made}/json")["ExitCode"] != 0:
            raise RuntimeError("true did not exit with 0")

    def cpu_seconds(self):
        """CPU time of all its processes, and of the children that they have waited for."""
        total = 0
        for pid in self.processes():
            try:
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            total += sum(int(ticks) for ticks in fields[11:15])
        return total / os.sysconf("SC_CLK_TCK")

    def pss_kib(self):
        """The proportional memory of all its processes."""
        total = 0
        for pid in self.processes():
            try:
                found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.M)
            except OSError:
                continue
            total += int(found[1]) if found else 0
        return total
