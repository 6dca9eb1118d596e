"""./dev bench peers [CASE,...] [--rounds N] [--write]: wherryd beside a real dockerd; --write puts the table into the docs.

./dev bench trace [NETWORK] [--rounds N]: one run of wherryd by step.
"""
import os

from tools.dev import bench_report, build
from tools.dev.steps import ROOT, Failed, Steps, log, take_flag

RESULTS = ROOT / "build/bench/peers.json"
PRESET = "release"
ENGINE = ["wherryd", "wherry-monitor"]
WARM_UP = 2


def take_rounds(args, rounds):
    """(what is left of the arguments, how many rounds)."""
    rest = list(args)
    if "--rounds" in rest:
        at = rest.index("--rounds")
        rounds = int(rest[at + 1])
        del rest[at:at + 2]
    return rest, rounds


def options(args):
    """(case names, rounds) of the command's arguments."""
    from bench.cases import CASES
    names = list(CASES)
    rest, rounds = take_rounds(args, 5)
    if rest:
        names = rest[0].split(",")
    unknown = [name for name in names if name not in CASES]
    if unknown or len(rest) > 1:
        raise Failed(f"no such case: {' '.join(unknown or rest[1:])}; there are {', '.join(CASES)}")
    return names, rounds


def bench(args):
    """Builds release, then measures."""
    kinds = {"peers": peers, "trace": trace}
    if not args or args[0] not in kinds:
        raise Failed("usage: ./dev bench peers [CASE,...] [--rounds N] [--write], or ./dev bench trace [NETWORK] [--rounds N]")
    steps = Steps()
    with steps.step("set up"):
        build.setup([])
    with steps.step(f"build {PRESET}"):
        build.build(PRESET, ENGINE)
    os.environ["WHERRY_PRESET"] = PRESET
    kinds[args[0]](list(args[1:]), steps)


def trace(args, steps):
    """Runs `true` a number of times, one after the other, and prints where the time goes."""
    from bench import trace as traces
    from bench.daemon import Daemon
    from tests.support import engine as engines
    rest, rounds = take_rounds(args, 20)
    network = rest[0] if rest else "bridge"
    path = RESULTS.parent / "trace"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.environ["WHERRY_TRACE"] = str(path)
    try:
        one = engines.launch("wherryd", label="bench-trace")
    finally:
        del os.environ["WHERRY_TRACE"]
    try:
        with steps.step("measure"):
            one.pull("busybox")
            daemon = Daemon(one.kind, one.socket, one.folder, one.process.pid)
            for _ in range(rounds + WARM_UP):
                daemon.run_true(network)
    finally:
        one.abort()
    print(f"\ncreate, start, wait, remove of `true`, network {network}; medians of {rounds} runs\n")
    print(traces.table(traces.read(path), WARM_UP))


def peers(args, steps):
    """Starts all engines and runs the cases on them in turn."""
    write = take_flag(args, "--write")
    names, rounds = options(args)
    from bench import peer_bench
    from bench.daemon import Daemon
    from tests.support import engine as engines
    started = []
    try:
        with steps.step("start the engines"):
            kinds = ["wherryd", *filter(engines.find_peer, engines.PEERS)]
            for kind in kinds:
                started.append(engines.launch(kind, label=f"bench-{kind}"))
                started[-1].pull("busybox")
        daemons = [Daemon(one.kind, one.socket, one.folder, one.process.pid) for one in started]
        if len(daemons) == 1:
            log("no dockerd is here to compare with")
        with steps.step("measure"):
            load = os.getloadavg()[0]
            results = peer_bench.compare(daemons, names, rounds, RESULTS)
        if write:
            versions = {daemon.name: daemon.json("GET", "/version")["Version"] for daemon in daemons}
            bench_report.write(results, versions, rounds, load)
    finally:
        for one in started:
            one.abort()
    steps.table()
    print(f"all figures: {RESULTS.relative_to(ROOT)}")
