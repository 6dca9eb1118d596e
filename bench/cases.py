"""The cases: each is one round on one daemon and returns one figure."""
import concurrent.futures
import functools
import io
import json
import os
import statistics
import tarfile
import time
import uuid
from dataclasses import dataclass
from typing import Callable
from urllib.parse import quote

from bench.daemon import TAR


@dataclass(frozen=True)
class Case:
    """What is measured; `more` says that a higher figure is better."""
    run: Callable
    unit: str
    more: bool = False


CASES = {}
LINE = "0123456789" * 7


def case(unit, more=False):
    """Adds a function to the cases, under its name."""
    def add(function):
        CASES[function.__name__] = Case(function, unit, more)
        return function
    return add


def seconds(function, *arguments):
    """How long a call takes."""
    began = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - began


def repeated(count, function, *arguments):
    """The mean time of COUNT calls."""
    return seconds(lambda: [function(*arguments) for _ in range(count)]) / count


@case("µs")
def ping(daemon):
    """GET /_ping on a kept connection."""
    return repeated(1000, daemon.call, "GET", "/_ping") * 1e6


@case("µs")
def info(daemon):
    """GET /info."""
    return repeated(50, daemon.call, "GET", "/info") * 1e6


@case("ms")
def run_none(daemon):
    """create, start, wait, remove without a network."""
    return seconds(daemon.run_true, "none") * 1e3


@case("ms")
def run_host(daemon):
    """The same in the engine's network."""
    return seconds(daemon.run_true, "host") * 1e3


@case("ms")
def run_bridge(daemon):
    """The same on the default bridge."""
    return seconds(daemon.run_true, "bridge") * 1e3


@case("ms")
def create_only(daemon):
    """create alone."""
    made = []
    spent = seconds(lambda: made.append(daemon.create(["true"])))
    daemon.remove(made[0])
    return spent * 1e3


@case("ms")
def start_bridge(daemon):
    """start alone, on the default bridge."""
    container = daemon.create(["sleep", "1000"], "bridge")
    spent = seconds(daemon.start, container)
    daemon.remove(container)
    return spent * 1e3


@case("ms")
def kill_remove(daemon):
    """Removal by force of a running container."""
    container = daemon.create(["sleep", "1000"], "bridge")
    daemon.start(container)
    return seconds(daemon.remove, container) * 1e3


@case("ms")
def exec_true(daemon):
    """create, start (attached) and inspect of an exec whose program is `true`."""
    container = daemon.create(["sleep", "1000"])
    daemon.start(container)
    daemon.exec_true(container)
    spent = repeated(10, daemon.exec_true, container)
    daemon.remove(container)
    return spent * 1e3


@case("ms of CPU a second")
def probes_50(daemon):
    """CPU time of the engine and its helpers for 50 containers that are probed once a second."""
    health = {"Test": ["CMD", "true"], "Interval": 10**9, "Timeout": 10 * 10**9, "Retries": 3}
    made = [daemon.create(["sleep", "1000"], Healthcheck=health) for _ in range(50)]
    for container in made:
        daemon.start(container)
    time.sleep(3)
    before = daemon.cpu_seconds()
    window = seconds(time.sleep, 8)
    spent = (daemon.cpu_seconds() - before) / window
    states = [daemon.json("GET", f"/containers/{container}/json")["State"]["Health"]["Status"] for container in made]
    for container in made:
        daemon.remove(container)
    if states != ["healthy"] * 50:
        raise RuntimeError(f"states after the probes: {states}")
    return spent * 1e3


@case("containers/s", more=True)
def parallel_runs(daemon):
    """40 lives of containers, eight at a time."""
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        return 40 / seconds(lambda: list(pool.map(daemon.run_true, ["bridge"] * 40)))


@case("ms")
def list_100(daemon):
    """A list of 100 containers."""
    tag = uuid.uuid4().hex[:8]
    made = [daemon.create(["true"], Labels={"bench": tag}) for _ in range(100)]
    filters = quote(json.dumps({"label": [f"bench={tag}"]}))
    spent = repeated(10, daemon.call, "GET", f"/containers/json?all=1&filters={filters}")
    for container in made:
        daemon.remove(container)
    return spent * 1e3


