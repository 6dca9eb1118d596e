"""What create asks for is what a container gets: looked at from inside, and in the host's /proc and control groups."""
import json
import os
import subprocess

import pytest

from tests.support.containers import create, inspect, logs, run, start, started, wait_state
from tests.support.waiting import wait_for

pytestmark = pytest.mark.usefixtures("alpine", "clean")


def cgroup_file(api, container, v1, v2):
    """The text of a container's control group file: V1 is "controller/file", V2 a file."""
    pid = inspect(api, container)["State"]["Pid"]
    groups = [line.split(":", 2) for line in open(f"/proc/{pid}/cgroup", encoding="ascii").read().splitlines()]
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        folder = "/sys/fs/cgroup" + next(path for _, names, path in groups if not names)
        return open(f"{folder}/{v2}", encoding="ascii").read().strip()
    controller, file = v1.split("/")
    path = next(path for _, names, path in groups if controller in names.split(","))
    return open(f"/sys/fs/cgroup/{controller}{path}/{file}", encoding="ascii").read().strip()


@pytest.mark.parametrize("host, v1, v2, value", [
    ({"Memory": 64 << 20}, "memory/memory.limit_in_bytes", "memory.max", str(64 << 20)),
    ({"Memory": 64 << 20}, "memory/memory.memsw.limit_in_bytes", "memory.swap.max", None),
    ({"MemoryReservation": 32 << 20}, "memory/memory.soft_limit_in_bytes", "memory.low", str(32 << 20)),
    ({"CpuShares": 512}, "cpu/cpu.shares", "cpu.weight", None),
    ({"CpuQuota": 20000, "CpuPeriod": 50000}, "cpu/cpu.cfs_quota_us", "cpu.max", None),
    ({"NanoCpus": 500_000_000}, "cpu/cpu.cfs_quota_us", "cpu.max", None),
    ({"CpusetCpus": "0"}, "cpuset/cpuset.cpus", "cpuset.cpus", "0"),
    ({"PidsLimit": 55}, "pids/pids.max", "pids.max", "55")], ids=str)
def test_limits_are_in_the_control_group(api, host, v1, v2, value):
    expected = {"memory/memory.memsw.limit_in_bytes": str(128 << 20), "cpu/cpu.shares": "512"}.get(v1, value)
    if v1 == "cpu/cpu.cfs_quota_us":
        expected = "20000" if "CpuQuota" in host else "50000"
    if os.path.exists("/sys/fs/cgroup/cgroup.controllers"):
        expected = {"memory.swap.max": str(64 << 20), "cpu.weight": "20",
                    "cpu.max": "20000 50000" if "CpuQuota" in host else "50000 100000"}.get(v2, value)
    container = started(api, host)
    if v1.startswith("memory/memory.memsw") and not api.get("/info").json()["SwapLimit"]:
        pytest.skip("this machine does not limit swap")
    assert cgroup_file(api, container, v1, v2) == expected


def test_block_devices_are_limited(api):
    disk = next((name for name in ("vda", "sda", "nvme0n1", "xvda") if os.path.exists(f"/dev/{name}")), None)
    if not disk:
        pytest.skip("this machine has no disk of its own")
    container = started(api, {"BlkioDeviceReadBps": [{"Path": f"/dev/{disk}", "Rate": 1 << 20}]})
    facts = os.stat(f"/dev/{disk}").st_rdev
    told = cgroup_file(api, container, "blkio/blkio.throttle.read_bps_device", "io.max")
    assert told.startswith(f"{os.major(facts)}:{os.minor(facts)} ") and str(1 << 20) in told


