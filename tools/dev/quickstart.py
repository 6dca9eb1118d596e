"""./dev quickstart [--hub]: an engine of its own, an image, and a container in five ways."""
import json
import subprocess
import sys

from tools.dev import build
from tools.dev.steps import Failed, Steps, log, take_flag

GREETING = "hello world"
PROGRAMS = ("wherryd", "wherry-monitor", "wherry", "examples")  # what it shows; ./dev test builds the rest
EXAMPLES = (("SDK, one line", "quickstart_one_line"), ("SDK, step by step", "quickstart_steps"),
            ("SDK, a coroutine", "quickstart_coroutine"))
CURL_CREATE = {"Image": "alpine", "Cmd": ["echo", GREETING]}


def find_example(name):
    """Where an example was built."""
    folder = build.build_folder()
    found = next((path for path in (folder / "bin" / name, folder / "examples" / name) if path.exists()), None)
    if not found:
        raise Failed(f"the example {name} was not built")
    return found


def show(engine, *command):
    """Runs a client of the engine, shows what it prints, and gives it back."""
    log("$ " + " ".join(map(str, command)))
    done = engine.run(*command, capture_output=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    sys.stdout.write(done.stdout)
    sys.stdout.flush()
    if done.returncode != 0:
        raise Failed(f"{command[0]} ended with {done.returncode}")
    return done.stdout


def greet(row, said):
    """A step has succeeded when the container's words came out."""
    if GREETING not in said.replace("\0", " "):
        raise Failed(f"{row['name']} did not print {GREETING!r}")
    row["note"] = GREETING


def with_curl(engine):
    """A container's life in four requests, as the documentation of the API shows it."""
    def curl(*arguments):
        return show(engine, "curl", "-sS", "--fail-with-body", "--unix-socket", engine.socket, *arguments)

    base = "http://localhost/v1.24/containers"
    made = curl("-H", "Content-Type: application/json", "-d", json.dumps(CURL_CREATE), "-X", "POST", f"{base}/create")
    container = json.loads(made)["Id"]
    curl("-X", "POST", f"{base}/{container}/start")
    curl("-X", "POST", f"{base}/{container}/wait")
    said = curl(f"{base}/{container}/logs?stdout=1")
    curl("-X", "DELETE", f"{base}/{container}")
    return said


def five_ways(steps, engine):
    """Runs the container; every step checks what it printed."""
    wherry = build.build_folder() / "bin/wherry"
    with steps.step("pull alpine") as row:
        show(engine, wherry, "pull", "alpine")
        row["note"] = "from " + (engine.registry.url if engine.registry else "Docker Hub")
    for title, name in EXAMPLES:
        with steps.step(title) as row:
            greet(row, show(engine, find_example(name)))
    with steps.step("wherry run") as row:
        greet(row, show(engine, wherry, "run", "--rm", "alpine", "echo", GREETING))
    with steps.step("curl, versioned paths") as row:
        greet(row, with_curl(engine))


def quickstart(args):
    """./dev quickstart [--hub]"""
    hub = take_flag(args, "--hub")
    if args:
        raise Failed("usage: ./dev quickstart [--hub]")
    steps = Steps()
    with steps.step("set up"):
        build.setup([])
    with steps.step("build debug"):
        build.build(targets=PROGRAMS)
    from tests.support import engine as engines  # only now: it needs what the set-up installs
    with steps.step("start wherryd and a registry" if not hub else "start wherryd") as row:
        engine = engines.launch("wherryd", label="quickstart", hub=hub)
        row["note"] = f"DOCKER_HOST={engine.host}"
    try:
        five_ways(steps, engine)
    except BaseException:
        print(engine.log_tail())
        engine.abort()
        raise
    with steps.step("clean up"):
        engine.close()
    steps.table()
    print(f"{GREETING} from five containers; nothing of them is left")
