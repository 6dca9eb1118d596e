"""What a process beside the payload is, to the kernel: started by the monitor's launcher it must be
what it is when the OCI runtime starts it.

wherryd alone: the other way is forced by a second name for the same runtime.
"""
import json
import os
import shutil

import pytest

from tests.support import engine as engines
from tests.support.http import stream_of

WAYS = ["crun", "same"]  # by the launcher, by the OCI runtime


@pytest.fixture(scope="module", name="host")
def start_engine(wherryd_alone):
    """An engine that knows crun by two names."""
    one = engines.launch("wherryd", "exec", ["--add-runtime", f"same={shutil.which('crun')}"])
    try:
        one.pull("alpine")
        yield one
    finally:
        one.close()


def start(engine, runtime, host=None, **config):
    """A running container's id."""
    made = engine.api.post("/containers/create", {
        "Image": "alpine", "Cmd": ["sleep", "1000"], **config,
        "HostConfig": {"NetworkMode": "none", "Runtime": runtime, **(host or {})}})
    assert made.status == 201, made.body
    identifier = made.json()["Id"]
    assert engine.api.post(f"/containers/{identifier}/start").status == 204
    return identifier


def execute(engine, container, command, start_body=None, **config):
    """(exit code, output) of an exec."""
    made = engine.api.post(f"/containers/{container}/exec", {
        "Cmd": command, "AttachStdout": True, "AttachStderr": True, **config})
    assert made.status == 201, made.body
    identifier = made.json()["Id"]
    begun = engine.api.post(f"/exec/{identifier}/start", {"Tty": config.get("Tty", False), **(start_body or {})})
    said = begun.body if config.get("Tty") else stream_of(begun.body, 1) + stream_of(begun.body, 2)
    found = engine.api.get(f"/exec/{identifier}/json").json()  # its end is known before the output ends
    return found["ExitCode"], said.decode()


@pytest.fixture
def both(host, request):
    """Runs a probe in a container of each way: [(code, output), (code, output)]."""
    made = []

    def run(command, container_options=None, **config):
        out = []
        for runtime in WAYS:
            made.append(start(host, runtime, **(container_options or {})))
            out.append(execute(host, made[-1], command, **config))
        return out
    yield run
    for container in made:
        host.api.delete(f"/containers/{container}?force=1")


FACTS = ("grep -E '^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp|Umask|SigBlk|SigIgn|SigCgt)' /proc/self/status; "
         "cat /proc/self/limits /proc/self/oom_score_adj; pwd; umask; env | grep -v HOSTNAME | sort; ls /proc/self/fd | wc -l; "
         "sed 's,[0-9a-f]\\{64\\},ID,' /proc/self/cgroup; cat /proc/self/attr/current 2>&1; "
         "cut -d' ' -f5 /proc/self/stat | wc -l; "
         "for n in mnt pid net ipc uts cgroup user; do "
         "echo $n $(readlink /proc/self/ns/$n) | sed s/[0-9]//g; done; true")