@pytest.mark.parametrize("script, said, host", [
    ("ulimit -n; ulimit -H -n", "100\n200\n", {"Ulimits": [{"Name": "nofile", "Soft": 100, "Hard": 200}]}),
    ("ulimit -c", "0\n", {"Ulimits": [{"Name": "core", "Soft": 0, "Hard": 0}]}),
    ("df -k /dev/shm | tail -1 | awk '{print $2}'", "2048\n", {"ShmSize": 2 << 20}),
    ("cat /proc/self/oom_score_adj", "300\n", {"OomScoreAdj": 300}),
    ("cat /proc/sys/net/core/somaxconn", "777\n", {"Sysctls": {"net.core.somaxconn": "777"}}),
    ("cat /proc/sys/kernel/msgmax", "9000\n", {"Sysctls": {"kernel.msgmax": "9000"}}),
    ("cat /proc/sys/net/ipv4/ip_unprivileged_port_start", "0\n", {}),
    ("grep Groups /proc/self/status | grep -o 1234", "1234\n", {"GroupAdd": ["1234"]}),
    ("grep NoNewPrivs /proc/self/status", "NoNewPrivs:\t1\n", {"SecurityOpt": ["no-new-privileges"]}),
    ("grep Seccomp: /proc/self/status", "Seccomp:\t0\n", {"SecurityOpt": ["seccomp=unconfined"]}),
    ("grep Seccomp: /proc/self/status", "Seccomp:\t2\n", {"SecurityOpt": ['seccomp={"defaultAction":"SCMP_ACT_ALLOW","syscalls":'
                                                                         '[{"names":["mkdirat"],"action":"SCMP_ACT_ERRNO"}]}']}),
    ("grep one /etc/hosts", "1.2.3.4\tone\n", {"ExtraHosts": ["one:1.2.3.4"]}),
    ("grep '^[a-z]' /etc/resolv.conf", "nameserver 9.9.9.9\nsearch example.org\noptions ndots:3\n",
     {"Dns": ["9.9.9.9"], "DnsSearch": ["example.org"], "DnsOptions": ["ndots:3"]}),
    ("stat -c %a /t; stat -f -c %T /t; df -k /t | tail -1 | awk '{print $2}'", "700\ntmpfs\n1024\n",
     {"Tmpfs": {"/t": "size=1m,mode=0700"}}),
    ("stat -c %a /t; df -k /t | tail -1 | awk '{print $2}'", "750\n1024\n",
     {"Mounts": [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1 << 20, "Mode": 0o750}}]}),
    ("ls /dev/shm 2>&1", "ls: /dev/shm: No such file or directory\n", {"IpcMode": "none"}),
    ("cat /etc/passwd | wc -c", "0\n", {"MaskedPaths": ["/etc/passwd"]}),
    ("touch /etc/new 2>&1; touch /tmp/new", "touch: /etc/new: Read-only file system\n", {"ReadonlyPaths": ["/etc"]}),
    ("cat /proc/1/comm", "docker-init\n", {"Init": True}),
], ids=lambda value: str(value)[:60] if isinstance(value, dict) else None)
def test_settings_inside(api, engine, script, said, host):
    if "Init" in host and engine.kind == "wherryd":
        said = "|".join(("docker-init\n", "tini\n", "init\n"))
        assert run(api, script, host) in said
        return
    assert run(api, script, host) == said


def test_names_of_the_host(api):
    assert run(api, "hostname; cat /proc/sys/kernel/domainname; tail -1 /etc/hosts | cut -f2",
               Hostname="web", Domainname="example.org") == "web\nexample.org\nweb.example.org web\n"
    assert run(api, "hostname", {"UTSMode": "host"}) == os.uname().nodename + "\n"


def test_host_gateway_is_the_bridge(api):
    gateway = next(entry["Gateway"] for entry in api.get("/networks/bridge").json()["IPAM"]["Config"])
    assert run(api, "grep up /etc/hosts", {"ExtraHosts": ["up:host-gateway"]}) == f"{gateway}\tup\n"


