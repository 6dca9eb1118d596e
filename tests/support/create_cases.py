"""Create requests that are refused, at once or at the start: what the reference answers.

Each case holds on both engines: tests/clients asks the engine under test, tests/differential a real dockerd.
"""
import re
from dataclasses import dataclass, field

BIND = {"Type": "bind", "Source": "/srv", "Target": "/x"}
OTHER = "other"  # a container that was created and does not run


@dataclass(frozen=True)
class Case:
    """A create request: HOST and CONFIG. STATUS and TEXT are of the create, or of the start if that is told."""
    status: int
    text: str
    host: dict = field(default_factory=dict)
    config: dict = field(default_factory=dict)
    at_start: bool = False

    @property
    def id(self):
        """The test's name."""
        return str({**self.host, **self.config})[:90]


def host(status, text, **members):
    """A refusal of HostConfig."""
    return Case(status, text, members)


def mount(status, text, **members):
    """A refusal of a mount."""
    return Case(status, text, {"Mounts": [members]})


def late(status, text, **members):
    """A container that is created, and refused when it starts."""
    return Case(status, text, members, at_start=True)


def invalid(kind, text):
    """The reference's text for a mount of a kind."""
    return f'invalid mount config for type "{kind}": {text}'


RUNTIME = "failed to create task for container: failed to create shim task: OCI runtime create failed: RUNTIME create failed: "
OPTIONS_CONFLICT = "mount options conflict: "

LIMITS = [
    host(400, "Minimum memory limit allowed is 6MB", Memory=5),
    host(400, "Minimum memory limit allowed is 6MB", Memory=-1),
    host(400, "Minimum memoryswap limit should be larger than memory limit, see usage", Memory=10**7, MemorySwap=5),
    host(400, "You should always set the Memory limit when using Memoryswap limit, see usage", MemorySwap=10**7),
    host(400, "Minimum memory limit can not be less than memory reservation limit, see usage",
         Memory=10**7, MemoryReservation=10**8),
    host(400, "Minimum memory reservation allowed is 6MB", MemoryReservation=5),
    host(400, "Invalid value: 101, valid memory swappiness range is 0-100", MemorySwappiness=101),
    host(400, "invalid CPU shares (-1): value must be a positive integer", CpuShares=-1),
    host(400, "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)", CpuPeriod=5),
    host(400, "CPU cfs quota can not be less than 1ms (i.e. 1000)", CpuQuota=5),
    host(400, "Conflicting options: Nano CPUs and CPU Period cannot both be set", NanoCpus=10**8, CpuPeriod=10000),
    host(400, "Conflicting options: Nano CPUs and CPU Quota cannot both be set", NanoCpus=10**8, CpuQuota=10000),
    host(400, "cpu real-time runtime cannot be higher than cpu real-time period", CpuRealtimePeriod=100, CpuRealtimeRuntime=200),
    host(400, "Invalid value x for cpuset cpus: invalid format: x", CpusetCpus="x"),
    host(400, "Invalid value 0- for cpuset cpus: invalid format: 0-", CpusetCpus="0-"),
    host(400, "Invalid value x for cpuset mems: invalid format: x", CpusetMems="x"),
    host(400, "Invalid value 1001, range for oom score adj is [-1000, 1000]", OomScoreAdj=1001),
    host(400, "SHM size can not be less than 0", ShmSize=-1),
    late(500, "stat /dev/nope: no such file or directory", BlkioDeviceReadBps=[{"Path": "/dev/nope", "Rate": 300}]),
]

