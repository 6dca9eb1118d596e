"""What an engine leaves behind: mounts, links, cgroups, processes, files."""
import contextlib
import os
import re
import subprocess
from pathlib import Path

from tests.support.waiting import wait_for

CGROUPS = Path("/sys/fs/cgroup")
# Folders that are empty when there are no containers and no transfers (the engine's layout).
EMPTY_FOLDERS = ("data/containers", "data/volumes", "data/trash", "data/trash.work",
                 "data/images/ingest", "exec/c", "exec/c/trash", "exec/c/trash.work", "exec/c/runtime")
_ID = re.compile(r"[0-9a-f]{64}")


def mounts_below(folder):
    """Mount points below FOLDER in this mount namespace."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line.split()[4] for line in lines if f" {folder}" in line}


def container_cgroups():
    """Cgroup folders named after a container that have no process in them."""
    found = set()
    for path, folders, _ in os.walk(CGROUPS):
        for name in folders:
            if _ID.search(name):
                found.add(os.path.join(path, name))
    return found


def engine_cgroups():
    """The folders that engines make for their containers' and leave."""
    return {path for name in ("docker", "wherry") for path in (*CGROUPS.glob(name), *CGROUPS.glob(f"*/{name}"))}


def is_empty(cgroup):
    """Whether a cgroup is there and has no process in it."""
    try:
        return not (Path(cgroup) / "cgroup.procs").read_text().strip()
    except OSError:
        return False  # it is gone


def _parent(pid):
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        return int(stat.rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


def _mentions(pid, folder):
    """Whether a process belongs to the engine of FOLDER by its command line, folder or root."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes()
        places = [os.readlink(f"/proc/{pid}/{what}") for what in ("cwd", "root")]
        roots = [mount for mount in Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
                 if mount.split()[4] == "/" and folder in mount]
    except OSError:
        return False
    return folder.encode() in line or any(place.startswith(folder) for place in places) or bool(roots)


def _described(pid):
    try:
        return f"{pid} {Path(f'/proc/{pid}/cmdline').read_bytes().decode(errors='replace')[:120]}"
    except OSError:
        return str(pid)


class LeakChecker:
    """Compares an engine that has no containers with what it was right after its start."""

    def __init__(self, folder, namespace):
        self.folder, self.namespace = str(folder), namespace
        self.cgroups, self.parents = container_cgroups(), engine_cgroups()
        self.links = set()
        self.processes = set()
        self.files = set()

    def take_baseline(self):
        """Remembers the idle engine's processes and links."""
        self.links = self.namespace.links()
        self.files = set(self._files())
        self.cgroups |= container_cgroups()
        self.processes = self._family()

    def _family(self):
        own = {os.getpid(), os.getppid()}
        found = {pid for pid in self.namespace.processes() | {int(p) for p in os.listdir("/proc") if p.isdigit()}
                 if pid not in own and (_mentions(pid, self.folder) or self._inside(pid))}
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):  # payloads: children of monitors
            if _parent(pid) in found:
                found.add(pid)
        return found

    def _inside(self, pid):
        try:
            return os.stat(f"/proc/{pid}/ns/net").st_ino == os.stat(self.namespace.path).st_ino
        except OSError:
            return False

    def _files(self):
        left = []
        for name in EMPTY_FOLDERS:
            folder = Path(self.folder) / name
            if folder.is_dir():
                left += [str(path) for path in folder.iterdir()]
        return left

    def leaked(self, daemon_runs=True):
        """What is there now that was not there when the engine was idle, as lines of text."""
        # The bridge is made in the background, and stays.
        left = [f"link {name}" for name in sorted(self.namespace.links() - self.links - {"docker0"})]
        left += [f"file {path}" for path in self._files() if path not in self.files]
        left += [f"cgroup {path}" for path in sorted(container_cgroups() - self.cgroups) if is_empty(path)]
        if daemon_runs:
            left += [f"process {_described(pid)}" for pid in sorted(self._family() - self.processes)]
            allowed = {self.folder, self.folder + "/data", self.folder + "/exec", self.folder + "/exec/c"}
            left += [f"mount {path}" for path in sorted(mounts_below(self.folder) - allowed)]
        return left

    def assert_no_containers_left(self, seconds=5.0):
        """To be called while the daemon runs and has no containers."""
        last = []

        def clean():
            last[:] = self.leaked()
            return not last
        try:
            wait_for(clean, "", seconds)
        except AssertionError:
            self.take_baseline()  # one leak fails one test, not all that follow
            raise AssertionError("left behind:\n  " + "\n  ".join(last)) from None

    def assert_nothing_left(self, seconds=5.0):
        """To be called after the daemon has ended in order: no process, no mount but its state folder's bind."""
        last = []

        def clean():
            registry = {pid for pid in self._family() if b"docker-registry" in _cmdline(pid)}
            last[:] = [f"process {_described(pid)}" for pid in sorted(self._family() - registry)]
            last.extend(self.leaked(daemon_runs=False))
            return not last
        try:
            wait_for(clean, "", seconds)
        except AssertionError:
            raise AssertionError("left behind after the daemon's end:\n  " + "\n  ".join(last)) from None

    def clean_up(self):
        """Ends what is left (by pid) and takes its mounts away, so that the next test starts clean."""
        for pid in self._family():
            if b"docker-registry" not in _cmdline(pid):
                try:
                    os.kill(pid, 9)
                except ProcessLookupError:
                    pass
        for path in sorted(mounts_below(self.folder), reverse=True):
            subprocess.run(["umount", "-l", path], check=False, stderr=subprocess.DEVNULL)
        for path in engine_cgroups() - self.parents:
            with contextlib.suppress(OSError):  # another engine's containers are in it
                path.rmdir()


def _cmdline(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
