"""Probes of version gates: each is called with requests on one version's path and on the newest's, and tells what it sees."""
import json
import socket
import time
from urllib.parse import quote

from tests.support.waiting import wait_for

ABSENT = "absent"


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


def json_logs(api, newest):
    """What logs in JSON answer with: (their type's end, what was said)."""
    container = run(newest, "sh", "-c", "echo out; echo err >&2")
    answer = api.get(f"/containers/{container}/logs?stdout=1&stderr=1&format=json")
    kind = answer.headers["content-type"].rpartition("/")[2]
    return kind, sorted((line["Source"], line["Line"]) for line in answer.lines()) if kind == "jsonl" else ABSENT


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


def wait_answers_at_once(api, newest):
    """Whether the head of a wait comes before the container's end."""
    container = newest.post("/containers/create", sleeper()).json()["Id"]
    newest.post(f"/containers/{container}/start")
    connection = socket.socket(socket.AF_UNIX)
    with connection:
        connection.settimeout(0.7)
        connection.connect(api.socket_path)
        connection.sendall(f"POST {api.prefix}/containers/{container}/wait HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        try:
            at_once = connection.recv(15) == b"HTTP/1.1 200 OK"
        except TimeoutError:
            at_once = False
        newest.post(f"/containers/{container}/kill")
        connection.settimeout(20)
        assert b"200 OK" in connection.recv(65536) or at_once
    return at_once


def restart_signal(api, newest):
    """Which signal a container is restarted with that asks for one of the request's choice."""
    script = "trap 'echo usr1; exit' USR1; trap 'echo term; exit' TERM; echo ready; while :; do sleep 0.05; done"
    container = newest.post("/containers/create", {"Image": "alpine", "Cmd": ["sh", "-c", script]}).json()["Id"]
    newest.post(f"/containers/{container}/start")
    logs = f"/containers/{container}/logs?stdout=1"
    wait_for(lambda: b"ready" in newest.get(logs).body, "its traps are set")
    assert api.post(f"/containers/{container}/restart?signal=SIGUSR1&t=5").status == 204
    said = newest.get(logs).body
    return "usr1" if b"usr1" in said else "term" if b"term" in said else ABSENT


def attach_type(api, newest):
    """The type that attach without a terminal answers an upgrade with."""
    container = newest.post("/containers/create", sleeper()).json()["Id"]
    head = (f"POST {api.prefix}/containers/{container}/attach?logs=1&stdout=1 HTTP/1.1\r\nHost: x\r\n"
            "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n").encode()
    said = api.exchange(head).partition(b"\r\n\r\n")[0].decode()
    return next(line for line in said.splitlines() if line.startswith("Content-Type")).rpartition(".")[2]


def on_bridge(**endpoint):
    """A create body whose endpoint on the bridge has these members."""
    return {**sleeper(), "NetworkingConfig": {"EndpointsConfig": {"bridge": endpoint}}}


def of_bridge(name):
    """A member of the endpoint on the bridge."""
    return lambda shown: shown["NetworkSettings"]["Networks"]["bridge"].get(name, ABSENT)


def inspected_of(body, member):
    """A probe: MEMBER of the inspect of a container created on the newest version before 1.52."""
    def probe(api, newest):
        container = api.at("1.51").post("/containers/create", body).json()["Id"]
        return member(api.get(f"/containers/{container}/json").json())
    return probe
