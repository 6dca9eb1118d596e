"""Files of containers: the same copies on a real dockerd and on the engine under test."""
import base64
import bz2
import gzip
import io
import json
import lzma
import re
import tarfile
from urllib.parse import quote

import pytest

TAR = {"Content-Type": "application/x-tar"}
FILE, FOLDER, LINK, HARD = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE
PATHS = ["/etc/passwd", "etc/passwd", "/etc", "/etc/", "/etc/.", "/nope", "/etc/passwd/", "/etc/passwd/x", "/bin/sh",
         "/etc/mtab", "/../etc/passwd", "/etc/../etc/passwd", "/var/run", "/var/run/", "/etc/hosts", "/root/.", ""]


def tar(*entries):
    """A tar of (name, type, attributes)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, attributes in entries:
            entry = tarfile.TarInfo(name)
            entry.type, data = kind, attributes.get("data", b"")
            for key, value in attributes.items():
                if key != "data":
                    setattr(entry, key, value)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


MIXED = tar(("pipe", tarfile.FIFOTYPE, {"mode": 0o622}), ("null", tarfile.CHRTYPE, {"devmajor": 1, "devminor": 3, "mode": 0o666}),
            ("set", FILE, {"mode": 0o4755, "data": b"x"}), ("folder", FOLDER, {"mode": 0o2750, "mtime": 12345, "uid": 7}),
            ("folder/f", FILE, {"data": b"x", "mtime": 1.5}), ("n" * 120, FILE, {"data": b"x"}),
            ("big", FILE, {"uid": 3000000, "data": b"x"}), ("\u00fcn\u00ef", FILE, {"data": b"x"}),
            ("link", LINK, {"linkname": "q" * 150}), ("one", FILE, {"data": b"1"}), ("two", HARD, {"linkname": "one"}))
# What is put, where, and with which options; in this order.
PUTS = [
    ("/tmp", tar(("f", FILE, {"data": b"hi", "mode": 0o640, "uid": 5, "gid": 6, "mtime": 1000})), ""),
    ("/tmp", tar(("own", FILE, {"data": b"hi", "uid": 5, "gid": 6})), "&copyUIDGID=1"),
    ("/tmp/", tar(("g/h/f", FILE, {"data": b"hi", "uid": 7})), ""),
    ("/nope", tar(("f", FILE, {})), ""), ("/etc/passwd", tar(("f", FILE, {})), ""),
    ("/etc/passwd/", tar(("f", FILE, {})), ""), ("", tar(("f", FILE, {})), ""),
    ("/tmp", tar(("../f", FILE, {})), ""), ("/tmp", tar(("a/../../f", FILE, {})), ""),
    ("/tmp", tar(("/absolute", FILE, {"data": b"hi"})), ""),
    ("/tmp", tar(("l", LINK, {"linkname": "../etc/passwd"})), ""),
    ("/tmp", tar(("h", HARD, {"linkname": "f", "mode": 0o640, "uid": 5, "gid": 6, "mtime": 1000})), ""), ("/tmp", tar(("bad", HARD, {"linkname": "../etc/passwd"})), ""),
    ("/tmp", tar(("bad", HARD, {"linkname": "nope"})), ""),
    ("/tmp", tar(("g", FILE, {"data": b"x"})), "&noOverwriteDirNonDir=1"),
    ("/tmp", tar(("f", FOLDER, {})), "&noOverwriteDirNonDir=1"),
    ("/tmp", tar(("g", FILE, {"data": b"over a folder"})), ""), ("/tmp", tar(("f", FOLDER, {"mode": 0o755})), ""),
    ("/var/run", tar(("x", FILE, {"data": b"x"})), ""), ("/bin/sh", tar(("x", FILE, {})), ""),
    ("/tmp", b"garbage" * 200, ""), ("/tmp", b"", ""), ("/tmp", tar(("cut", FILE, {"data": b"x" * 5000}))[:3000], ""),
    ("/tmp", gzip.compress(tar(("gz", FILE, {"data": b"x"}))), ""), ("/tmp", bz2.compress(tar(("bz", FILE, {}))), ""),
    ("/tmp", lzma.compress(tar(("xz", FILE, {}))), ""), ("/tmp", MIXED, ""),
    ("/fixed", tar(("f", FILE, {})), ""), ("/", tar(("var/run/q", FILE, {"data": b"q"})), ""),
]
# What came before a cut, and the place of a mount, which the OCI runtime makes.
TOUCHED = {".", "etc", "dev"}  # the reference changes them for every container
VOLATILE = {"/tmp/cut", "tmp/cut", "fixed"}


def entry_of(entry):
    """What is compared of an entry; times of what the engine itself has made are not."""
    recent = entry.mtime > 1_750_000_000 or entry.name in TOUCHED
    return (entry.name, entry.type, oct(entry.mode), entry.uid, entry.gid, entry.size, None if recent else entry.mtime,
            entry.linkname, entry.uname, entry.gname, entry.devmajor, entry.devminor, tuple(sorted(entry.pax_headers.items())))


def listing(body):
    """The entries of a tar, without those whose form is the engine's own."""
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return [entry_of(entry) for entry in archive if entry.name not in VOLATILE]


