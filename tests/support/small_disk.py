"""A data root on a small file system of its own, mounted in a mount namespace that only the engine is in."""
import subprocess
from pathlib import Path

from tests.support.waiting import wait_for


class SmallDisk:
    """Use it as `prepare` of an engine's launch; `data` is the folder as this process can reach it."""

    def __init__(self, megabytes=48):
        self.megabytes = megabytes
        self.holder = self.data = self.folder = None

    def __call__(self, engine):
        self.folder = engine.folder / "data"
        self.folder.mkdir(mode=0o711)
        self.holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sleep", "100000"])
        own = Path("/proc/self/ns/mnt").readlink()
        wait_for(lambda: Path(f"/proc/{self.holder.pid}/ns/mnt").readlink() != own, "the namespace is made")
        self.run("mount", "-t", "tmpfs", "-o", f"size={self.megabytes}m,mode=711", "tmpfs", self.folder)
        self.data = Path(f"/proc/{self.holder.pid}/root{self.folder}")
        engine.program = ["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", *engine.program]

    def run(self, *words):
        """Runs a program inside."""
        subprocess.run(["nsenter", f"--mount=/proc/{self.holder.pid}/ns/mnt", *map(str, words)], check=True)

    def fill(self):
        """Leaves not a byte."""
        with open(self.data / "filler", "wb", buffering=0) as file:
            for size in (1 << 20, 4096, 1):
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError:
                    pass

    def free(self):
        """Takes the filler away."""
        (self.data / "filler").unlink()

    def read_only(self, is_so):
        """Remounts; nobody may have a file open for writing."""
        self.run("mount", "-o", f"remount,{'ro' if is_so else 'rw'}", self.folder)

    def close(self):
        """After the engine's end."""
        self.holder.kill()
        self.holder.wait(10)
