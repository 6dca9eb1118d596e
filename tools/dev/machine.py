"""machine: runs a command in a virtual machine with Debian's own kernel, on this machine's files.

That kernel is older than most hosts', has cgroup v2 alone, and AppArmor: what a host of its own does not show.
The processor is emulated, so everything takes some five times as long; nothing that the command writes is kept.
"""
import os
import platform
import re
import secrets
import shlex
import shutil
import subprocess
import threading
from pathlib import Path

from tools.dev import build
from tools.dev.steps import PYTHON, ROOT, Failed, log, run

PLACE = ROOT / "build/machine"
MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay")
MEMORY = "5G"
LIMIT = 30 * 60  # seconds; a machine that hangs is ended
INIT = Path(__file__).with_name("machine_init.sh")
# What `./dev machine` runs without a command.
PYTEST = (PYTHON, "-m", "pytest", "-q", "--color=no", "-p", "no:cacheprovider")
TESTS = ("tests/machine", "tests/clients/test_docker_run.py")


def kernel():
    """(the kernel's image, the folder of its modules)"""
    images = sorted((PLACE / "kernel/boot").glob("vmlinuz-*"))
    if not images:
        raise Failed("there is no kernel in build/machine/kernel: ./dev setup machine")
    return images[-1], PLACE / "kernel/lib/modules" / images[-1].name.removeprefix("vmlinuz-")


def modules_in_order(folder):
    """MODULES and what they need, as paths below FOLDER, in the order of loading."""
    needs = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        path, rest = line.split(":")
        needs[path] = rest.split()
    by_name = {re.sub(r"\.ko.*", "", Path(path).name).replace("-", "_"): path for path in needs}
    order = []
    for name in MODULES:
        path = by_name[name]
        order += [one for one in (*reversed(needs[path]), path) if one not in order]
    return order


def make_initramfs(modules, command):
    """The first files of the machine: busybox, the modules, and the command."""
    root = PLACE / "root"
    shutil.rmtree(root, ignore_errors=True)
    for name in ("bin", "proc", "dev", "lower", "upper", "new", "m"):
        (root / name).mkdir(parents=True)
    shutil.copy("/bin/busybox", root / "bin/busybox")
    order = modules_in_order(modules)
    for path in order:
        shutil.copy(modules / path, root / "m")
    (root / "modules").write_text("".join(f"{Path(path).name}\n" for path in order))
    (root / "command").write_text(command)
    (root / "repository").write_text(f"{ROOT}\n")
    shutil.copy(INIT, root / "init")
    (root / "init").chmod(0o755)
    image = PLACE / "initramfs.gz"
    subprocess.run("busybox find . | busybox cpio -o -H newc 2>/dev/null | gzip -1 >../initramfs.gz",
                   cwd=root, shell=True, check=True)
    return image


def boot(image, modules, initramfs):
    """A running machine whose console is its output."""
    def share(path, tag):
        return ("-virtfs", f"local,path={path},mount_tag={tag},security_model=none,readonly=on,multidevs=remap")
    words = ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", str(build.jobs()), "-m", MEMORY,
             "-display", "none", "-vga", "none", "-nic", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot",
             "-kernel", str(image), "-initrd", str(initramfs), "-append", "console=ttyS0 panic=-1 quiet",
             *share("/", "host"), *share(ROOT, "wherry"), *share(modules.parent, "kernel")]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, errors="replace")


def run_inside(command):
    """Runs a shell's COMMAND in the repository there and shows what it prints; (its status, its lines)."""
    token = secrets.token_hex(8)
    script = (f"export PATH=/usr/sbin:/usr/bin:/sbin:/bin:{shlex.quote(str(PLACE))}/kernel/sbin HOME=/root PYTHONDONTWRITEBYTECODE=1\n"
              f"cd {shlex.quote(str(ROOT))}\n"
              f"( {command} )\nstatus=$?\n"
              f"echo\necho {token} $status\necho o >/proc/sysrq-trigger\nread -rt 10 _ </dev/ttyS0\n")
    image, modules = kernel()
    if not (modules / "modules.dep").exists():
        run("busybox", "depmod", "-b", PLACE / "kernel", modules.name, quiet=True)
    status, lines = None, []
    with boot(image, modules, make_initramfs(modules, script)) as virtual:
        alarm = threading.Timer(LIMIT, virtual.kill)
        alarm.start()
        try:
            for line in virtual.stdout:
                line = line.rstrip()
                if line.startswith(token):
                    status = int(line.split()[1])
                elif status is None:
                    print(line, flush=True)
                    lines.append(line)
        finally:
            alarm.cancel()
            virtual.kill()
    if status is None:
        raise Failed(f"the virtual machine ended, or was ended after {LIMIT} s, without a word about its command")
    return status, lines


def machine(args):
    """./dev machine [COMMAND...]"""
    if platform.machine() != "x86_64":
        raise Failed("the virtual machine is an x86_64 one, and emulated on no other kind")
    if os.geteuid() != 0:
        raise Failed("this needs root: the machine's user sees this one's files as root does")
    build.setup(["build", "run", "test", "peer", "machine"])
    build.build()
    command = shlex.join(args or (*PYTEST, *TESTS))
    log(f"$ (in a virtual machine) {command}")
    status, lines = run_inside(command)
    if status:
        raise Failed(f"it ended with {status} in the virtual machine")
    return lines
