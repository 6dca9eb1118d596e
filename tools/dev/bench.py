"""./dev bench peers [CASE,...] [--rounds N]: wherryd beside a real dockerd."""
import os

from tools.dev import build
from tools.dev.steps import ROOT, Failed, Steps, log

RESULTS = ROOT / "build/bench/peers.json"
PRESET = "release"


def options(args):
    """(case names, rounds) of the command's arguments."""
    from bench.cases import CASES
    names, rounds, rest = list(CASES), 5, list(args[1:])
    if "--rounds" in rest:
        at = rest.index("--rounds")
        rounds = int(rest[at + 1])
        del rest[at:at + 2]
    if rest:
        names = rest[0].split(",")
    unknown = [name for name in names if name not in CASES]
    if unknown or len(rest) > 1:
        raise Failed(f"no such case: {' '.join(unknown or rest[1:])}; there are {', '.join(CASES)}")
    return names, rounds


def bench(args):
    """Builds release, starts both engines, measures."""
    if not args or args[0] != "peers":
        raise Failed("usage: ./dev bench peers [CASE,...] [--rounds N]")
    names, rounds = options(args)
    steps = Steps()
    with steps.step("set up"):
        build.setup([])
    with steps.step(f"build {PRESET}"):
        build.build(PRESET)
    os.environ["WHERRY_PRESET"] = PRESET
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
            peer_bench.compare(daemons, names, rounds, RESULTS)
    finally:
        for one in started:
            one.abort()
    steps.table()
    print(f"all figures: {RESULTS.relative_to(ROOT)}")
