"""A network namespace of a test's own."""
import os
import subprocess
import sys


class NetworkNamespace:
    """Named, with lo up; `path` is None for the one this process is in."""

    def __init__(self, name=None, path=None):
        self.name = name
        self.path = path or (f"/run/netns/{name}" if name else None)

    @classmethod
    def create(cls, label):
        """Makes a namespace called wherry-LABEL-PID."""
        name = f"wherry-{label}-{os.getpid()}"
        subprocess.run(["ip", "netns", "add", name], check=True)
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        return cls(name)

    def command(self, *words):
        """WORDS as a command that runs inside."""
        return [*(["nsenter", f"--net={self.path}"] if self.path else []), *map(str, words)]

    def popen(self, *words, **options):
        """Starts a program inside."""
        return subprocess.Popen(self.command(*words), **options)

    def run(self, *words, **options):
        """Runs a program inside; text in and out unless told otherwise."""
        settings = {"capture_output": True, "text": True, "timeout": 60, "check": False, **options}
        if "input" not in settings and "stdin" not in settings:
            settings["stdin"] = subprocess.DEVNULL
        return subprocess.run(self.command(*words), **settings)

    def links(self):
        """The names of its links."""
        listed = self.run("ip", "-o", "link").stdout.splitlines()
        return {line.split(": ")[1].split("@")[0] for line in listed}

    def processes(self):
        """The pids of the processes inside."""
        wanted = os.stat(self.path or "/proc/self/ns/net").st_ino
        found = set()
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.stat(f"/proc/{entry}/ns/net").st_ino == wanted:
                    found.add(int(entry))
            except OSError:
                pass  # it ended meanwhile
        return found

    def delete(self):
        """Removes it; the kernel frees it with its last process."""
        if self.name:
            done = subprocess.run(["ip", "netns", "del", self.name], check=False)
            if done.returncode:
                print(f"netns {self.name} could not be removed", file=sys.stderr)
