"""An engine to test: wherryd or a real dockerd, in a network namespace and state folder of its own."""
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from tests.support.http import Api
from tests.support.leaks import LeakChecker
from tests.support.netns import NetworkNamespace
from tests.support.registry import ROOT, Registry
from tests.support.waiting import wait_for

PRESET = os.environ.get("WHERRY_PRESET", "debug")
PEERS = {"dockerd": ROOT / "build/peers/usr", "dockerd-newer": ROOT / "build/peers/newer/usr"}


def bin_folder():
    """Where the programs under test were built."""
    return ROOT / "build" / PRESET / "bin"


def peer_path(kind):
    """The PATH on which the programs of a real docker are looked for."""
    own = f"{PEERS[kind]}/sbin:{PEERS[kind]}/bin:" if kind in PEERS else ""
    return own + os.environ["PATH"]


def find_peer(kind, program="dockerd"):
    """A program of a real docker: unpacked by ./dev setup or, for Debian 12's own, installed; or None."""
    place = peer_path(kind) if kind == "dockerd" else f"{PEERS[kind]}/sbin:{PEERS[kind]}/bin"
    return shutil.which(program, path=place)


def end(process, seconds=30):
    """SIGTERM, then SIGKILL after SECONDS; the exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
        raise AssertionError(f"{process.args[0]} did not end within {seconds} s of SIGTERM") from None


class Engine:
    """What tests talk to. `kind` is wherryd, dockerd, dockerd-newer or running (one that was there before)."""

    def __init__(self, kind, socket, namespace, folder=None):
        self.kind, self.socket, self.namespace, self.folder = kind, str(socket), namespace, folder
        self.host = f"unix://{self.socket}"
        self.api = Api(self.socket)
        self.process = None
        self.registry = None
        self.leaks = None
        self.program = []

    def env(self, **more):
        """The environment of a client of this engine."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
        return {**kept, "DOCKER_HOST": self.host, "DOCKER_CONFIG": str(self.folder or "/nonexistent"), **more}

    def run(self, *words, **options):
        """Runs a client in the engine's namespace, with DOCKER_HOST set."""
        env = self.env(**options.pop("env", {}))
        return self.namespace.run(*words, env=env, **options)

    def wherry(self, *words, **options):
        """Runs the `wherry` command."""
        return self.run(bin_folder() / "wherry", *words, **options)

    def start(self):
        """Starts the daemon and waits until it answers."""
        with open(self.folder / "daemon.log", "ab") as log:
            self.process = self.namespace.popen(*self.program, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                env={**os.environ, "PATH": peer_path(self.kind)})
        self.leaks.processes.add(self.process.pid)  # a later daemon is no leak
        wait_for(self._answers, f"{self.kind} answers (log: {self.log_tail()})", 30)
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"{self.kind} ended at its start: {self.log_tail()}")
        try:
            return self.api.get("/_ping", timeout=5).status == 200
        except OSError:
            return False

    def log_tail(self):
        """The end of the daemon's log."""
        log = self.folder / "daemon.log"
        return log.read_text(errors="replace")[-2000:] if log.exists() else ""

    def stop(self):
        """Ends the daemon in order; containers run on."""
        status = end(self.process)
        self.process = None
        assert status == 0, f"{self.kind} ended with {status}: {self.log_tail()}"

    def kill(self):
        """kill -9 of the daemon alone."""
        self.process.kill()
        self.process.wait(10)
        self.process = None

    def remove_all_containers(self):
        """Leaves the engine without containers."""
        listed = self.api.get("/containers/json?all=1")
        assert listed.status == 200, listed.body
        for entry in listed.json():
            self.api.delete(f"/containers/{entry['Id']}?force=1&v=1")

    def pull(self, name):
        """Pulls NAME:latest from the loopback mirror."""
        answer = self.api.post(f"/images/create?fromImage={name}&tag=latest")
        assert answer.status == 200 and b'"error"' not in answer.body, answer.body[-500:]

    def close(self):
        """Ends everything and checks that nothing is left."""
        if self.kind == "running":
            return
        try:
            if self.process:
                self.remove_all_containers()
                self.stop()
            if self.kind == "wherryd":
                self.leaks.assert_nothing_left()
        finally:
            self.abort()

    def abort(self):
        """Takes everything away without asking whether it ended well."""
        if self.process:
            self.kill()
        if self.registry:
            self.registry.stop()
        self.leaks.clean_up()
        self.namespace.delete()
        shutil.rmtree(self.folder, ignore_errors=True)


def daemon_command(kind, folder, mirror, arguments):
    """The command line of wherryd or dockerd for a state folder."""
    common = ["-H", f"unix://{folder}/docker.sock", "--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec",
              "--pidfile", f"{folder}/daemon.pid", *(["--registry-mirror", mirror] if mirror else []), *arguments]
    if kind == "wherryd":
        return [str(bin_folder() / "wherryd"), *common]
    return [find_peer(kind), *common, "--config-file", f"{folder}/daemon.json"]


def launch(kind=None, label="test", arguments=(), hub=False, registry=True,
           prepare=None):
    """A new engine of KIND ($WHERRY_TEST_ENGINE unless told); close() ends it.

    It has a loopback registry as its mirror (not without REGISTRY), or, with HUB, a way out to Docker Hub.
    PREPARE is called with it before it starts.
    """
    kind = kind or os.environ.get("WHERRY_TEST_ENGINE", "wherryd")
    if kind.startswith("unix://"):
        namespace = NetworkNamespace(path=os.environ.get("WHERRY_TEST_NETNS"))
        return Engine("running", kind.removeprefix("unix://"), namespace)
    if kind in PEERS and not find_peer(kind):
        raise FileNotFoundError(f"no {kind} is here: ./dev setup")
    folder = Path(tempfile.mkdtemp(prefix="wherry-", dir=os.environ.get("WHERRY_TEST_STATE", "/tmp")))
    folder.chmod(0o711)
    namespace = NetworkNamespace.create(label)
    engine = Engine(kind, folder / "docker.sock", namespace, folder)
    engine.leaks = LeakChecker(folder, namespace)
    try:
        (folder / "daemon.json").write_text("{}\n")
        if hub:
            namespace.connect_to_host()
        elif registry:
            engine.registry = Registry(namespace, folder / "registry").start()
        mirror = engine.registry.url if engine.registry else None
        engine.program = daemon_command(kind, folder, mirror, arguments)
        if prepare:
            prepare(engine)
        engine.start()
        engine.api.get("/networks")  # answered when the bridge is there
        engine.leaks.take_baseline()
    except BaseException:
        engine.abort()
        raise
    return engine