def printer(daemon, megabytes):
    """A container that prints so much."""
    return daemon.create(["sh", "-c", f"yes {LINE} | head -c {megabytes}000000"])


@case("MB/s", more=True)
def log_write(daemon):
    """A container prints 100 MB into the default log."""
    container = printer(daemon, 100)
    spent = seconds(lambda: (daemon.start(container), daemon.wait(container)))
    daemon.remove(container)
    return 100 / spent


@case("MB/s", more=True)
def log_write_lines(daemon):
    """The same with lines of 100 bytes."""
    line = ("0123456789" * 10)[:99]
    container = daemon.create(["sh", "-c", f"yes {line} | head -c 100000000"])
    spent = seconds(lambda: (daemon.start(container), daemon.wait(container)))
    daemon.remove(container)
    return 100 / spent


@case("ratio")
def slowest_of_32(daemon):
    """32 lives at once: how much longer the slowest takes than the median."""
    def life(_):
        return seconds(daemon.run_true, "bridge")
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        spent = sorted(pool.map(life, range(32)))
    return spent[-1] / statistics.median(spent)


@case("MB/s", more=True)
def log_read(daemon):
    """Reading 50 MB of log."""
    container = printer(daemon, 50)
    daemon.start(container)
    daemon.wait(container)
    sizes = []
    spent = seconds(lambda: sizes.append(daemon.drain("GET", f"/containers/{container}/logs?stdout=1")))
    daemon.remove(container)
    if sizes[0] < 50_000_000:
        raise RuntimeError(f"only {sizes[0]} bytes of log")
    return 50 / spent


@functools.cache
def tree(megabytes=200):
    """A tar of files of one megabyte, half of it random."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for number in range(megabytes):
            info_ = tarfile.TarInfo(f"d{number % 7}/f{number}")
            info_.size = 1 << 20
            archive.addfile(info_, io.BytesIO(os.urandom(1 << 19) + bytes(1 << 19)))
    return buffer.getvalue()


@case("MB/s", more=True)
def copy_in(daemon):
    """200 MB of files put into a container."""
    container = daemon.create(["true"])
    path = f"/containers/{container}/archive?path=/tmp"
    spent = seconds(daemon.call, "PUT", path, tree(), TAR)
    daemon.remove(container)
    return 200 / spent


@case("MB/s", more=True)
def copy_out(daemon):
    """200 MB of files taken out of a container."""
    container = daemon.create(["true"])
    path = f"/containers/{container}/archive?path=/tmp"
    daemon.call("PUT", path, tree(), TAR)
    sizes = []
    spent = seconds(lambda: sizes.append(daemon.drain("GET", path)))
    daemon.remove(container)
    if sizes[0] < 200 << 20:
        raise RuntimeError(f"only {sizes[0]} bytes of an archive")
    return 200 / spent


@case("MB/s", more=True)
def image_import(daemon):
    """An import of 200 MB."""
    spent = seconds(daemon.drain, "POST", "/images/create?fromSrc=-&repo=bench-import&tag=x", tree(), TAR)
    daemon.call("DELETE", "/images/bench-import:x?force=1")
    return 200 / spent


@case("KiB")
def pss_idle(daemon):
    """Memory of the idle engine."""
    return daemon.pss_kib()


@case("KiB")
def pss_per_container(daemon):
    """What a running container adds to the engine's memory."""
    count, idle, before = 20, daemon.pss_kib(), len(daemon.processes())
    made = [daemon.create(["sleep", "1000"]) for _ in range(count)]
    for container in made:
        daemon.start(container)
    time.sleep(0.5)
    busy, helpers = daemon.pss_kib(), len(daemon.processes()) - before
    for container in made:
        daemon.remove(container)
    if helpers < count:
        raise RuntimeError(f"only {helpers} helper processes were found for {count} containers")
    return (busy - idle) / count