DENY = json.dumps({"defaultAction": "SCMP_ACT_ALLOW",
                   "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 7}]})


@pytest.mark.parametrize("container, config", [
    ({}, {}),
    ({}, {"User": "guest"}),
    ({}, {"User": "12:34", "WorkingDir": "/tmp", "Env": ["A=b c", "PATH=/bin"]}),
    ({}, {"Privileged": True}),
    ({}, {"User": "guest", "Privileged": True}),
    ({"host": {"Privileged": True}}, {}),
    ({"host": {"CapAdd": ["SYS_ADMIN"], "CapDrop": ["CHOWN"], "GroupAdd": ["20"]}}, {}),
    ({"host": {"SecurityOpt": ["no-new-privileges"]}}, {"User": "1000"}),
    ({"host": {"SecurityOpt": ["seccomp=unconfined"]}}, {}),
    ({"host": {"SecurityOpt": ["seccomp=" + DENY]}}, {}),
    ({"host": {"Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}]}}, {}),
    ({"host": {"PidMode": "host", "IpcMode": "host", "UTSMode": "host", "CgroupnsMode": "host"}}, {}),
    ({"host": {"PidsLimit": 20, "Memory": 64 << 20}}, {}),
    ({"User": "guest"}, {}),
], ids=lambda value: json.dumps(value)[:60])
def test_is_the_same_by_both_ways(both, container, config):
    by_launcher, by_runtime = both(["sh", "-c", FACTS], container, **config)
    assert by_launcher[0] == 0 and "CapBnd" in by_launcher[1], by_launcher
    assert by_launcher[1].splitlines() == by_runtime[1].splitlines()
    assert by_launcher[0] == by_runtime[0]


def test_is_in_all_namespaces_of_the_payload(host):
    names = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"]
    container = start(host, "crun")
    payload = host.api.get(f"/containers/{container}/json").json()["State"]["Pid"]
    code, said = execute(host, container, ["sh", "-c", f"cd /proc/self/ns; for n in {' '.join(names)}; do readlink $n; done"])
    assert code == 0
    assert said.split() == [os.readlink(f"/proc/{payload}/ns/{name}") for name in names]
    host.api.delete(f"/containers/{container}?force=1")


def test_is_killed_for_want_of_memory_as_its_container(host):
    """As with the reference's runtime; crun's exec leaves it at 0."""
    container = start(host, "crun", {"OomScoreAdj": 500})
    assert execute(host, container, ["cat", "/proc/self/oom_score_adj"]) == (0, "500\n")
    host.api.delete(f"/containers/{container}?force=1")


def test_has_the_filter_of_its_container(both):
    options = {"host": {"SecurityOpt": ["seccomp=" + DENY]}}
    (code, said), by_runtime = both(["mkdir", "/x"], options)
    assert code == 1 and "Argument list too long" in said  # errno 7
    assert (code, said) == by_runtime


@pytest.mark.parametrize("command, config, code, text", [
    (["nosuch"], {}, 127, 'exec: "nosuch": executable file not found in $PATH'),
    (["/no/such"], {}, 127, 'exec: "/no/such": stat /no/such: no such file or directory'),
    (["/etc"], {}, 126, 'exec: "/etc": permission denied'),
    (["/etc/passwd"], {}, 126, 'exec: "/etc/passwd": permission denied')])
def test_what_cannot_be_started_is_told_alike(both, command, config, code, text):
    for found, said in both(command, **config):
        assert found == code
        assert text in said


def test_a_folder_that_is_missing_is_told(host):
    container = start(host, "crun")
    code, said = execute(host, container, ["true"], WorkingDir="/nope")
    assert code in (126, 127)
    assert ('OCI runtime exec failed: exec failed: unable to start container process: '
            'chdir to cwd ("/nope") set in config.json failed: no such file or directory') in said
    host.api.delete(f"/containers/{container}?force=1")


def test_the_terminal_has_its_size_from_the_first_moment(host):
    container = start(host, "crun")
    for _ in range(20):
        code, said = execute(host, container, ["stty", "size"], {"ConsoleSize": [33, 77]}, Tty=True,
                             ConsoleSize=[33, 77])
        assert (code, said) == (0, "33 77\r\n")
    code, said = execute(host, container, ["sh", "-c", "tty; test -t 0 && test -t 1 && test -t 2; ps -o tty= | tail -1"],
                         Tty=True)
    assert code == 0 and said.startswith("/dev/pts/"), said
    host.api.delete(f"/containers/{container}?force=1")


def test_the_users_own_streams_can_be_opened_again(both):
    for code, said in both(["sh", "-c", "echo again > /dev/stdout; echo error > /dev/stderr"], User="guest"):
        assert (code, sorted(said.split())) == (0, ["again", "error"])


def test_the_hosts_program_is_out_of_reach(host):
    """/proc/self/exe as the program is a sealed copy: what runs there cannot be written to."""
    container = start(host, "crun", {"Privileged": True})
    program = engines.bin_folder() / "wherry-monitor"
    before = program.read_bytes()
    code, said = execute(host, container, ["/proc/self/exe"])
    assert code != 0, said
    code, said = execute(host, container, [
        "sh", "-c", "for i in $(seq 300); do for p in /proc/[0-9]*; do case $(readlink $p/exe) in *wherry*|*memfd*) "
                    "echo evil > $p/exe && echo WROTE;; esac; done; done 2>/dev/null; true"])
    assert "WROTE" not in said
    assert program.read_bytes() == before
    host.api.delete(f"/containers/{container}?force=1")