def stat_of(answer):
    """The path's stat with holes for what differs between machines."""
    text = answer.headers.get("x-docker-container-path-stat")
    if not text:
        return None
    plain = base64.b64decode(text, validate=True).decode()
    return re.sub(r'"mtime":"202[^"]*"|"size":4096', "<own>", plain)


def said(answer, container):
    """Status, type and text of an answer."""
    text = answer.body.decode() if answer.headers.get("content-type") == "application/json" else ""
    return answer.status, answer.headers.get("content-type"), text.replace(container[:12], "<id>"), stat_of(answer)


def story(api):
    """All answers of one engine, by request."""
    found = {}
    body = {"Image": "alpine", "Cmd": ["sleep", "1000"], "User": "1000:1000",
            "HostConfig": {"NetworkMode": "none", "Binds": ["/srv:/fixed:ro"]}}
    made = api.post("/containers/create", body).json()["Id"]
    place = f"/containers/{made[:12]}"
    try:
        for path in PATHS:
            for method in ("HEAD", "GET"):
                answer = api.request(method, f"{place}/archive?path={quote(path)}")
                found[f"{method} {path}"] = said(answer, made)
                if method == "GET" and answer.status == 200:
                    found[f"entries of {path}"] = listing(answer.body)
        for number, (path, data, options) in enumerate(PUTS):
            answer = api.request("PUT", f"{place}/archive?path={quote(path)}{options}", data, TAR)
            found[f"PUT {number} {path} {options}"] = said(answer, made)
        found["entries of /tmp"] = listing(api.get(f"{place}/archive?path=/tmp").body)
        found["entries of /run"] = listing(api.get(f"{place}/archive?path=/run").body)
        for path in ("set", "pipe", "null", "folder", "folder/f", "link"):
            found[f"HEAD /tmp/{path}"] = said(api.request("HEAD", f"{place}/archive?path=/tmp/{path}"), made)
        changes = api.get(f"{place}/changes").json()
        found["changes"] = sorted((one["Path"], one["Kind"]) for one in changes if one["Path"] not in VOLATILE)
        packed = api.get(f"{place}/archive?path=/etc/passwd", headers={"Accept-Encoding": "gzip"})
        found["packed"] = packed.headers.get("content-encoding"), listing(gzip.decompress(packed.body))
        api.post(f"{place}/start")
        exported = api.get(f"{place}/export")
        found["export"] = exported.status, exported.headers["content-type"], listing(exported.body)
        for name in ("archive?path=/", "changes", "export"):
            found[f"unknown {name}"] = said(api.get(f"/containers/nope/{name}"), made)
    finally:
        api.delete(f"/containers/{made}?force=1&v=1")
    return found


def pairs_of(theirs, ours):
    """What is in one answer alone, to be read."""
    if isinstance(theirs, tuple) and isinstance(theirs[-1], list):
        theirs, ours = theirs[-1], ours[-1]
    if isinstance(theirs, list):
        return [one for one in theirs if one not in ours], [one for one in ours if one not in theirs]
    return theirs, ours


# A request, and why its answer may differ.
ACCEPTED = [
    (r"changes", "the reference makes the places of volumes when it looks at a container's files, wherryd at the start"),
]


def test_both_copy_alike(engine, real, alpine):
    real.pull("alpine")
    theirs, ours = story(real.api), story(engine.api)
    different = {request: pairs_of(answer, ours[request]) for request, answer in theirs.items() if answer != ours[request]
                 and not any(re.match(pattern, request) for pattern, _ in ACCEPTED)}
    assert not different, "\n".join(f"{request}:\n  reference {a}\n  wherryd   {b}" for request, (a, b) in different.items())
    gone = set(theirs["changes"]) - set(ours["changes"])
    assert gone <= {("/fixed", 1)} and set(ours["changes"]) <= set(theirs["changes"])


@pytest.mark.parametrize("query", ["stream=0", "stream=0&one-shot=1", "stream=0&state=exited"])
def test_stats_have_the_same_members(engine, real, alpine, query):
    real.pull("alpine")

    def members(value, path=""):
        if isinstance(value, dict):
            return {name for key, inner in value.items() for name in members(inner, f"{path}.{key}")} or {path}
        # Lists of blocks read and written are empty for a container whose program was in memory already.
        return {path + ("[]" if isinstance(value, list) else ":null" if value is None else "")}

    shapes = []
    for each in (real, engine):
        made = each.api.post("/containers/create", {"Image": "alpine", "Cmd": ["sleep", "1000"]}).json()["Id"]
        try:
            if "exited" not in query:
                each.api.post(f"/containers/{made}/start")
            answer = each.api.at("1.51").get(f"/containers/{made}/stats?{query}")
            assert answer.status == 200
            shapes.append(members(json.loads(answer.body)))
        finally:
            each.api.delete(f"/containers/{made}?force=1")
    assert shapes[0] ^ shapes[1] == set()
