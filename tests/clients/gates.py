"""What each API version changed in operations that are built: a probe, and what it sees on both sides."""
import json
from dataclasses import dataclass
from typing import Any, Callable
from urllib.parse import quote

from tests.clients.gate_probes import (
    ABSENT, attach_type, bad_condition, bridge_containers, create_status, created, exec_size, exec_type, get_json,
    has, has_one_before, inspected, inspected_network, inspected_of, json_logs, listed_container, logs_type, mount,
    of_bridge, of_host, on_bridge, past_event, pulled_platform, restart_signal, run, sleeper, stats, stop_signal,
    untagged_image, updated, usage_members, wait_answers_at_once, warnings_of)


@dataclass(frozen=True)
class Gate:
    """PROBE sees BELOW on the version before MINOR, and AT on 1.MINOR."""
    minor: int
    name: str
    probe: Callable
    below: Any
    at: Any
    since: int = 0  # engines whose newest version is below this one have no such gate

    @property
    def id(self):
        """The test's name."""
        return f"1.{self.minor}-{self.name}"


MAC = "02:42:ac:11:00:99"
OTHER_MAC = "02:42:ac:11:00:98"
EMPTY_PORT = {**sleeper(PortBindings={"80/tcp": []}), "ExposedPorts": {"80/tcp": {}}}
VOLUME = {"Type": "volume", "Source": "wherry-gate", "Target": "/v"}
DEVICE = [{"Path": "/dev/null", "Rate": 4096}]
IMAGE = "/images/alpine/json"
LIST = "/images/json?filters=" + quote(json.dumps({"reference": ["alpine"]}))
TWO_NETWORKS = {**sleeper(), "NetworkingConfig": {"EndpointsConfig": {"bridge": {}, "other": {}}}}
HEALTH = {**sleeper(), "Healthcheck": {"Test": ["CMD", "true"], "StartInterval": 1_000_000_000}}

GATES = (
    Gate(25, "info-security-options", get_json("/info", lambda found: [one for one in found["SecurityOptions"] if "seccomp" in one]),
         ["seccomp"], ["name=seccomp,profile=builtin"]),
    Gate(28, "networks-list-tells-containers", bridge_containers, True, False),
    Gate(30, "wait-refuses-unknown-condition", bad_condition, 200, 400),
    Gate(30, "wait-answers-at-once", wait_answers_at_once, False, True),
    Gate(32, "pull-heeds-platform", pulled_platform, "pulled", "refused"),
    Gate(40, "ipc-mode-default", created(of_host("IpcMode"), sleeper()), "shareable", "private"),
    Gate(40, "capabilities-refused", create_status(sleeper(Capabilities=["CAP_CHOWN"])), 201, 400, since=52),
    Gate(41, "capabilities-passed-over", create_status(sleeper(Capabilities=["CAP_CHOWN"])), 400, 201, since=52),
    Gate(41, "create-heeds-platform", create_status(sleeper(), "?platform=linux/arm64"), 201, 404),
    Gate(41, "stats-heed-one-shot", stats(has_one_before, "stream=0&one-shot=1"), True, False),
    Gate(42, "console-size-kept", created(of_host("ConsoleSize"), sleeper(ConsoleSize=[30, 90])), [0, 0], [30, 90]),
    Gate(42, "volume-options-on-a-tmpfs-refused",
         create_status(sleeper(Mounts=[{"Type": "tmpfs", "Target": "/t", "VolumeOptions": {"NoCopy": True}}])), 201, 400),
    Gate(42, "tmpfs-options-on-a-bind-refused", create_status(mount(TmpfsOptions={"SizeBytes": 4096})), 201, 400),
    Gate(42, "info-kernel-memory", get_json("/info", has("KernelMemory")), True, False),
    Gate(42, "logs-say-that-they-are-multiplexed", logs_type, "raw-stream", "multiplexed-stream"),
    Gate(42, "stop-heeds-signal", stop_signal, 8, 7),
    Gate(42, "restart-heeds-signal", restart_signal, "term", "usr1"),
    Gate(42, "attach-says-that-it-is-multiplexed", attach_type, "raw-stream", "multiplexed-stream"),
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
    Gate(44, "read-only-binds-recursive",
         created(lambda shown: shown["HostConfig"]["Mounts"][0]["BindOptions"].get("ReadOnlyNonRecursive", False),
                 mount(ReadOnly=True, BindOptions={"Propagation": "rprivate"})), True, False),
    Gate(44, "mac-address-of-the-endpoint", created(of_bridge("MacAddress"), on_bridge(MacAddress=MAC)), "", MAC),
    Gate(44, "mac-address-without-a-network", create_status({**sleeper(NetworkMode="none"), "MacAddress": MAC}), 400, 201),
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
    Gate(44, "mac-address-belongs-to-the-endpoint", warnings_of({**sleeper(), "MacAddress": MAC}), 0, 1),
    Gate(45, "volume-subpath", warnings_of(sleeper(Mounts=[{**VOLUME, "VolumeOptions": {"Subpath": "a"}}])), 400, 0),
    Gate(48, "gateway-priority", created(of_bridge("GwPriority"), on_bridge(GwPriority=5)), 0, 5),
    Gate(48, "image-mounts", create_status(mount(Type="image", Source="alpine")), 400, 201),
    Gate(48, "volume-driver-beside-mounts", warnings_of(sleeper(VolumeDriver="local", Mounts=[VOLUME])), 0, 1),
    Gate(48, "sysctl-of-an-interface", warnings_of(sleeper(Sysctls={"net.ipv4.conf.eth0.log_martians": "1"})), 1, 500),
    Gate(52, "mac-address-of-the-container-ignored", warnings_of({**sleeper(), "MacAddress": MAC}), 1, 0),
    Gate(52, "storage-in-place-of-graph-driver", inspected(lambda shown: ("GraphDriver" in shown, "Storage" in shown)),
         (True, False), (False, True)),
    Gate(52, "mac-addresses-of-both-kinds", create_status({**on_bridge(MacAddress=OTHER_MAC), "MacAddress": MAC}), 400, 201),
    Gate(52, "mac-address-in-config",
         inspected_of(on_bridge(MacAddress=MAC), lambda shown: shown["Config"].get("MacAddress", ABSENT)), MAC, ABSENT),
    Gate(52, "empty-port-bindings-warned-of", warnings_of(EMPTY_PORT), 0, 1),
    Gate(52, "empty-port-bindings-filled", created(lambda shown: len(shown["HostConfig"]["PortBindings"]["80/tcp"]), EMPTY_PORT), 0, 1),
    Gate(54, "logs-in-json", json_logs, ("vnd.docker.multiplexed-stream", ABSENT),
         ("jsonl", [("stderr", "err\n"), ("stdout", "out\n")])),
    Gate(54, "logs-refuse-another-format",
         lambda api, newest: api.get(f"/containers/{run(newest, 'true')}/logs?stdout=1&format=xml").status, 200, 400),
    *(Gate(55, f"update-{name}", updated(name, **{name: DEVICE}), ABSENT, DEVICE)
      for name in ("BlkioDeviceReadBps", "BlkioDeviceWriteBps", "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps")),
    Gate(52, "network-settings-top-level", inspected_network, True, False),
)
