"""Log drivers and their options, beside what a real dockerd says of them."""
import socket
import subprocess
import sys
import time

import pytest

from tests.support.http import stream_of
from tests.support.waiting import wait_for

UNKNOWN = [("nope", {}), ("json-file", {"foo": "1"}), ("local", {"foo": "1"}), ("local", {"labels": "a"}),
           ("journald", {"foo": "1"}), ("syslog", {"foo": "1"}), ("json-file", {"mode": "what"}),
           ("json-file", {"max-buffer-size": "1m"}), ("json-file", {"mode": "non-blocking", "max-buffer-size": "x"}),
           ("syslog", {"syslog-address": "foo"}), ("syslog", {"syslog-address": "http://x"}),
           ("syslog", {"syslog-address": "unix:///nonexistent"}), ("syslog", {"syslog-address": "udp://1.2.3.4:x"}),
           ("syslog", {"syslog-facility": "bad"}), ("syslog", {"syslog-facility": "24"}), ("syslog", {"syslog-format": "bad"})]
TEXTS = {
    0: 'error looking up logging plugin nope: plugin "nope" not found',
    1: "unknown log opt 'foo' for json-file log driver", 2: "unknown log opt 'foo' for log driver local",
    3: "unknown log opt 'labels' for log driver local", 4: "unknown log opt 'foo' for journald log driver",
    5: "unknown log opt 'foo' for syslog log driver", 6: "logger: logging mode not supported: what",
    7: "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
    8: "error parsing option max-buffer-size: invalid size: 'x'", 9: "unsupported scheme: ''",
    10: "unsupported scheme: 'http'", 11: "stat /nonexistent: no such file or directory",
    12: 'parse "udp://1.2.3.4:x": invalid port ":x" after host', 13: "invalid syslog facility",
    14: "invalid syslog facility", 15: "Invalid syslog format"}
PREFIX = "failed to create task for container: failed to initialize logging driver: "
BAD_AT_START = [
    ("json-file", {"max-size": "abc"}, "invalid size: 'abc'"),
    ("json-file", {"max-file": "abc"}, 'strconv.Atoi: parsing "abc": invalid syntax'),
    ("json-file", {"max-file": "0"}, "max-file cannot be less than 1"),
    ("json-file", {"compress": "maybe"}, 'strconv.ParseBool: parsing "maybe": invalid syntax'),
    ("json-file", {"compress": "true"}, "compress cannot be true when max-file is less than 2 or max-size is not set"),
    ("json-file", {"tag": "{{"}, "template: log-tag:1: unclosed action"),
    ("json-file", {"tag": "{{foo}}"}, 'template: log-tag:1: function "foo" not defined'),
    ("local", {"max-size": "abc"}, "invalid value for max-size: abc: invalid size: 'abc'"),
    ("local", {"max-file": "x"}, 'invalid value for max-file: x: strconv.Atoi: parsing "x": invalid syntax'),
    ("local", {"max-file": "1"}, "compression cannot be enabled when max file count is 1"),
    ("local", {"compress": "maybe"}, 'error reading compress log option: strconv.ParseBool: parsing "maybe": invalid syntax')]


@pytest.fixture(autouse=True)
def setup(engine, alpine, clean):
    """The engine has alpine."""


def create(engine, driver, options, command, **more):
    """POST /containers/create with a log driver."""
    host = {"LogConfig": {"Type": driver, "Config": options}, **more.pop("HostConfig", {})}
    return engine.api.post("/containers/create", {"Image": "alpine", "Cmd": command, "HostConfig": host, **more})


def run(engine, driver, options, command, **more):
    """A container that has run to its end; its id."""
    made = create(engine, driver, options, command, **more)
    assert made.status == 201, made.body
    started = engine.api.post(f"/containers/{made.json()['Id']}/start")
    assert started.status == 204, started.body
    engine.api.post(f"/containers/{made.json()['Id']}/wait")
    return made.json()["Id"]


def logs(engine, container, query="stdout=1&stderr=1"):
    """All of the standard output in its log."""
    answer = engine.api.get(f"/containers/{container}/logs?{query}")
    assert answer.status == 200, answer.body
    return stream_of(answer.body, 1).decode()


@pytest.mark.parametrize("number", range(len(UNKNOWN)))
def test_create_refuses_what_no_driver_takes(engine, number):
    driver, options = UNKNOWN[number]
    answer = create(engine, driver, options, ["true"])
    assert (answer.status, answer.message()) == (400, TEXTS[number])


@pytest.mark.parametrize("driver, options, text", BAD_AT_START)
def test_a_start_refuses_values_that_make_no_log(engine, driver, options, text):
    container = create(engine, driver, options, ["true"]).json()["Id"]
    answer = engine.api.post(f"/containers/{container}/start")
    assert (answer.status, answer.message()) == (500, PREFIX + text)
    assert engine.api.get(f"/containers/{container}/json").json()["State"]["ExitCode"] == 128


def test_info_lists_what_is_built(engine):
    found = engine.api.get("/info").json()["Plugins"]["Log"]
    assert {"json-file", "local", "journald", "syslog"} <= set(found)


