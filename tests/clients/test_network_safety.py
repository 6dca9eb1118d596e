"""Published ports without a daemon, after a flush of the ruleset, in ranges, and behind foreign rules."""
import subprocess
import time

import pytest

from tests.clients.test_docker_network import SERVE, answers, get
from tests.support.waiting import wait_for

ECHO = "import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(('',9000))\n" \
       "while True: d,a=s.recvfrom(99); s.sendto(b'echo '+d,a)"
# Ends when told by its standard input; prints the longest time without an answer, and how many came.
TRAFFIC = """
import select, socket, sys, time
worst, count, last = 0.0, 0, time.monotonic()
while not select.select([sys.stdin], [], [], 0)[0]:
    try:
        with socket.create_connection(("127.0.0.1", 8070), timeout=0.3) as s:
            s.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            data = b""
            while piece := s.recv(4096): data += piece
        if b"hello" in data:
            now = time.monotonic()
            worst, last, count = max(worst, now - last), now, count + 1
    except OSError:
        pass
print(max(worst, time.monotonic() - last), count)
"""


@pytest.fixture(autouse=True)
def busybox(engine, alpine, clean):
    """The engine has busybox, and a namespace of its own to flush."""
    if engine.kind != "wherryd":
        pytest.skip("what wherryd does")
    engine.pull("busybox")


def udp_echo(engine, host, port):
    """Whether a datagram comes back."""
    family = "AF_INET6" if ":" in host else "AF_INET"
    ask = f"import socket\ns=socket.socket(socket.{family},socket.SOCK_DGRAM)\ns.settimeout(0.3)\n" \
          f"s.connect(('{host}',{port}))\ns.send(b'datagram')\nprint(s.recv(99).decode())"
    return engine.namespace.run("python3", "-c", ask).stdout == "echo datagram\n"


def nft(engine, *words):
    """Runs nft in the engine's namespace."""
    done = engine.namespace.run("nft", *words)
    assert done.returncode == 0, done.stderr


def restorations(engine, since):
    """The network events that tell of a restored table."""
    found = engine.api.get(f"/events?since={since:.6f}&until={time.time() + 0.001:.6f}").lines()
    return [event for event in found if (event["Type"], event["Action"]) == ("network", "restore")]


def test_published_ports_answer_without_a_daemon_and_after_the_next_one(docker, engine):
    docker.must("run", "-d", "-p", "8070:80", *SERVE)
    docker.must("run", "-d", "-p", "[::1]:8071:80", "-p", "127.0.0.1:8072:80", *SERVE)
    docker.must("run", "-d", "-p", "8073:9000/udp", "-v", "/:/host:ro", "busybox",
                "chroot", "/host", "/usr/bin/python3", "-c", ECHO)
    urls = ["http://127.0.0.1:8070/", "http://[::1]:8070/", "http://[::1]:8071/", "http://127.0.0.1:8072/"]

    def all_answer():
        for url in urls:
            answers(engine, url)
        for host in ("127.0.0.1", "::1"):
            wait_for(lambda: udp_echo(engine, host, 8073), f"udp of {host} answers")
    all_answer()
    engine.kill()
    try:
        all_answer()
    finally:
        engine.start()
    all_answer()


def test_a_flush_while_no_daemon_runs_is_mended_by_the_next(docker, engine):
    docker.must("run", "-d", "-p", "8070:80", *SERVE)
    answers(engine, "http://127.0.0.1:8070/")
    before = time.time()
    engine.kill()
    try:
        nft(engine, "flush", "ruleset")
        assert get(engine, "http://127.0.0.1:8070/") == ""
        assert get(engine, "http://[::1]:8070/") != "", "the monitor's relay needs no rule"
    finally:
        engine.start()
    answers(engine, "http://127.0.0.1:8070/")
    told = wait_for(lambda: restorations(engine, before), "the event")
    assert told[0]["Actor"]["Attributes"]["reason"] == "missing"


