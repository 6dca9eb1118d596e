"""The requests that both engines get, in order; {id} is the container, {image} its image's id."""
from dataclasses import dataclass
from typing import Any

SLEEP = {"Image": "alpine", "Cmd": ["sleep", "1000"]}
TALK = {"Image": "alpine", "Cmd": ["sh", "-c", "echo out; sleep 0.1; echo err >&2; exit 3"], "Env": ["A=b"], "Labels": {"l": "v"},
        "HostConfig": {"Memory": 67108864, "RestartPolicy": {"Name": "no"}, "Binds": ["/srv:/srv:ro"]}}
FULL = {"Image": "layered", "Entrypoint": ["sleep"], "Cmd": ["1000"], "User": "0", "Tty": True, "OpenStdin": True,
        "ExposedPorts": {"81/tcp": {}}, "HostConfig": {
            "NetworkMode": "none", "PortBindings": {}, "CapAdd": ["NET_ADMIN"], "CapDrop": ["MKNOD"], "ReadonlyRootfs": True,
            "Tmpfs": {"/t": "size=1m"}, "PidsLimit": 50, "NanoCpus": 500000000, "ShmSize": 1048576, "Init": True}}


@dataclass(frozen=True)
class Request:
    """One request; `keep` names what is taken from the answer for later paths."""
    method: str
    path: str
    body: Any = None
    keep: str = ""


def life(name, body):
    """The requests of one container's life."""
    return [
        Request("POST", f"/containers/create?name={name}", body, keep="id"),
        Request("GET", "/containers/{id}/json"), Request("GET", f"/containers/{name}/json"),
        Request("GET", "/containers/json?all=1"),
        Request("POST", "/containers/{id}/start")]


LOGS = [("nope", {}), ("json-file", {"foo": "1"}), ("local", {"foo": "1"}), ("journald", {"foo": "1"}), ("syslog", {"foo": "1"}),
        ("json-file", {"mode": "what"}), ("json-file", {"max-buffer-size": "1m"}),
        ("json-file", {"mode": "non-blocking", "max-buffer-size": "x"}), ("syslog", {"syslog-address": "foo"}),
        ("syslog", {"syslog-address": "unix:///nonexistent"}), ("syslog", {"syslog-address": "udp://1.2.3.4:x"}),
        ("syslog", {"syslog-facility": "bad"}), ("syslog", {"syslog-format": "bad"})]
BAD_LOGS = [("json-file", {"max-size": "abc"}), ("json-file", {"max-file": "0", "max-size": "1k"}), ("json-file", {"compress": "true"}),
            ("json-file", {"tag": "{{"}), ("local", {"max-size": "abc"}), ("local", {"max-file": "1"}), ("none", {"foo": "1"})]


def with_log(driver, options, command="echo"):
    """A container that logs so."""
    return {"Image": "alpine", "Cmd": [command, "hi"], "Labels": {"l": "v"},
            "HostConfig": {"NetworkMode": "none", "LogConfig": {"Type": driver, "Config": options}}}


def logged(number, driver, options):
    """The requests of a container with a log driver."""
    return [Request("POST", f"/containers/create?name=log{number}", with_log(driver, options), keep="id"),
            Request("POST", "/containers/{id}/start"), Request("POST", "/containers/{id}/wait"), Request("GET", "/containers/{id}/json"),
            Request("GET", "/containers/{id}/logs?stdout=1&details=1&tail=1"), Request("DELETE", "/containers/{id}")]


SCENARIO = [
    Request("GET", "/_ping"), Request("GET", "/version"), Request("GET", "/info"),
    Request("GET", "/images/json"), Request("GET", "/images/alpine/json"), Request("GET", "/images/layered/json"),
    Request("GET", "/networks"), Request("GET", "/networks/bridge"), Request("GET", "/networks/host"),
    Request("GET", "/networks/none"), Request("GET", "/containers/json"),
    *life("talker", TALK),
    Request("POST", "/containers/{id}/wait"), Request("GET", "/containers/{id}/json"),
    Request("GET", "/containers/json?all=1"), Request("GET", "/containers/{id}/logs?stdout=1&stderr=1"),
    Request("GET", "/containers/{id}/logs?stdout=1&tail=1"), Request("GET", "/containers/{id}/logs"),
    Request("POST", "/containers/{id}/stop"), Request("POST", "/containers/{id}/kill"),
    Request("POST", "/containers/{id}/rename?name=renamed"), Request("POST", "/containers/{id}/rename?name=renamed"),
    Request("POST", "/containers/{id}/rename?name="), Request("DELETE", "/containers/{id}"),
    Request("DELETE", "/containers/{id}"),
    *life("sleeper", SLEEP), Request("POST", "/containers/{id}/start"),
    Request("GET", "/containers/{id}/json"), Request("GET", "/containers/json"), Request("GET", "/networks/bridge"),
    Request("GET", "/containers/{id}/top"), Request("GET", "/containers/{id}/top?ps_args=aux"),
    Request("GET", "/containers/{id}/top?ps_args=-o%20comm"), Request("GET", "/containers/{id}/changes"),
    Request("POST", "/containers/create?name=sleeper", SLEEP), Request("DELETE", "/containers/{id}"),
    Request("POST", "/containers/{id}/kill?signal=NOPE"), Request("POST", "/containers/{id}/resize?h=x&w=1"),
    Request("POST", "/containers/{id}/restart?t=0"), Request("POST", "/containers/{id}/stop?t=0"),
    Request("GET", "/containers/{id}/json"), Request("DELETE", "/containers/{id}?force=1"),
    *life("full", FULL),
    Request("GET", "/containers/{id}/json"), Request("POST", "/containers/{id}/resize?h=20&w=70"),
    Request("POST", "/containers/{id}/kill"), Request("POST", "/containers/{id}/wait"),
    Request("DELETE", "/containers/{id}?v=1"),
    Request("POST", "/images/alpine/tag?repo=other&tag=v1"), Request("GET", "/images/other:v1/json"),
    Request("POST", "/images/alpine/tag?repo=UPPER"), Request("DELETE", "/images/other:v1"),
    Request("POST", "/images/create?fromImage=alpine&tag=latest"),
    *[Request("POST", "/containers/create", with_log(*one)) for one in LOGS],
    *[request for number, one in enumerate([("json-file", {"labels": "l", "tag": "{{.ImageName}}"}), ("local", {}), *BAD_LOGS])
      for request in logged(number, *one)],
    Request("GET", "/containers/nope/attach/ws?stream=1"), Request("GET", "/containers/nope/attach/ws?detachKeys=zzz"),
    Request("GET", "/system/df"), Request("GET", "/system/df?type=container&type=volume"), Request("GET", "/system/df?type=nope"),
]