@pytest.mark.parametrize("driver, options", [("local", {}), ("json-file", {}), ("json-file", {"max-size": "1k", "max-file": "500"}),
                                             ("local", {"max-size": "2k", "max-file": "500"})])
def test_logs_are_read_back(engine, driver, options):
    container = run(engine, driver, options, ["sh", "-c", "seq 1 2000; echo err >&2"])
    assert logs(engine, container) == "".join(f"{i}\n" for i in range(1, 2001))
    assert logs(engine, container, "stdout=1&tail=3") in ("1998\n1999\n2000\n", "1999\n2000\n")
    assert engine.api.get(f"/containers/{container}/logs?stderr=1").body.endswith(b"err\n")


@pytest.mark.parametrize("driver", ["local", "json-file"])
def test_a_long_line_stays_one_line(engine, driver):
    container = run(engine, driver, {}, ["sh", "-c", "head -c 50000 /dev/zero | tr '\\0' x; echo; printf rest"])
    assert logs(engine, container) == "x" * 50000 + "\nrest"


def test_labels_variables_and_tags_are_attributes(engine):
    container = run(engine, "json-file", {"labels": "l,m", "env": "A,B", "labels-regex": "^x", "env-regex": "C", "tag": "{{.Name}}/{{.ImageName}}/{{.ID}}"},
                    ["echo", "hi"], Labels={"l": "lv", "xx": "y", "q": "r"}, Env=["A=1", "C=<x>", "AC=4=5"])
    body = engine.api.get(f"/containers/{container}/logs?stdout=1&details=1").body
    name = engine.api.get(f"/containers/{container}/json").json()["Name"][1:]
    assert stream_of(body, 1).decode() == f"A=1,AC=4%3D5,C=%3Cx%3E,l=lv,tag={name}%2Falpine%2F{container[:12]},xx=y hi\n"


def test_none_cannot_be_read(engine, docker):
    container = run(engine, "none", {"foo": "1"}, ["echo", "hi"])
    answer = engine.api.get(f"/containers/{container}/logs?stdout=1")
    assert (answer.status, answer.message()) == (501, "configured logging driver does not support reading")


def test_rotated_files_are_compressed_and_still_read(engine):
    if engine.kind != "wherryd":
        pytest.skip("looks at wherryd's files")
    made = create(engine, "json-file", {"max-size": "4k", "max-file": "4", "compress": "true"},
                  ["sh", "-c", "i=0; while [ $i -lt 100 ]; do echo line $i; i=$((i+1)); done; read x; echo last"], OpenStdin=True)
    container = made.json()["Id"]
    engine.api.post(f"/containers/{container}/start")
    folder = engine.folder / "data/containers" / container
    wait_for(lambda: (folder / f"{container}-json.log.1.gz").exists(), "rotated files are compressed")
    wait_for(lambda: not list(folder.glob("*.log.[0-9]")), "no plain one is left")
    unpacked = subprocess.run(["zcat", folder / f"{container}-json.log.1.gz"], capture_output=True, check=True).stdout
    assert unpacked.startswith(b'{"log":"line ')
    lines = logs(engine, container).splitlines()
    assert lines == [f"line {i}" for i in range(100 - len(lines), 100)] and len(lines) > 50


@pytest.mark.parametrize("driver, options", [("json-file", {"max-size": "1k", "max-file": "3"}),
                                             ("local", {"max-size": "1k", "max-file": "3"}),
                                             ("json-file", {"max-size": "2k", "max-file": "4", "compress": "true"})])
def test_follow_survives_a_thousand_rotations(engine, driver, options):
    """Lines come in order and none twice; what a lagging reader missed is told, not guessed."""
    script = "i=0; while [ $i -lt 20000 ]; do echo $i 0123456789012345678901234567890123456789; i=$((i+1)); " \
             "[ $((i % 200)) = 0 ] && sleep 0.01; done; echo end"
    container = create(engine, driver, options, ["sh", "-c", script]).json()["Id"]
    engine.api.post(f"/containers/{container}/start")
    body = engine.api.get(f"/containers/{container}/logs?stdout=1&stderr=1&follow=1", timeout=120).body
    text, notices, at = "", 0, 0
    while at < len(body):
        size = int.from_bytes(body[at + 4:at + 8], "big")
        if body[at] == 1:
            text += body[at + 8:at + 8 + size].decode()
        else:
            notices += 1
        at += 8 + size
    lines = text.splitlines()
    assert lines[-1] == "end"
    numbers = [int(line.split()[0]) for line in lines[:-1]]
    assert numbers == sorted(set(numbers)), "in order, none twice"
    assert len(numbers) == 20000 or notices > 0, f"{20000 - len(numbers)} lines are missing without a word"
    print(f"{len(numbers)} of 20000 lines, {notices} notices")


