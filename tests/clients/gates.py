"""What each API version changed in operations that are built: a probe, and what it sees on both sides."""
import json
import time
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import quote

from tests.support.waiting import wait_for

ABSENT = "absent"


@dataclass(frozen=True)
class Gate:
    """PROBE sees BELOW on the version before MINOR, and AT on 1.MINOR."""
    minor: int
    name: str
    probe: Callable
    below: Any
    at: Any

    @property
    def id(self):
        """The test's name."""
        return f"1.{self.minor}-{self.name}"


def sleeper(**host):
    """The body of a create request with these members of HostConfig."""
    return {"Image": "alpine", "Cmd": ["sleep", "1000"], "HostConfig": host}


def created(member, body, query=""):
    """A probe: what inspect on the newest version shows of a created container, or the refusal's status."""
    def probe(api, newest):
        answer = api.post("/containers/create" + query, body)
        if answer.status != 201:
            return answer.status
        shown = newest.get(f"/containers/{answer.json()['Id']}/json").json()
        return member(shown)
    return probe


def create_status(body, query=""):
    """A probe: the status of a create request."""
    return lambda api, newest: api.post("/containers/create" + query, body).status


def get_json(path, member):
    """A probe: MEMBER of the JSON at PATH."""
    return lambda api, newest: member(api.get(path).json())


def has(*names):
    """Whether an object has these members."""
    return lambda value: all(name in value for name in names)


def of_host(name):
    """A member of HostConfig."""
    return lambda shown: shown["HostConfig"].get(name, ABSENT)


def mount(**members):
    """A create body with one mount."""
    return sleeper(Mounts=[{"Target": "/mnt", "Type": "bind", "Source": "/srv", **members}])


def first_mount(member):
    """MEMBER of the first of HostConfig.Mounts, as inspect shows them."""
    return lambda shown: (shown["HostConfig"].get("Mounts") or [{}])[0].get(member) or ABSENT


def run(api, *command):
    """A container that has ended; its id."""
    container = api.post("/containers/create", {"Image": "alpine", "Cmd": list(command)}).json()["Id"]
    api.post(f"/containers/{container}/start")
    api.post(f"/containers/{container}/wait")
    return container


def logs_type(api, newest):
    """The type that logs answer with."""
    answer = api.get(f"/containers/{run(newest, 'echo', 'x')}/logs?stdout=1")
    return answer.headers.get("content-type", ABSENT).rpartition(".")[2]


def bad_condition(api, newest):
    """The status of a wait whose condition is unknown, for a container that has ended."""
    return api.post(f"/containers/{run(newest, 'true')}/wait?condition=nonsense").status


def stop_signal(api, newest):
    """The exit code of a container that is stopped with a signal of the request's choice."""
    script = "trap 'exit 7' USR1; trap 'exit 8' TERM; echo ready; while :; do sleep 0.05; done"
    body = {"Image": "alpine", "Cmd": ["sh", "-c", script]}
    container = newest.post("/containers/create", body).json()["Id"]
    newest.post(f"/containers/{container}/start")
    wait_for(lambda: b"ready" in newest.get(f"/containers/{container}/logs?stdout=1").body, "its traps are set")
    api.post(f"/containers/{container}/stop?signal=SIGUSR1&t=5")
    return newest.get(f"/containers/{container}/json").json()["State"]["ExitCode"]


def pulled_platform(api, newest):
    """The status of a pull for a platform that the image does not have."""
    answer = api.post("/images/create?fromImage=busybox&tag=latest&platform=linux/s390x")
    return "refused" if answer.status != 200 or b'"error"' in answer.body else "pulled"


def listed_container(member):
    """A probe: MEMBER of the list's entry of a container with an annotation."""
    def probe(api, newest):
        newest.post("/containers/create", sleeper(Annotations={"a": "b"}))
        return member(api.get("/containers/json?all=1").json()[0])
    return probe


