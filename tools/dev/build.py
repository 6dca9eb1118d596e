"""setup and build."""
import os

from tools.dev.steps import PYTHON, ROOT, Failed, Steps, human, run, take_flag

PRESETS = ("debug", "release", "asan", "tsan", "gcc")
DEFAULT = "debug"
COMPILE_BUDGET = 3  # seconds a file, without optimisation; tools/slow_files.txt names what may take longer


def setup(args):
    """Installs missing packages of the groups named (all unless told)."""
    run("tools/setup.sh", *args)


def build_folder(preset=DEFAULT):
    """Where a preset is built."""
    return ROOT / "build" / preset


def jobs():
    """As many compilers at once as this machine has cores."""
    return len(os.sched_getaffinity(0))


def build(preset=DEFAULT, targets=()):
    """Configures (once) and builds."""
    folder = build_folder(preset)
    if not (folder / "build.ninja").exists():
        run("cmake", "--preset", preset, stdout=None)
    wanted = ["--target", *targets] if targets else []
    run("cmake", "--build", "--preset", preset, "-j", jobs(), *wanted)


def build_command(args):
    """./dev build [PRESET] [--times]"""
    times = take_flag(args, "--times")
    preset = args[0] if args else DEFAULT
    if preset not in PRESETS:
        raise Failed(f"there is no preset {preset!r}; there are {', '.join(PRESETS)}")
    steps = Steps()
    with steps.step("set up"):
        setup(["build", "run"])
    with steps.step(f"build {preset}") as row:
        build(preset)
    if times:
        run(PYTHON, "tools/compile_times.py", build_folder(preset), COMPILE_BUDGET, check=False)
    print(f"built {preset} in {human(row['seconds'])}: programs are in build/{preset}/bin")