def test_limits_that_cannot_be_raised_are_clamped_with_a_warning(api, engine):
    if engine.kind != "wherryd":
        pytest.skip("a real dockerd fails instead")
    highest = int(subprocess.run(["sh", "-c", "ulimit -H -n"], capture_output=True, text=True, check=True).stdout)
    effective = int(next(line for line in open("/proc/self/status", encoding="ascii") if line.startswith("CapEff")).split()[1], 16)
    if effective >> 24 & 1:
        pytest.skip("this machine can raise its limits")
    answer = api.post("/containers/create?name=clamped", {
        "Image": "alpine", "Cmd": ["sh", "-c", "ulimit -H -n; cat /proc/self/oom_score_adj"],
        "HostConfig": {"OomScoreAdj": -900, "Ulimits": [{"Name": "nofile", "Soft": 1024, "Hard": highest * 2}]}})
    assert answer.status == 201 and len(answer.json()["Warnings"]) == 2, answer.body
    start(api, "clamped")
    api.post("/containers/clamped/wait")
    assert logs(api, "clamped").splitlines()[0] == str(highest)


# Devices -----------------------------------------------------------------------------------------

def test_a_device_is_given_and_allowed(api):
    device = {"PathOnHost": "/dev/full", "PathInContainer": "/dev/own", "CgroupPermissions": "r"}
    said = run(api, "stat -c '%t:%T' /dev/own; head -c 3 /dev/own | wc -c; echo 2> /dev/null > /dev/own || echo refused",
               {"Devices": [device]})
    assert said == "1:7\n3\nrefused\n"


def test_a_folder_of_devices_is_given(api):
    if not os.path.exists("/dev/net/tun"):
        pytest.skip("no /dev/net here")
    device = {"PathOnHost": "/dev/net", "PathInContainer": "/dev/nets", "CgroupPermissions": "rwm"}
    assert run(api, "ls /dev/nets; stat -c '%t:%T' /dev/nets/tun", {"Devices": [device]}) == "tun\na:c8\n"


def test_rules_allow_what_is_made_inside(api):
    script = "mknod /own c 1 7 && head -c 1 /own | wc -c; mknod /mem c 1 1 && head -c 1 /mem 2>&1 | head -1"
    said = run(api, script, {"DeviceCgroupRules": ["c 1:7 rmw"]}).splitlines()
    assert said[0] == "1" and "not permitted" in said[1]


def test_privileged_has_the_host_s_devices(api):
    ours = {name for name in os.listdir("/dev") if os.path.exists(f"/dev/{name}") and not os.path.islink(f"/dev/{name}")
            and not os.path.isdir(f"/dev/{name}")} - {"console"}
    assert ours <= set(run(api, "ls /dev", {"Privileged": True}).split())
    assert run(api, "grep Seccomp: /proc/self/status; touch /proc/sys/kernel/x 2>&1 | grep -c Read-only; mount | grep -c 'sysfs (rw'",
               {"Privileged": True}) == "Seccomp:\t0\n0\n1\n"


@pytest.fixture
def cdi_file(engine, tmp_path):
    """Writes a specification into /var/run/cdi, and takes it away."""
    if engine.kind == "running":
        pytest.skip("not on somebody else's engine")
    folder, name = "/var/run/cdi", f"wherry-test-{os.getpid()}"
    made = not os.path.isdir(folder)
    os.makedirs(folder, exist_ok=True)
    written = []

    def write(text, kind):
        path = f"{folder}/{name}.{kind}"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        written.append(path)
    yield write
    for path in written:
        os.unlink(path)
    if made:
        os.rmdir(folder)


CDI_YAML = """\
# what a vendor's tool writes
cdiVersion: 0.5.0
containerEdits:
  env:
  - WHERRY_ALL=yes
devices:
- containerEdits:
    deviceNodes:
    - path: /dev/test-one
      hostPath: /dev/full
    mounts:
    - containerPath: /cdi
      hostPath: /srv
      options: [ro, nosuid, rbind]
    env:
    - "WHERRY_ONE=1"
  name: "0"
kind: wherry.test/thing
"""