def untagged_image(api, newest):
    """RepoTags of an image without a tag."""
    tag = "/images/alpine/tag?repo=gate-untagged&tag=x"
    newest.post(tag)
    image = newest.post("/images/create?fromSrc=-&repo=&tag=", b"\0" * 1024, headers={"Content-Type": "application/x-tar"})
    identity = image.lines()[-1]["status"]
    try:
        entry = next(entry for entry in api.get("/images/json?all=1").json() if entry["Id"] == identity)
        return entry["RepoTags"]
    finally:
        newest.delete("/images/gate-untagged:x")
        newest.delete(f"/images/{identity}?force=1")


def bridge_containers(api, newest):
    """Whether the network list tells the containers of the bridge."""
    container = newest.post("/containers/create", sleeper()).json()["Id"]
    newest.post(f"/containers/{container}/start")
    bridge = next(entry for entry in api.get("/networks").json() if entry["Name"] == "bridge")
    return container in (bridge.get("Containers") or {})


def inspected_network(api, newest):
    """Whether a running container's NetworkSettings repeat the bridge's address at their top."""
    container = newest.post("/containers/create", sleeper()).json()["Id"]
    newest.post(f"/containers/{container}/start")
    settings = api.get(f"/containers/{container}/json").json()["NetworkSettings"]
    return settings.get("IPAddress", ABSENT) != ABSENT


def stats(member, query):
    """A probe: MEMBER of one sample of a running container."""
    def probe(api, newest):
        container = newest.post("/containers/create", sleeper()).json()["Id"]
        newest.post(f"/containers/{container}/start")
        return member(api.get(f"/containers/{container}/stats?{query}").json())
    return probe


def has_one_before(sample):
    """Whether a sample tells of the one before it."""
    return not sample["preread"].startswith("0001-")


def exec_in(newest, command, **members):
    """A running container's exec that was created through the API at its newest; (container, body)."""
    container = newest.post("/containers/create", sleeper()).json()["Id"]
    newest.post(f"/containers/{container}/start")
    return container, {"Cmd": command, "AttachStdout": True, **members}


def exec_type(api, newest):
    """The type that a started exec without a terminal answers an upgrade with."""
    container, body = exec_in(newest, ["true"])
    identity = newest.post(f"/containers/{container}/exec", body).json()["Id"]
    head = (f"POST {api.prefix}/exec/{identity}/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{}").encode()
    said = api.exchange(head).partition(b"\r\n\r\n")[0].decode()
    return next(line for line in said.splitlines() if line.startswith("Content-Type")).rpartition(".")[2]


def exec_size(at_create):
    """A probe: the size of an exec's terminal that its creation, or its start, asks for."""
    size = {"ConsoleSize": [31, 97]}
    command = ["sh", "-c", "sleep 0.3; stty size"]  # the size is set while the process already begins

    def probe(api, newest):
        container, body = exec_in(newest, command, Tty=True, **(size if at_create else {}))
        identity = (api if at_create else newest).post(f"/containers/{container}/exec", body).json()["Id"]
        said = (newest if at_create else api).post(f"/exec/{identity}/start", {"Tty": True, **({} if at_create else size)})
        return said.body.strip() == b"31 97"
    return probe


def past_event(api, newest):
    """(content type, the old members) of a create event."""
    container = newest.post("/containers/create", sleeper()).json()["Id"]
    filters = quote(json.dumps({"container": [container]}))
    answer = api.get(f"/events?since=1&until={time.time() + 1:.3f}&filters={filters}")
    event = answer.lines()[0]
    assert (event["Type"], event["Action"], event["Actor"]["ID"]) == ("container", "create", container)
    return answer.headers["content-type"], sorted({"status", "id", "from"} & set(event))


def usage_members(query):
    """A probe: which members of system/df there are, and whether they hold items."""
    def probe(api, newest):
        newest.post("/containers/create", sleeper())
        found = api.get("/system/df" + query).json()
        items = {name for name, part in found.items() if isinstance(part, dict) and "Items" in part}
        return "ImageUsage" in found, "Images" in found, sorted(items)
    return probe


def updated(member, **members):
    """A probe: MEMBER of HostConfig after an update, as inspect on the newest version shows it."""
    def probe(api, newest):
        container = newest.post("/containers/create", sleeper()).json()["Id"]
        assert api.post(f"/containers/{container}/update", members).status == 200
        return newest.get(f"/containers/{container}/json").json()["HostConfig"].get(member) or ABSENT
    return probe