def test_a_flush_under_traffic_costs_at_most_a_second(docker, engine):
    docker.must("run", "-d", "-p", "8070:80", *SERVE)
    answers(engine, "http://127.0.0.1:8070/")
    before = time.time()
    traffic = engine.namespace.popen("python3", "-c", TRAFFIC, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for _ in range(3):
        time.sleep(0.5)
        nft(engine, "flush", "ruleset")
    time.sleep(1.5)
    said, _ = traffic.communicate("end\n", timeout=10)
    worst, count = said.split()
    print(f"longest pause {float(worst):.3f} s, {count} answers")
    assert float(worst) < 1.0 and int(count) > 20
    told = restorations(engine, before)
    assert 1 <= len(told) <= 3 and told[0]["Actor"]["Attributes"]["reason"] == "flushed"


def test_a_range_is_published_port_by_port(docker, engine):
    container = docker.must("run", "-d", "-p", "8100-8110:9000-9010", "-p", "8111:80", *SERVE).strip()
    ports = docker.json("inspect", container)[0]["NetworkSettings"]["Ports"]
    for i in range(11):
        assert {one["HostPort"] for one in ports[f"{9000 + i}/tcp"]} == {str(8100 + i)}
    answers(engine, "http://127.0.0.1:8111/")
    listed = engine.namespace.run("nft", "list", "ruleset").stdout
    assert all(f". {8100 + i} :" in listed for i in range(11))
    docker.must("rm", "-f", container)
    assert "8105" not in engine.namespace.run("nft", "list", "ruleset").stdout


def test_a_range_for_one_port_gives_the_first_free_one(docker, engine):
    given = []
    for _ in range(3):
        container = docker.must("run", "-d", "-p", "127.0.0.1:8120-8122:80", *SERVE).strip()
        given.append(docker.must("port", container, "80").strip())
    assert given == [f"127.0.0.1:{port}" for port in (8120, 8121, 8122)]
    answers(engine, "http://127.0.0.1:8122/")
    done = docker("run", "-d", "-p", "127.0.0.1:8120-8122:80", *SERVE)
    assert done.returncode == 125 and "port is already allocated" in done.stderr


def test_exposed_ranges_are_published_with_dash_capital_p(docker):
    container = docker.must("run", "-d", "-P", "--expose", "9100-9103", *SERVE).strip()
    ports = docker.json("inspect", container)[0]["NetworkSettings"]["Ports"]
    assert {f"{port}/tcp" for port in range(9100, 9104)} <= set(ports)
    assert len({ports[f"{port}/tcp"][0]["HostPort"] for port in range(9100, 9104)}) == 4


def test_a_thousand_ports_are_one_batch(docker, engine):
    start = time.monotonic()
    container = docker.must("run", "-d", "-p", "127.0.0.1:20000-20999:20000-20999", *SERVE).strip()
    print(f"{time.monotonic() - start:.2f} s")
    listed = engine.namespace.run("nft", "list", "ruleset").stdout
    assert ". 20000 :" in listed and ". 20999 :" in listed
    docker.must("rm", "-f", container)


def test_foreign_rules_that_drop_are_told(docker, engine):
    nft(engine, "add table ip filter")
    nft(engine, "add chain ip filter FORWARD { type filter hook forward priority 0; policy drop; }")
    try:
        def warnings():
            return [one for one in engine.api.get("/info").json()["Warnings"] or [] if "table ip filter" in one]
        wait_for(warnings, "info tells", 5)
        made = engine.api.post("/containers/create", {"Image": "busybox", "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostPort": "8079"}]}}}).json()
        assert any("ip filter" in one for one in made["Warnings"])
        made = engine.api.post("/containers/create", {"Image": "busybox"}).json()
        assert not made["Warnings"]
    finally:
        nft(engine, "delete table ip filter")
    wait_for(lambda: not warnings(), "the warning goes with its cause", 5)


@pytest.fixture
def anew(engine):
    """Starts the engine with more flags; as it was afterwards."""
    program = list(engine.program)

    def start(*flags):
        engine.stop()
        engine.program = [*program, *flags]
        engine.start()
    yield start
    engine.remove_all_containers()
    engine.stop()
    engine.program = program
    engine.start()


def test_flags_of_the_default_bridge(docker, engine, anew):
    anew("--bip", "10.88.0.1/16", "--fixed-cidr", "10.88.5.0/24", "--ip", "127.0.0.1", "--icc=false", "--mtu", "1400")
    container = docker.must("run", "-d", "-p", "8130:80", *SERVE).strip()
    shown = docker.json("inspect", container)[0]["NetworkSettings"]
    assert shown["Networks"]["bridge"]["IPAddress"].startswith("10.88.5.")
    assert shown["Networks"]["bridge"]["Gateway"] == "10.88.0.1"
    assert shown["Ports"]["80/tcp"] == [{"HostIp": "127.0.0.1", "HostPort": "8130"}]
    answers(engine, "http://127.0.0.1:8130/")
    assert docker.must("run", "--rm", "busybox", "cat", "/sys/class/net/eth0/mtu") == "1400\n"
    address = shown["Networks"]["bridge"]["IPAddress"]
    reached = docker("run", "--rm", "busybox", "wget", "-T", "2", "-qO-", f"http://{address}/")
    assert reached.returncode != 0, "containers do not reach each other"
    network = docker.json("network", "inspect", "bridge")[0]
    assert network["IPAM"]["Config"] == [{"Subnet": "10.88.0.0/16", "IPRange": "10.88.5.0/24", "Gateway": "10.88.0.1"}]
    assert network["Options"]["com.docker.network.driver.mtu"] == "1400"
    assert network["Options"]["com.docker.network.bridge.enable_icc"] == "false"


def test_without_a_default_bridge(docker, anew):
    anew("--bridge=none")
    assert docker.must("network", "ls", "--format", "{{.Name}}").split() == ["host", "none"]
    assert docker.must("run", "--rm", "busybox", "ls", "/sys/class/net").split() == ["lo"]


def test_a_given_bridge_is_used(docker, engine, anew):
    for line in ("ip link add mybr type bridge", "ip addr add 10.89.0.1/24 dev mybr", "ip link set mybr up"):
        assert engine.namespace.run(*line.split()).returncode == 0
    try:
        anew("--bridge", "mybr")
        container = docker.must("run", "-d", "-p", "8131:80", *SERVE).strip()
        answers(engine, "http://127.0.0.1:8131/")
        docker.must("rm", "-f", container)
    finally:
        engine.namespace.run("ip", "link", "del", "mybr")


def test_lists_of_networks_by_version(docker, engine):
    container = docker.must("run", "-d", *SERVE).strip()
    for version, shown in (("1.27", {container}), ("1.28", set()), ("1.51", set()), ("1.52", None)):
        bridge = next(one for one in engine.api.at(version).get("/networks").json() if one["Name"] == "bridge")
        assert (set(bridge["Containers"]) if "Containers" in bridge else None) == shown, version
        inspected = engine.api.at(version).get("/networks/bridge").json()
        assert set(inspected["Containers"]) == {container}