@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_cdi_devices_bring_what_their_specification_says(api, cdi_file, kind):
    text = CDI_YAML
    if kind == "json":
        text = json.dumps({"cdiVersion": "0.5.0", "kind": "wherry.test/thing", "containerEdits": {"env": ["WHERRY_ALL=yes"]},
                           "devices": [{"name": "0", "containerEdits": {
                               "deviceNodes": [{"path": "/dev/test-one", "hostPath": "/dev/full"}],
                               "mounts": [{"containerPath": "/cdi", "hostPath": "/srv", "options": ["ro", "nosuid", "rbind"]}],
                               "env": ["WHERRY_ONE=1"]}}]})
    cdi_file(text, kind)
    said = run(api, "stat -c '%t:%T' /dev/test-one; head -c 2 /dev/test-one | wc -c; echo $WHERRY_ALL $WHERRY_ONE; "
                    "grep -c ' /cdi ' /proc/mounts",
               {"DeviceRequests": [{"Driver": "cdi", "DeviceIDs": ["wherry.test/thing=0"]}]})
    assert said == "1:7\n2\nyes 1\n1\n"


# Namespaces of others ----------------------------------------------------------------------------

def test_the_network_of_another_container(api):
    donor = started(api, name="donor", Hostname="given")
    address = inspect(api, donor)["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
    joined = started(api, {"NetworkMode": "container:donor"}, name="joined",
                     command=("sh", "-c", "hostname; ip -4 addr show eth0 | grep -o 'inet [0-9.]*'; grep given /etc/hosts; sleep 100"))
    wait_for(lambda: logs(api, joined).count("\n") == 3, "three lines")
    assert logs(api, joined).splitlines() == ["given", f"inet {address}", f"{address}\tgiven"]
    shown = inspect(api, joined)
    assert shown["HostConfig"]["NetworkMode"] == f"container:{donor}"
    assert shown["Config"]["Hostname"] == "given" and shown["NetworkSettings"]["Networks"] == {}
    assert shown["HostsPath"] == inspect(api, donor)["HostsPath"]
    pids = [inspect(api, one)["State"]["Pid"] for one in (donor, joined)]
    assert len({os.readlink(f"/proc/{pid}/ns/net") for pid in pids}) == 1


def test_a_network_outlives_its_owner_while_it_is_joined(api):
    donor = started(api)
    joined = started(api, {"NetworkMode": f"container:{donor}"})
    api.delete(f"/containers/{donor}?force=1")
    assert wait_state(api, joined, "running")
    assert api.post(f"/containers/{joined}/kill").status == 204


def test_the_processes_of_another_container(api):
    donor = started(api)
    joined = started(api, {"PidMode": f"container:{donor}"}, command=("sleep", "1234"))
    pids = [inspect(api, one)["State"]["Pid"] for one in (donor, joined)]
    assert len({os.readlink(f"/proc/{pid}/ns/pid") for pid in pids}) == 1
    assert api.post(f"/containers/{joined}/kill").status == 204
    wait_state(api, joined, "exited")
    assert inspect(api, donor)["State"]["Running"]


def test_shareable_memory_is_shared(api):
    donor = started(api, {"IpcMode": "shareable", "ShmSize": 4 << 20}, command=("sh", "-c", "echo common > /dev/shm/f; sleep 100"))
    private = started(api)
    refused = create(api, {"IpcMode": f"container:{private}"})
    answer = api.post(f"/containers/{refused}/start")
    assert answer.status == 400 and "non-shareable IPC (hint: use IpcMode:shareable" in answer.message()
    said = run(api, "until test -s /dev/shm/f; do sleep 0.05; done; cat /dev/shm/f; df -k /dev/shm | tail -1 | awk '{print $2}'",
               {"IpcMode": f"container:{donor}"})
    assert said == "common\n4096\n"
    pids = inspect(api, donor)["State"]["Pid"]
    assert os.readlink(f"/proc/{pids}/ns/ipc") != os.readlink("/proc/self/ns/ipc")


@pytest.mark.parametrize("mode, kind", [("IpcMode", "ipc"), ("PidMode", "pid"), ("UTSMode", "uts")])
def test_the_host_s_namespaces(api, mode, kind):
    container = started(api, {mode: "host"})
    pid = inspect(api, container)["State"]["Pid"]
    assert os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}")