def inspected(member):
    """A probe: MEMBER of a created container's inspect."""
    def probe(api, newest):
        container = newest.post("/containers/create", sleeper()).json()["Id"]
        return member(api.get(f"/containers/{container}/json").json())
    return probe


def warnings_of(body):
    """A probe: how many warnings a create answers with, or the refusal's status."""
    def probe(api, newest):
        answer = api.post("/containers/create", body)
        if answer.status == 201:
            newest.delete(f"/containers/{answer.json()['Id']}")
        newest.delete("/volumes/wherry-gate")
        return len(answer.json()["Warnings"]) if answer.status == 201 else answer.status
    return probe


VOLUME = {"Type": "volume", "Source": "wherry-gate", "Target": "/v"}
DEVICE = [{"Path": "/dev/null", "Rate": 4096}]
IMAGE = "/images/alpine/json"
LIST = "/images/json?filters=" + quote(json.dumps({"reference": ["alpine"]}))
TWO_NETWORKS = {**sleeper(), "NetworkingConfig": {"EndpointsConfig": {"bridge": {}, "other": {}}}}
HEALTH = {**sleeper(), "Healthcheck": {"Test": ["CMD", "true"], "StartInterval": 1_000_000_000}}

GATES = (
    Gate(28, "networks-list-tells-containers", bridge_containers, True, False),
    Gate(30, "wait-refuses-unknown-condition", bad_condition, 200, 400),
    Gate(32, "pull-heeds-platform", pulled_platform, "pulled", "refused"),
    Gate(40, "ipc-mode-default", created(of_host("IpcMode"), sleeper()), "shareable", "private"),
    Gate(41, "create-heeds-platform", create_status(sleeper(), "?platform=linux/arm64"), 201, 404),
    Gate(41, "stats-heed-one-shot", stats(has_one_before, "stream=0&one-shot=1"), True, False),
    Gate(42, "console-size-kept", created(of_host("ConsoleSize"), sleeper(ConsoleSize=[30, 90])), [0, 0], [30, 90]),
    Gate(42, "volume-options-on-a-tmpfs-refused",
         create_status(sleeper(Mounts=[{"Type": "tmpfs", "Target": "/t", "VolumeOptions": {"NoCopy": True}}])), 201, 400),
    Gate(42, "tmpfs-options-on-a-bind-refused", create_status(mount(TmpfsOptions={"SizeBytes": 4096})), 201, 400),
    Gate(42, "info-kernel-memory", get_json("/info", has("KernelMemory")), True, False),
    Gate(42, "logs-say-that-they-are-multiplexed", logs_type, "raw-stream", "multiplexed-stream"),
    Gate(42, "stop-heeds-signal", stop_signal, 8, 7),
    Gate(42, "images-shared-size", get_json(LIST + "&shared-size=1", lambda found: found[0]["SharedSize"] >= 0), False, True),
    Gate(42, "exec-says-that-it-is-multiplexed", exec_type, "raw-stream", "multiplexed-stream"),
    Gate(42, "exec-create-heeds-console-size", exec_size(True), False, True),
    Gate(42, "exec-start-heeds-console-size", exec_size(False), False, True),
    Gate(43, "annotations-kept", created(of_host("Annotations"), sleeper(Annotations={"a": "b"})), ABSENT, {"a": "b"}),
    Gate(43, "untagged-images", untagged_image, ["<none>:<none>"], []),
    Gate(44, "healthcheck-start-interval",
         created(lambda shown: shown["Config"]["Healthcheck"].get("StartInterval", 0), HEALTH), 0, 1_000_000_000),
    Gate(44, "several-endpoints-allowed-at-create", create_status(TWO_NETWORKS), 400, 201),
    Gate(44, "recursive-read-only-can-be-forced",
         create_status(mount(ReadOnly=True, BindOptions={"ReadOnlyForceRecursive": True, "Propagation": "rprivate"})), 400, 201),
    Gate(44, "virtual-size-in-list", get_json(LIST, lambda found: "VirtualSize" in found[0]), True, False),
    Gate(44, "virtual-size-in-inspect", get_json(IMAGE, has("VirtualSize")), True, False),
    Gate(45, "image-container-config", get_json(IMAGE, has("ContainerConfig")), True, False),
    Gate(46, "annotations-in-list", listed_container(lambda entry: "Annotations" in entry["HostConfig"]), False, True),
    Gate(47, "info-nondistributable-artifacts",
         get_json("/info", lambda found: "AllowNondistributableArtifactsCIDRs" in found["RegistryConfig"]), True, False),
    Gate(49, "info-firewall-backend", get_json("/info", has("FirewallBackend")), False, True),
    Gate(49, "info-commit-expected",
         get_json("/info", lambda found: "Expected" in found["RuncCommit"]), True, False),
    Gate(50, "info-bridge-nf", get_json("/info", has("BridgeNfIptables", "BridgeNfIp6tables")), True, False),
    Gate(50, "image-config-zero-members",
         get_json(IMAGE, lambda found: "Hostname" in found["Config"] and "Tty" in found["Config"]), True, False),
    Gate(51, "images-count-containers", get_json(LIST, lambda found: found[0]["Containers"] == -1), True, False),
    Gate(52, "image-config-empty-members", get_json(IMAGE, lambda found: "OnBuild" in found["Config"]), True, False),
    Gate(52, "image-empty-strings", get_json(IMAGE, has("Parent", "Comment", "DockerVersion", "Author")), True, False),
    Gate(52, "container-list-health", listed_container(has("Health")), False, True),
    Gate(52, "stats-name-the-system", stats(lambda sample: sample.get("os_type", ABSENT), "stream=0"), ABSENT, "linux"),
    Gate(42, "usage-heeds-type", lambda api, newest: api.get("/system/df?type=nope").status, 200, 400),
    Gate(42, "usage-of-one-kind", get_json("/system/df?type=volume", lambda found: found["Images"] is None), False, True),
    Gate(44, "virtual-size-in-usage", get_json("/system/df", lambda found: "VirtualSize" in found["Images"][0]), True, False),
    Gate(52, "usage-new-members", usage_members(""), (False, True, []), (True, True, [])),
    Gate(52, "usage-verbose", usage_members("?verbose=1"), (False, True, []),
         (True, False, ["BuildCacheUsage", "ContainerUsage", "ImageUsage", "VolumeUsage"])),
    Gate(52, "events", past_event, ("application/json", ["from", "id", "status"]), ("application/jsonl", [])),
    Gate(40, "update-pids-limit", updated("PidsLimit", PidsLimit=30), ABSENT, 30),
    Gate(40, "binds-not-recursive", created(lambda shown: shown["HostConfig"]["Mounts"][0]["BindOptions"].get("NonRecursive", False),
                                            mount(BindOptions={"NonRecursive": True})), False, True),
    Gate(42, "create-mountpoint", create_status(mount(Source="/srv/wherry-nope", BindOptions={"CreateMountpoint": True})), 400, 201),
    Gate(44, "mac-address-belongs-to-the-endpoint", warnings_of({**sleeper(), "MacAddress": "02:42:ac:11:00:99"}), 0, 1),
    Gate(45, "volume-subpath", warnings_of(sleeper(Mounts=[{**VOLUME, "VolumeOptions": {"Subpath": "a"}}])), 400, 0),
    Gate(48, "image-mounts", create_status(mount(Type="image", Source="alpine")), 400, 201),
    Gate(48, "volume-driver-beside-mounts", warnings_of(sleeper(VolumeDriver="local", Mounts=[VOLUME])), 0, 1),
    Gate(48, "sysctl-of-an-interface", warnings_of(sleeper(Sysctls={"net.ipv4.conf.eth0.log_martians": "1"})), 1, 500),
    Gate(52, "mac-address-of-the-container-ignored", warnings_of({**sleeper(), "MacAddress": "02:42:ac:11:00:99"}), 1, 0),
    Gate(52, "storage-in-place-of-graph-driver", inspected(lambda shown: ("GraphDriver" in shown, "Storage" in shown)),
         (True, False), (False, True)),
    Gate(55, "update-block-devices", updated("BlkioDeviceReadBps", BlkioDeviceReadBps=DEVICE), ABSENT, DEVICE),
    Gate(52, "network-settings-top-level", inspected_network, True, False),
)
