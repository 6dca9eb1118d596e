"""A machine without a daemon: the wherry command on its own, in a namespace and folders of a test's own."""
import json
import os
import subprocess
import tempfile
from pathlib import Path

from tests.support import lookalike
from tests.support.engine import bin_folder
from tests.support.leaks import container_cgroups, engine_cgroups, is_empty, mounts_below
from tests.support.netns import NetworkNamespace
from tests.support.waiting import wait_for


class Machine:
    """Runs `wherry`, which brings its engine up by itself."""

    def __init__(self, grace="300ms"):
        self.folder = Path(tempfile.mkdtemp(prefix="wherry-alone-", dir=os.environ.get("WHERRY_TEST_STATE", "/tmp")))
        self.folder.chmod(0o711)
        self.namespace = NetworkNamespace.create("alone")
        self.run_folder, self.state = self.folder / "run", self.folder / "state"
        self.socket = self.run_folder / "wherry.sock"
        self.links = self.namespace.links()
        self.cgroups, self.parents = container_cgroups(), engine_cgroups()
        self.config = self.folder / "daemon.json"
        self.config.write_text(json.dumps({"data-root": str(self.state), "on-demand-grace": grace}))
        archive = self.folder / "alpine.tar"
        archive.write_bytes(lookalike.docker_archive(["alpine"]))

    def env(self, **more):
        """The environment of a shell on this machine."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("DOCKER_", "WHERRY_"))}
        return {**kept, "DOCKER_CONFIG": str(self.folder), "WHERRY_SOCKET": str(self.folder / "docker.sock"),
                "WHERRY_RUN": str(self.run_folder), "WHERRY_CONFIG": str(self.config), **more}

    def wherry(self, *words, **options):
        """Runs the command to its end."""
        return self.namespace.run(bin_folder() / "wherry", *words, env=self.env(**options.pop("env", {})), **options)

    def must(self, *words, **options):
        """The command's output, which must be a success."""
        done = self.wherry(*words, **options)
        assert done.returncode == 0, f"wherry {' '.join(map(str, words))}: {done.stderr}"
        return done.stdout

    def popen(self, *words, **options):
        """Starts the command."""
        return self.namespace.popen(bin_folder() / "wherry", *words, env=self.env(), text=True,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def load(self):
        """The image alpine is there."""
        reply = self.namespace.run("curl", "-sS", "--fail-with-body", "--unix-socket", self.socket,
                                   "-T", self.folder / "alpine.tar", "-X", "POST", "http://localhost/images/load")
        assert reply.returncode == 0, reply.stdout + reply.stderr

    def engines(self):
        """The pids of the machine's engines."""
        found = []
        for pid in map(int, filter(str.isdigit, os.listdir("/proc"))):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                leads = os.getsid(pid) == pid  # a child has the engine's command line until it is a program
            except OSError:
                continue
            if leads and words[0].endswith(b"wherryd") and f"unix://{self.socket}".encode() in words:
                found.append(pid)
        return found

    def left(self):
        """What is there that was not there before the first command, besides the state folder."""
        found = [f"link {name}" for name in self.namespace.links() - self.links]
        found += [f"process {pid}" for pid in self.namespace.processes()]
        found += [f"table {line}" for line in self.namespace.run("nft", "list", "tables").stdout.splitlines()]
        found += [f"mount {path}" for path in mounts_below(str(self.folder))]
        found += [f"cgroup {path}" for path in container_cgroups() - self.cgroups if is_empty(path)]
        found += [f"cgroup {path}" for path in engine_cgroups() - self.parents if path.name == "wherry"]
        found += [f"file {folder}/{name}" for folder, _, names in os.walk(self.run_folder) for name in names]
        return found + ([f"folder {self.run_folder}"] if self.run_folder.exists() else [])

    def assert_nothing_left(self):
        """The engine ends, and nothing of it stays."""
        last = []

        def clean():
            last[:] = self.left()
            return not last
        try:
            wait_for(clean, "", 10)
        except AssertionError:
            raise AssertionError("left behind:\n  " + "\n  ".join(last)) from None

    def close(self):
        """Takes everything away."""
        for pid in self.namespace.processes():
            try:
                os.kill(pid, 9)
            except ProcessLookupError:
                pass
        for path in sorted(mounts_below(str(self.folder)), reverse=True):
            subprocess.run(["umount", "-l", path], check=False, stderr=subprocess.DEVNULL)
        self.namespace.delete()
        subprocess.run(["rm", "-rf", str(self.folder)], check=False)
