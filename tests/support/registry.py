"""Debian's docker-registry on the loopback of a network namespace, filled with look-alikes."""
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import lookalike
from tests.support.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """version: 0.1
log: {{level: error, accesslog: {{disabled: true}}}}
storage: {{filesystem: {{rootdirectory: {folder}/blobs}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}", secret: loopback}}
"""


def program():
    """docker-registry's path: installed, or unpacked by ./dev setup."""
    for path in (shutil.which("docker-registry"), str(ROOT / "build/peers/usr/bin/docker-registry")):
        if path and Path(path).exists():
            return path
    raise FileNotFoundError("docker-registry is not here: ./dev setup")


class Registry:
    """Runs from start() to stop(); `url` answers inside the namespace."""

    def __init__(self, namespace, folder, port=5000):
        self.namespace, self.folder, self.port = namespace, Path(folder), port
        self.url = f"http://127.0.0.1:{port}"
        self.process = None

    def start(self, names=lookalike.NAMES):
        """Starts it and uploads the look-alikes NAMES."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config.yml").write_text(CONFIG.format(folder=self.folder, port=self.port))
        with open(self.folder / "log", "ab") as log:
            self.process = self.namespace.popen(program(), "serve", self.folder / "config.yml",
                                                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(self._answers, f"docker-registry at {self.url} (see {self.folder}/log)")
        for name in names:
            self.upload(name)
        return self

    def _answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"docker-registry ended: {(self.folder / 'log').read_text()[-500:]}")
        return self.namespace.run("curl", "-sf", f"{self.url}/v2/").returncode == 0

    def upload(self, name, repository=None, tag="latest"):
        """Uploads one look-alike; its index's digest."""
        code = ("import sys; from tests.support.lookalike import upload; "
                "print(upload(sys.argv[1], sys.argv[2], sys.argv[3] or None, sys.argv[4]))")
        done = self.namespace.run(sys.executable, "-c", code, self.url, name, repository or "", tag, cwd=ROOT)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def stop(self):
        """Ends it."""
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
