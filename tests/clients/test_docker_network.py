"""The docker client and the default bridge: published ports, addresses, names."""
import subprocess

import pytest

from tests.support.netns import NetworkNamespace
from tests.support.waiting import wait_for

PAGE = "hello from busybox httpd\n"
SERVE = ("busybox", "httpd", "-f", "-p", "80", "-h", "/www")


@pytest.fixture(autouse=True)
def busybox(engine, alpine, clean):
    """The engine has busybox."""
    engine.pull("busybox")


def serve(docker, *flags):
    """A container with httpd; its id."""
    return docker.must("run", "-d", *flags, *SERVE).strip()


def get(engine, url):
    """What curl gets from URL inside the engine's namespace."""
    return engine.namespace.run("curl", "-sg", "--max-time", "3", url).stdout


def answers(engine, url):
    """Waits until URL gives the page."""
    return wait_for(lambda: get(engine, url) == PAGE, f"{url} answers")


@pytest.mark.parametrize("publish, url", [
    ("127.0.0.1:8080:80", "http://127.0.0.1:8080/"),
    ("[::1]:8081:80", "http://[::1]:8081/"),
    ("8082:80", "http://127.0.0.1:8082/"),
    ("0.0.0.0:8083:80", "http://localhost:8083/")])
def test_a_published_port_answers(docker, engine, publish, url):
    container = serve(docker, "-p", publish)
    answers(engine, url)
    docker.must("rm", "-f", container)
    assert get(engine, url) == ""


def test_an_ephemeral_port_is_told_by_docker_port(docker, engine):
    container = serve(docker, "-p", "127.0.0.1::80")
    told = docker.must("port", container, "80").strip()
    assert told.startswith("127.0.0.1:") and int(told.rpartition(":")[2]) >= 1024
    answers(engine, f"http://{told}/")


def test_the_address_in_inspect_answers(docker, engine):
    container = serve(docker)
    shown = docker.json("inspect", container)[0]["NetworkSettings"]["Networks"]["bridge"]
    assert shown["IPAddress"].startswith(shown["Gateway"].rsplit(".", 2)[0])
    answers(engine, f"http://{shown['IPAddress']}/")


def test_containers_reach_each_other_by_address(docker):
    server = docker.json("inspect", serve(docker))[0]["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
    said = docker.must("run", "--rm", "busybox", "sh", "-c",
                       f"for i in 1 2 3 4 5; do wget -qO- http://{server}/ && break; sleep 0.2; done")
    assert said == PAGE


def test_another_namespace_reaches_a_container(docker, engine):
    """A host behind the engine's: joined by a veth pair and a route."""
    if not engine.namespace.name:
        pytest.skip("a running engine's namespace is left as it is")
    other = NetworkNamespace.create("other")
    try:
        for line in (["ip", "link", "add", "v-out", "type", "veth", "peer", "name", "v-in", "netns", other.path],
                     ["ip", "addr", "add", "10.99.0.1/24", "dev", "v-out"], ["ip", "link", "set", "v-out", "up"]):
            assert engine.namespace.run(*line).returncode == 0
        for line in (["ip", "addr", "add", "10.99.0.2/24", "dev", "v-in"], ["ip", "link", "set", "v-in", "up"],
                     ["ip", "route", "add", "default", "via", "10.99.0.1"]):
            assert other.run(*line).returncode == 0
        container = serve(docker, "-p", "8085:80")
        address = docker.json("inspect", container)[0]["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
        answers(engine, f"http://{address}/")
        reached = [other.run("curl", "-s", "--max-time", "5", url).stdout
                   for url in ("http://10.99.0.1:8085/", f"http://{address}/")]
        assert reached[0] == PAGE, "the published port, from outside"
        assert reached[1] == PAGE or engine.kind != "wherryd", "the container's own address, from outside"
    finally:
        engine.namespace.run("ip", "link", "del", "v-out")
        other.delete()


def test_a_port_in_use_is_a_conflict(docker, engine):
    first = serve(docker, "-p", "127.0.0.1:8086:80")
    done = docker("run", "-d", "-p", "127.0.0.1:8086:80", *SERVE)
    assert done.returncode == 125 and "port is already allocated" in done.stderr
    docker.must("rm", "-f", first)


@pytest.mark.parametrize("publish, host, family", [
    ("127.0.0.1:8087:9000/udp", "127.0.0.1", "AF_INET"),
    ("[::1]:8088:9000/udp", "::1", "AF_INET6"),
    ("8089:9000/udp", "127.0.0.1", "AF_INET"),
    ("8090:9000/udp", "::1", "AF_INET6")])
def test_udp_is_published(docker, engine, publish, host, family):
    serve_echo = "import socket\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.bind(('',9000))\n" \
                 "while True: d,a=s.recvfrom(99); s.sendto(b'echo '+d,a)"
    docker.must("run", "-d", "-p", publish, "-v", "/:/host:ro", "busybox",
                "chroot", "/host", "/usr/bin/python3", "-c", serve_echo)
    port = publish.split(":")[-2]
    ask = f"import socket\ns=socket.socket(socket.{family},socket.SOCK_DGRAM)\ns.settimeout(0.3)\n" \
          f"s.connect(('{host}',{port}))\ns.send(b'datagram')\nprint(s.recv(99).decode())"
    wait_for(lambda: engine.namespace.run("python3", "-c", ask).stdout == "echo datagram\n", "the answer arrives")


def test_etc_files_name_the_container(docker):
    said = docker.must("run", "--rm", "--hostname", "box", "--add-host", "other:10.1.2.3", "alpine", "cat", "/etc/hosts")
    assert "\tbox" in said and "10.1.2.3\tother" in said and "127.0.0.1\tlocalhost" in said
    assert docker("run", "--rm", "--dns", "10.9.8.7", "alpine", "cat", "/etc/resolv.conf").stdout.find("10.9.8.7") > 0


def test_network_ls_and_inspect(docker):
    listed = docker.must("network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}}").splitlines()
    assert {"bridge bridge local", "host host local", "none null local"} <= set(listed)
    container = docker.must("run", "-d", "alpine", "sleep", "1000").strip()
    shown = docker.json("network", "inspect", "bridge")[0]
    assert shown["Containers"][container]["IPv4Address"].endswith("/16")
    assert docker("network", "inspect", "no-such-network").returncode == 1


def test_a_binding_publishes_a_port_that_is_exposed_and_no_other(api):
    body = {"Image": "busybox", "Cmd": ["sleep", "1000"], "ExposedPorts": {"80/tcp": {}},
            "HostConfig": {"PortBindings": {"80/tcp": [{}], "81/tcp": [{"HostPort": "8099"}]}}}
    container = api.post("/containers/create", body).json()["Id"]
    assert api.post(f"/containers/{container}/start").status == 204
    shown = api.get(f"/containers/{container}/json").json()
    assert set(shown["NetworkSettings"]["Ports"]) == {"80/tcp"}
    assert shown["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"]
    assert set(shown["HostConfig"]["PortBindings"]) == {"80/tcp", "81/tcp"}
