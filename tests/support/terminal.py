"""Driving a program that wants a terminal."""
import os
import pty
import select
import time


class Terminal:
    """A program on a pty: send keys, expect text, wait for its end."""

    def __init__(self, command, env):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(str(command[0]), [str(word) for word in command], env)
        self.seen = b""

    def _read(self, deadline):
        ready, _, _ = select.select([self.fd], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise AssertionError(f"the terminal said only {self.seen!r}")
        try:
            piece = os.read(self.fd, 65536)
        except OSError:  # EIO: the program has closed its side
            piece = b""
        self.seen += piece
        return piece

    def expect(self, text, seconds=15):
        """Reads until TEXT has come."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            if not self._read(deadline):
                raise AssertionError(f"ended without {text!r}: {self.seen!r}")

    def send(self, keys):
        """Types KEYS."""
        os.write(self.fd, keys)

    def wait(self, seconds=15):
        """Reads to the end; the exit status."""
        deadline = time.monotonic() + seconds
        while self._read(deadline):
            pass
        os.close(self.fd)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