def test_a_control_group_of_its_own(api):
    container = started(api, {"CgroupnsMode": "private"})
    pid = inspect(api, container)["State"]["Pid"]
    assert os.readlink(f"/proc/{pid}/ns/cgroup") != os.readlink("/proc/self/ns/cgroup")


def test_cgroup_parent(api):
    container = started(api, {"CgroupParent": "/wherry-test-parent"})
    pid = inspect(api, container)["State"]["Pid"]
    assert f"/wherry-test-parent/{container}" in open(f"/proc/{pid}/cgroup", encoding="ascii").read()
    api.delete(f"/containers/{container}?force=1")
    for root, folders, _ in os.walk("/sys/fs/cgroup"):
        if "wherry-test-parent" in folders:
            wait_for(lambda folder=f"{root}/wherry-test-parent": not os.listdir(folder) or all(
                not os.path.isdir(f"{folder}/{name}") for name in os.listdir(folder)), "the group is empty")
            os.rmdir(f"{root}/wherry-test-parent")


# Links -------------------------------------------------------------------------------------------

def test_links_give_names_and_variables(api):
    child = started(api, name="child", Env=["FOO=bar"], ExposedPorts={"80/tcp": {}, "81/udp": {}})
    address = inspect(api, child)["NetworkSettings"]["Networks"]["bridge"]["IPAddress"]
    parent = create(api, {"Links": ["child:db"]}, name="parent", command=("sh", "-c", "env | grep ^DB_ | sort; grep 'child$' /etc/hosts"))
    assert inspect(api, parent)["HostConfig"]["Links"] == ["/child:/parent/db"]
    names = {entry["Id"]: entry["Names"] for entry in api.get("/containers/json?all=1").json()}
    assert names[child] == ["/child", "/parent/db"]
    assert inspect(api, "parent/db")["Id"] == child
    start(api, parent)
    api.post(f"/containers/{parent}/wait")
    assert logs(api, parent).splitlines() == [
        "DB_ENV_FOO=bar", "DB_NAME=/parent/db", f"DB_PORT=tcp://{address}:80", f"DB_PORT_80_TCP=tcp://{address}:80",
        f"DB_PORT_80_TCP_ADDR={address}", "DB_PORT_80_TCP_PORT=80", "DB_PORT_80_TCP_PROTO=tcp",
        f"DB_PORT_81_UDP=udp://{address}:81", f"DB_PORT_81_UDP_ADDR={address}", "DB_PORT_81_UDP_PORT=81",
        "DB_PORT_81_UDP_PROTO=udp", f"{address}\tdb {child[:12]} child"]
    assert api.delete("/containers/parent/nope?link=1").status == 404
    assert api.delete("/containers/parent/db?link=1").status == 204
    assert inspect(api, parent)["HostConfig"]["Links"] is None
    answer = api.delete("/containers/child?link=1")
    assert (answer.status, answer.message()) == (500, "Conflict, cannot remove the default link name of the container")


def test_a_link_wants_a_running_container(api):
    create(api, name="child")
    create(api, {"Links": ["child:db"]}, name="parent")
    answer = api.post("/containers/parent/start")
    assert (answer.status, answer.message()) == (500, "Cannot link to a non running container: /child AS /parent/db")


# Runtimes ----------------------------------------------------------------------------------------

def test_another_runtime(api, engine):
    if engine.kind != "wherryd" or "runc" not in api.get("/info").json()["Runtimes"]:
        pytest.skip("no runc here")
    assert run(api, "echo by runc; exit 3", {"Runtime": "runc"}) == "by runc\n"
    container = started(api, {"Runtime": "runc", "Memory": 64 << 20})
    assert inspect(api, container)["HostConfig"]["Runtime"] == "runc"
    assert api.post(f"/containers/{container}/pause").status == 204
    assert api.post(f"/containers/{container}/unpause").status == 204
    assert api.post(f"/containers/{container}/stop?t=0").status == 204


def test_annotations_reach_the_runtime(api):
    container = create(api, {"Annotations": {"org.example": "value"}})
    assert inspect(api, container)["HostConfig"]["Annotations"] == {"org.example": "value"}