def listen(engine, kind, place):
    """A socket inside the engine's namespace that prints what it gets; the process."""
    code = f"""
import socket, sys
s = socket.socket({'socket.AF_UNIX' if kind.startswith('unix') else 'socket.AF_INET'}, {'socket.SOCK_DGRAM' if kind in ('udp', 'unixgram') else 'socket.SOCK_STREAM'})
s.bind({place!r})
print('ready', flush=True)
if s.type == socket.SOCK_STREAM:
    s.listen(); s, _ = s.accept()
while True:
    got = s.recv(65536)
    if not got: break
    sys.stdout.write(got.decode()); sys.stdout.flush()
"""
    process = engine.namespace.popen(sys.executable, "-c", code, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    return process


@pytest.mark.parametrize("kind", ["udp", "tcp", "unixgram", "unix"])
def test_syslog_gets_every_line(engine, kind, tmp_path):
    place = str(tmp_path / "log.sock") if kind.startswith("unix") else ("127.0.0.1", 5140)
    server = listen(engine, kind, place)
    try:
        address = f"{kind}://{place}" if kind.startswith("unix") else f"{kind}://127.0.0.1:5140"
        container = run(engine, "syslog", {"syslog-address": address, "tag": "{{.Name}}", "syslog-facility": "local0",
                                           "syslog-format": "rfc5424"}, ["sh", "-c", "echo one; echo two >&2"])
        name = engine.api.get(f"/containers/{container}/json").json()["Name"][1:]
        got = sorted(server.stdout.readline() for _ in range(2))
        assert got[0].startswith("<131>1 ") and got[0].endswith(f" {name} - two\n")
        assert got[1].startswith("<134>1 ") and got[1].endswith(f" {name} - one\n")
        assert logs(engine, container) == "one\n", "the copy can be read"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def test_a_syslog_server_that_refuses_is_told_at_the_start(engine):
    container = create(engine, "syslog", {"syslog-address": "tcp://127.0.0.1:1"}, ["true"]).json()["Id"]
    answer = engine.api.post(f"/containers/{container}/start")
    assert (answer.status, answer.message()) == (500, PREFIX + "dial tcp 127.0.0.1:1: connect: connection refused")


def test_without_a_copy_syslog_cannot_be_read(engine):
    container = run(engine, "syslog", {"syslog-address": "udp://127.0.0.1:5141", "cache-disabled": "true"}, ["echo", "hi"])
    assert engine.api.get(f"/containers/{container}/logs?stdout=1").status == 501


def test_journald_is_missed_where_there_is_none(engine):
    if subprocess.run(["test", "-e", "/run/systemd/journal/socket"], check=False).returncode == 0:
        pytest.skip("this machine has a journal")
    container = create(engine, "journald", {}, ["true"]).json()["Id"]
    answer = engine.api.post(f"/containers/{container}/start")
    assert (answer.status, answer.message()) == (500, PREFIX + "journald is not enabled on this host")


def test_a_stuck_reader_does_not_hold_up_the_writer(engine):
    container = create(engine, "json-file", {"max-size": "1m", "max-file": "2"},
                       ["sh", "-c", "yes 0123456789012345678901234567890123456789 | head -n 300000"]).json()["Id"]
    with socket.socket(socket.AF_UNIX) as stuck:
        stuck.connect(engine.socket)
        stuck.sendall(f"GET /containers/{container}/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        engine.api.post(f"/containers/{container}/start")
        begun = time.monotonic()
        assert engine.api.post(f"/containers/{container}/wait", timeout=60).json()["StatusCode"] == 0
        print(f"{time.monotonic() - begun:.2f} s")


def test_the_daemons_default_driver_and_options(docker, engine):
    if engine.kind != "wherryd":
        pytest.skip("starts wherryd anew")
    program = list(engine.program)
    engine.stop()
    try:
        engine.program += ["--log-driver", "local", "--log-opt", "max-size=1m"]
        engine.start()
        made = docker.must("create", "alpine").strip()
        assert docker.json("inspect", made)[0]["HostConfig"]["LogConfig"] == {"Type": "local", "Config": {"max-size": "1m"}}
        other = docker.must("create", "--log-driver", "json-file", "alpine").strip()
        assert docker.json("inspect", other)[0]["HostConfig"]["LogConfig"] == {"Type": "json-file", "Config": {}}
        assert docker.must("info", "--format", "{{.LoggingDriver}}").strip() == "local"
        assert docker.must("run", "--rm", "alpine", "echo", "hi") == "hi\n"
        engine.remove_all_containers()
    finally:
        engine.stop()
        engine.program = program
        engine.start()


def test_wrong_default_options_end_the_daemon_at_once(engine):
    if engine.kind != "wherryd":
        pytest.skip("starts wherryd")
    folder = engine.folder / "other"
    folder.mkdir()
    done = engine.namespace.run(engine.program[0], "-H", f"unix://{folder}/s", "--data-root", folder / "d", "--exec-root", folder / "e",
                                "--pidfile", folder / "p", "--keep-cgroups", "--log-opt", "foo=1", timeout=20)
    assert done.returncode != 0
    assert "failed to set log opts: unknown log opt 'foo' for json-file log driver" in done.stdout + done.stderr
