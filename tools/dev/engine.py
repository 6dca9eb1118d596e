"""run and shell: a wherryd of one's own, with a scratch state folder below build/."""
import os
import signal
import subprocess
import time

from tools.dev import build
from tools.dev.steps import ROOT, Failed, log

STATE = ROOT / "build/run"


def command(arguments=()):
    """The wherryd command line for the scratch state folder."""
    STATE.mkdir(parents=True, exist_ok=True)
    return [str(build.build_folder() / "bin/wherryd"), "-H", f"unix://{STATE}/docker.sock",
            "--data-root", f"{STATE}/data", "--exec-root", f"{STATE}/exec", "--pidfile", f"{STATE}/wherryd.pid",
            *arguments]


def run(args):
    """./dev run [ARGUMENTS]: wherryd in the foreground, ended by Ctrl-C."""
    build.build()
    line = command(args)
    log("$ " + " ".join(line))
    log(f"talk to it with DOCKER_HOST=unix://{STATE}/docker.sock")
    os.execv(line[0], line)


def wait_for_socket(process, path, seconds=10):
    """Waits until the engine's socket is there."""
    deadline = time.monotonic() + seconds
    while not os.path.exists(path):
        if process.poll() is not None or time.monotonic() > deadline:
            raise Failed(f"wherryd did not start: see {STATE}/wherryd.log")
        time.sleep(0.02)


def shell(_):
    """./dev shell: wherryd in the background and a shell whose DOCKER_HOST is that engine."""
    build.build()
    line = command()
    with open(STATE / "wherryd.log", "ab") as output:
        process = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        wait_for_socket(process, f"{STATE}/docker.sock")
        path = f"{build.build_folder()}/bin:{os.environ['PATH']}"
        subprocess.run([os.environ.get("SHELL", "/bin/bash")], check=False,
                       env={**os.environ, "DOCKER_HOST": f"unix://{STATE}/docker.sock", "PATH": path})
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