DEVICES = [
    late(500, 'error gathering device information while adding custom device "/dev/nope": no such file or directory',
         Devices=[{"PathOnHost": "/dev/nope", "PathInContainer": "/dev/x", "CgroupPermissions": "rwm"}]),
    late(500, 'error gathering device information while adding custom device "/etc/hostname": not a device node',
         Devices=[{"PathOnHost": "/etc/hostname", "PathInContainer": "/dev/x", "CgroupPermissions": "rwm"}]),
    late(500, "invalid device cgroup rule format: 'c 1:2'", DeviceCgroupRules=["c 1:2"]),
    late(500, 'could not select device driver "" with capabilities: [[gpu]]',
         DeviceRequests=[{"Count": -1, "Capabilities": [["gpu"]]}]),
    late(500, 'could not select device driver "nvidia" with capabilities: [[gpu]]',
         DeviceRequests=[{"Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]]}]),
    late(500, 'could not select device driver "nope" with capabilities: []', DeviceRequests=[{"Driver": "nope"}]),
    late(500, "CDI device injection failed: unresolvable CDI devices vendor.com/dev=x",
         DeviceRequests=[{"Driver": "cdi", "DeviceIDs": ["vendor.com/dev=x"]}]),
]

MOUNTS = [
    mount(400, invalid("bind", "bind source path does not exist: /nope"), Type="bind", Source="/nope", Target="/x"),
    mount(400, invalid("bind", "invalid propagation mode: bad"), **BIND, BindOptions={"Propagation": "bad"}),
    mount(400, invalid("bind", "invalid mount path: 'x' mount path must be absolute"), Type="bind", Source="/srv", Target="x"),
    mount(400, invalid("bind", "invalid mount path: 'srv' mount path must be absolute"), Type="bind", Source="srv", Target="/x"),
    mount(400, invalid("bind", "field Source must not be empty"), Type="bind", Target="/x"),
    mount(400, invalid("bind", "field Target must not be empty"), Type="bind", Source="/srv"),
    mount(400, invalid("bind", "invalid specification: destination can't be '/'"), Type="bind", Source="/srv", Target="/"),
    mount(400, 'VolumeOptions must not be specified on mount type "bind"', **BIND, VolumeOptions={}),
    mount(400, 'TmpfsOptions must not be specified on mount type "bind"', **BIND, TmpfsOptions={}),
    mount(400, invalid("bind", "field ImageOptions must not be specified"), **BIND, ImageOptions={}),
    mount(400, invalid("volume", "subpath must be a relative path within the volume"),
          Type="volume", Source="vol", Target="/x", VolumeOptions={"Subpath": "/a"}),
    mount(400, invalid("volume", "subpath must be a relative path within the volume"),
          Type="volume", Source="vol", Target="/x", VolumeOptions={"Subpath": "../a"}),
    mount(400, invalid("volume", "must not set Subpath when using anonymous volumes"),
          Type="volume", Target="/x", VolumeOptions={"Subpath": "a"}),
    mount(404, 'create vol: error looking up volume plugin nope: plugin "nope" not found',
          Type="volume", Source="vol", Target="/x", VolumeOptions={"DriverConfig": {"Name": "nope"}}),
    mount(400, invalid("tmpfs", "field Source must not be specified"), Type="tmpfs", Source="a", Target="/x"),
    mount(400, invalid("tmpfs", "invalid option: uid"), Type="tmpfs", Target="/x", TmpfsOptions={"Options": [["uid", "5"]]}),
    mount(400, invalid("tmpfs", "invalid option array length"), Type="tmpfs", Target="/x",
          TmpfsOptions={"Options": [["a", "b", "c"]]}),
    mount(404, "No such image: nope:latest", Type="image", Source="nope", Target="/x"),
    mount(400, invalid("image", "field Source must not be empty"), Type="image", Target="/x"),
    mount(400, invalid("image", "subpath must be a relative path within the volume"), Type="image", Source="alpine",
          Target="/x", ImageOptions={"Subpath": "/etc"}),
    mount(400, invalid("npipe", "mount type unknown"), Type="npipe", Source="a", Target="/x"),
    host(400, "Duplicate mount point: /x/", Mounts=[{"Type": "tmpfs", "Target": "/x"}, {"Type": "tmpfs", "Target": "/x/"}]),
    host(400, "Duplicate mount point: /x", Binds=["/srv:/x", "/srv:/x"]),
    host(400, "Duplicate mount point: /x", Binds=["/srv:/x"], Tmpfs={"/x": ""}),
    host(400, "invalid mount path: 'x' mount path must be absolute", Tmpfs={"x": ""}),
    host(400, "invalid specification: destination can't be '/'", Tmpfs={"/": ""}),
    late(500, 'invalid tmpfs option "nope"', Tmpfs={"/x": "nope"}),
    host(500, "invalid volume specification: '/srv:x': " + invalid("bind", "invalid mount path: 'x' mount path must be absolute"),
         Binds=["/srv:x"]),
    host(500, "invalid mode: bad", Binds=["/srv:/x:bad"]),
    host(500, "invalid mode: ro,rw", Binds=["/srv:/x:ro,rw"]),
    host(500, "invalid mode: copy", Binds=["vol:/x:copy"]),
    host(500, "invalid volume specification: 'vol:/x:rshared': " + invalid("volume", "field BindOptions must not be specified"),
         Binds=["vol:/x:rshared"]),
    host(500, "invalid volume specification: '/srv:/x:nocopy': " + invalid("bind", "field VolumeOptions must not be specified"),
         Binds=["/srv:/x:nocopy"]),
    host(500, "invalid volume specification: ':/x'", Binds=[":/x"]),
    host(500, "invalid volume specification: '/srv:/x:ro:z'", Binds=["/srv:/x:ro:z"]),
    host(400, "No such container: nope", VolumesFrom=["nope"]),
    host(400, "invalid mode: bad", VolumesFrom=["nope:bad"]),
    host(400, "volumes-from specification cannot be an empty string", VolumesFrom=[""]),
    host(404, 'create vol: error looking up volume plugin nope: plugin "nope" not found', VolumeDriver="nope", Binds=["vol:/x"]),
    *[late(500, OPTIONS_CONFLICT + what, Mounts=[{**BIND, "ReadOnly": only, "BindOptions": options}]) for what, only, options in (
        ("ReadOnlyNonRecursive && BindOptions.ReadOnlyForceRecursive", True,
         {"ReadOnlyNonRecursive": True, "ReadOnlyForceRecursive": True}),
        ("!ReadOnly && BindOptions.ReadOnlyNonRecursive", False, {"ReadOnlyNonRecursive": True}),
        ("!ReadOnly && BindOptions.ReadOnlyForceRecursive", False, {"ReadOnlyForceRecursive": True}))],
]

MODES = [
    host(400, "No such container: nope", IpcMode="container:nope"),
    host(400, "No such container: nope", PidMode="container:nope"),
    host(400, "invalid network mode: invalid container format container:<name|id>", NetworkMode="container:"),
    late(500, "joining network namespace of container: No such container: nope", NetworkMode="container:nope"),
    late(409, "cannot join network namespace of a non running container: container other is created",
         NetworkMode=f"container:{OTHER}"),
    late(409, "failed to join IPC namespace: container OTHER_ID is not running", IpcMode=f"container:{OTHER}"),
    late(500, "failed to join PID namespace: container OTHER_ID is not running", PidMode=f"container:{OTHER}"),
    *[Case(400, "conflicting options: " + what, {"NetworkMode": f"container:{OTHER}", **more}, config) for what, more, config in (
        ("port publishing and the container type network mode", {"PortBindings": {"80/tcp": [{}]}}, {}),
        ("port publishing and the container type network mode", {"PublishAllPorts": True}, {}),
        ("hostname and the network mode", {}, {"Hostname": "x"}),
        ("dns and the network mode", {"Dns": ["1.1.1.1"]}, {}),
        ("custom host-to-IP mapping and the network mode", {"ExtraHosts": ["a:1.1.1.1"]}, {}),
        ("port exposing and the container type network mode", {}, {"ExposedPorts": {"80/tcp": {}}}),
        ("container type network can't be used with links. This would result in undefined behavior", {"Links": [OTHER]}, {}))],
    host(400, "conflicting options: host type networking can't be used with links. This would result in undefined behavior",
         NetworkMode="host", Links=[OTHER]),
    Case(400, "conflicting options: hostname and the UTS mode", {"UTSMode": "host"}, {"Hostname": "x"}),
    host(400, "invalid UTS mode: x", UTSMode="x"), host(400, "invalid IPC mode: x", IpcMode="x"),
    host(400, "invalid PID mode: x", PidMode="x"), host(400, "invalid PID mode: container:", PidMode="container:"),
    host(400, "invalid cgroup namespace mode: x", CgroupnsMode="x"),
    host(400, "could not get container for nope: No such container: nope", Links=["nope"]),
    host(500, "bad format for links: other:a:b:c", Links=["other:a:b:c"]),
    host(500, "empty string specified for links", Links=[""]),
    late(500, "failed to set up container networking: network nope not found", NetworkMode="nope"),
]
MODES[-1] = late(404, MODES[-1].text, NetworkMode="nope")

REST = [
    *[host(500, f'invalid --security-opt {number}: "{option}"', SecurityOpt=[option]) for number, option in (
        (1, "nope"), (2, "nope=x"), (2, "no-new-privileges=x"), (2, "systempaths=unconfined"), (2, "writable-cgroups=x"))],
    host(400, 'error looking up logging plugin nope: plugin "nope" not found', LogConfig={"Type": "nope"}),
    host(400, "unknown or invalid runtime name: nope", Runtime="nope"),
    host(500, "--storage-opt is supported only for overlay over xfs with 'pquota' mount option", StorageOpt={"size": "1g"}),
    host(500, "Unknown option nope", StorageOpt={"nope": "1g"}),
    host(400, 'bad format for add-host: "a"', ExtraHosts=["a"]),
    host(400, 'invalid IP address in add-host: "b"', ExtraHosts=["a:b"]),
    host(400, 'bad format for add-host: ":1.1.1.1"', ExtraHosts=[":1.1.1.1"]),
    host(400, "invalid restart policy: unknown policy 'x'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
         RestartPolicy={"Name": "x"}),
    host(400, "invalid restart policy: maximum retry count can only be used with 'on-failure'",
         RestartPolicy={"Name": "always", "MaximumRetryCount": 3}),
    host(400, "invalid restart policy: maximum retry count cannot be negative",
         RestartPolicy={"Name": "on-failure", "MaximumRetryCount": -1}),
    host(400, "invalid restart policy: maximum retry count can only be used with 'on-failure'",
         RestartPolicy={"Name": "", "MaximumRetryCount": 1}),
    host(400, "invalid restart policy: maximum retry count can only be used with 'on-failure' and cannot be negative",
         RestartPolicy={"Name": "no", "MaximumRetryCount": -1}),
    host(400, "can't create 'AutoRemove' container with restart policy", RestartPolicy={"Name": "always"}, AutoRemove=True),
    host(400, "invalid Annotations: the empty string is not permitted as an annotation key", Annotations={"": "x"}),
    host(400, 'invalid CapAdd: unknown capability: "CAP_NOPE"', CapAdd=["nope"]),
    host(400, "invalid isolation (hyperv): linux only supports 'default'", Isolation="hyperv"),
    late(500, "unable to find group nope: no matching entries in group file", GroupAdd=["nope"]),
    Case(500, "unable to find user nope: no matching entries in passwd file", {}, {"User": "nope"}, at_start=True),
    Case(400, "invalid signal: x", {}, {"StopSignal": "x"}),
    Case(400, "the working directory 'x' is invalid, it needs to be an absolute path", {}, {"WorkingDir": "x"}),
    Case(400, "Interval in Healthcheck cannot be less than 1ms", {}, {"Healthcheck": {"Interval": 5}}),
    *[late(500, RUNTIME + what, Sysctls={name: "1"}, **modes) for what, name, modes in (
        ('sysctl "net.ipv4.ip_forward" not allowed in host network namespace', "net.ipv4.ip_forward", {"NetworkMode": "host"}),
        ('sysctl "kernel.msgmax" is not allowed in the hosts ipc namespace', "kernel.msgmax", {"IpcMode": "host"}),
        ('sysctl "kernel.hostname" is not allowed as it conflicts with the OCI "hostname" field', "kernel.hostname", {}),
        ('sysctl "nope" is not in a separate kernel namespace', "nope", {}))],
]

CASES = [*LIMITS, *DEVICES, *MOUNTS, *MODES, *REST]


def answer(api, case):
    """(status, text) of the request that CASE is about; what was made is gone."""
    other = OTHER
    if OTHER in str(case.host):
        made = api.post(f"/containers/create?name={OTHER}", {"Image": "alpine", "Cmd": ["sleep", "1000"]})
        assert made.status == 201, made.body
        other = made.json()["Id"]
    try:
        body = {"Image": "alpine", "Cmd": ["sleep", "1000"], **case.config, "HostConfig": case.host}
        told = api.post("/containers/create?name=case", body)
        if case.at_start and told.status == 201:
            told = api.post("/containers/case/start")
        text = told.message() if told.body and told.status >= 400 else told.body.decode()
        text = re.sub(r"create failed: (runc|crun) create failed", "create failed: RUNTIME create failed", text)
        return told.status, text if other == OTHER else text.replace(other, "OTHER_ID")
    finally:
        for name in ("case", OTHER):
            api.delete(f"/containers/{name}?force=1&v=1")
