"""A network namespace of a test's own."""
import os
import subprocess
import sys
from pathlib import Path


class NetworkNamespace:
    """Named, with lo up; `path` is None for the one this process is in."""

    def __init__(self, name=None, path=None):
        self.name = name
        self.uplink = self.forwarding = None
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

    def connect_to_host(self):
        """A way out through the host: a veth pair and a masquerade that delete() takes away again."""
        self.uplink = f"wh{os.getpid()}"
        self.forwarding = Path("/proc/sys/net/ipv4/ip_forward").read_text()
        Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
        for line in (f"ip link add {self.uplink} type veth peer name uplink netns {self.name}",
                     f"ip addr add 10.213.7.1/30 dev {self.uplink}", f"ip link set {self.uplink} up",
                     f"ip -n {self.name} addr add 10.213.7.2/30 dev uplink", f"ip -n {self.name} link set uplink up",
                     f"ip -n {self.name} route add default via 10.213.7.1"):
            subprocess.run(line.split(), check=True)
        rules = f"table ip {self.uplink} {{ chain out {{ type nat hook postrouting priority srcnat; " \
                "ip saddr 10.213.7.0/30 masquerade; }\n}\n"
        subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)

    def _disconnect(self):
        subprocess.run(["nft", "delete", "table", "ip", self.uplink], check=False)
        subprocess.run(["ip", "link", "del", self.uplink], check=False, stderr=subprocess.DEVNULL)
        Path("/proc/sys/net/ipv4/ip_forward").write_text(self.forwarding)

    def delete(self):
        """Removes it; the kernel frees it with its last process."""
        if self.uplink:
            self._disconnect()
        if self.name:
            done = subprocess.run(["ip", "netns", "del", self.name], check=False)
            if done.returncode:
                print(f"netns {self.name} could not be removed", file=sys.stderr)
