"""Look-alikes of public images, made of this machine's static busybox; nothing is downloaded."""
import gzip
import hashlib
import http.client
import io
import json
import shutil
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

MADE = "2024-01-01T00:00:00Z"
MADE_SECONDS = 1704067200
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLATFORMS = ("amd64", "arm64")
FOLDERS = ("dev", "etc", "home", "mnt", "opt", "proc", "root", "run", "sys", "tmp", "usr/local/bin", "usr/share",
           "var/cache", "var/log", "var/lib", "www")
DOCKER = {"index": "application/vnd.docker.distribution.manifest.list.v2+json",
          "manifest": "application/vnd.docker.distribution.manifest.v2+json",
          "config": "application/vnd.docker.container.image.v1+json",
          "layer": "application/vnd.docker.image.rootfs.diff.tar.gzip"}
OCI = {"index": "application/vnd.oci.image.index.v1+json",
       "manifest": "application/vnd.oci.image.manifest.v1+json",
       "config": "application/vnd.oci.image.config.v1+json",
       "layer": "application/vnd.oci.image.layer.v1.tar+gzip"}


def digest(data):
    """The digest of bytes as registries write it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def compact(value):
    """JSON bytes that are the same each time."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def make_tar(entries):
    """A tar of (name, kind, mode, data) with kind "dir", "file" or "link"; times and owners are fixed."""
    buffer = io.BytesIO()
    kinds = {"dir": tarfile.DIRTYPE, "file": tarfile.REGTYPE, "link": tarfile.SYMTYPE}
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, kind, mode, data in entries:
            info = tarfile.TarInfo(name)
            info.type, info.mode, info.mtime = kinds[kind], mode, MADE_SECONDS
            if kind == "link":
                info.linkname = data
            elif kind == "file":
                info.size = len(data)
            archive.addfile(info, io.BytesIO(data) if kind == "file" else None)
    return buffer.getvalue()


@cache
def busybox():
    """(the program, the paths of its applets); the program must be a static one."""
    program = next((path for path in ("/bin/busybox", shutil.which("busybox")) if path), None)
    listed = subprocess.run([program, "--list-full"], check=True, capture_output=True, text=True).stdout
    with open(program, "rb") as file:
        return file.read(), sorted(set(listed.split()) - {"bin/busybox", "linuxrc", "usr/bin/dpkg", "bin/rpm"})


def userland(name, files):
    """The tar of a small root: busybox, a link for each applet, accounts, and FILES beside them."""
    program, applets = busybox()
    texts = {
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nbin:x:1:1:bin:/bin:/sbin/nologin\n"
                      "guest:x:405:100:guest:/dev/null:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n",
        "etc/group": "root:x:0:root\nbin:x:1:root,bin\nusers:x:100:\nnobody:x:65534:\n",
        "etc/os-release": f'NAME="{name}"\nID={name.split()[0].lower()}\nPRETTY_NAME="{name} look-alike"\n',
        "www/index.html": "hello from busybox httpd\n", **files}
    folders = set(FOLDERS)
    for path in [*applets, *texts, "bin/busybox"]:
        parts = path.split("/")[:-1]
        folders.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    for folder in FOLDERS:
        folders.update(folder.rsplit("/", up)[0] for up in range(folder.count("/") + 1))
    modes = {"tmp": 0o1777, "root": 0o700}
    entries = [(path, "dir", modes.get(path, 0o755), None) for path in sorted(folders)]
    entries.append(("bin/busybox", "file", 0o755, program))
    entries += [(path, "link", 0o777, "/bin/busybox") for path in applets]
    entries += [(path, "file", 0o644, text.encode()) for path, text in sorted(texts.items())]
    return make_tar(entries)


@dataclass(frozen=True)
class Image:
    """One platform's image: its layers as plain tars and its config."""
    layers: tuple
    config: bytes

    @property
    def id(self):
        """The config's digest, which is the image's id."""
        return digest(self.config)


def build(layers, arch, **settings):
    """An Image of LAYERS whose config says ARCH; SETTINGS are members of its Config."""
    config = {
        "architecture": arch, "os": "linux", "created": MADE,
        "config": {"Env": [PATH], "Cmd": ["/bin/sh"], **settings},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
        "history": [{"created": MADE, "created_by": f"look-alike layer {number}"} for number in range(len(layers))]}
    return Image(tuple(layers), compact(config))


@cache
def image(name, arch="amd64"):
    """The look-alike called NAME: alpine, busybox, or layered (two layers, labels, a volume and a user)."""
    if name == "alpine":
        return build([userland("Alpine Linux", {"etc/alpine-release": "3.20.3\n"})], arch)
    if name == "busybox":
        return build([userland("BusyBox", {})], arch, Cmd=["sh"])
    if name == "layered":
        top = make_tar([("etc", "dir", 0o755, None), ("etc/.wh.os-release", "file", 0o644, b""),
                        ("data", "dir", 0o755, None), ("data/here", "file", 0o644, b"from the image\n")])
        return build([userland("Layered", {}), top], arch, Cmd=None, Entrypoint=["/bin/cat"], User="nobody",
                     Labels={"look": "alike"}, Volumes={"/data": {}}, WorkingDir="/data", ExposedPorts={"80/tcp": {}})
    raise KeyError(f"there is no look-alike called {name}")


NAMES = ("alpine", "busybox", "layered")


def docker_archive(names, tag="latest"):
    """A `docker save` archive of the images NAMES."""
    files, index = {}, []
    for name in names:
        made = image(name)
        paths = [digest(layer)[7:] + "/layer.tar" for layer in made.layers]
        files.update(zip(paths, made.layers))
        files[made.id[7:] + ".json"] = made.config
        index.append({"Config": made.id[7:] + ".json", "RepoTags": [f"{name}:{tag}"], "Layers": paths})
    files["manifest.json"] = compact(index)
    return make_tar([(path, "file", 0o644, data) for path, data in sorted(files.items())])


def oci_archive(name, tag="latest"):
    """An OCI image layout of one image, as newer clients save it, without manifest.json."""
    made = image(name)
    blobs, manifest = blobs_of(made, OCI)
    entry = {"mediaType": OCI["manifest"], "size": len(manifest), "digest": digest(manifest),
             "annotations": {"io.containerd.image.name": f"docker.io/library/{name}:{tag}",
                             "org.opencontainers.image.ref.name": tag}}
    files = {f"blobs/sha256/{digest(blob)[7:]}": blob for blob in [*blobs, manifest]}
    files["oci-layout"] = compact({"imageLayoutVersion": "1.0.0"})
    files["index.json"] = compact({"schemaVersion": 2, "mediaType": OCI["index"], "manifests": [entry]})
    return make_tar([(path, "file", 0o644, data) for path, data in sorted(files.items())])


def blobs_of(made, types):
    """(all blobs, the manifest's bytes) of an Image as a registry keeps them."""
    packed = [gzip.compress(layer, 5, mtime=0) for layer in made.layers]
    manifest = {"schemaVersion": 2, "mediaType": types["manifest"],
                "config": {"mediaType": types["config"], "size": len(made.config), "digest": made.id},
                "layers": [{"mediaType": types["layer"], "size": len(blob), "digest": digest(blob)} for blob in packed]}
    return [made.config, *packed], compact(manifest)


def _send(base, method, path, data=None, kind=None):
    connection = http.client.HTTPConnection(base.hostname, base.port, timeout=60)
    try:
        connection.request(method, path, data, {"Content-Type": kind} if kind else {})
        reply = connection.getresponse()
        text = reply.read()
        if reply.status >= 400:
            raise RuntimeError(f"registry: {method} {path}: {reply.status} {text[:200]!r}")
        return reply.getheader("Location")
    finally:
        connection.close()


def _upload_blob(base, repository, blob):
    place = urlsplit(_send(base, "POST", f"/v2/{repository}/blobs/uploads/"))
    query = "&".join(filter(None, (place.query, "digest=" + digest(blob))))
    _send(base, "PUT", f"{place.path}?{query}", blob, "application/octet-stream")


def upload(url, name, repository=None, tag="latest"):
    """Puts an image of two platforms into the registry at URL; busybox in OCI form, others in Docker's."""
    base, types = urlsplit(url), OCI if name == "busybox" else DOCKER
    repository = repository or f"library/{name}"
    entries = []
    for arch in PLATFORMS:
        blobs, manifest = blobs_of(image(name, arch), types)
        for blob in blobs:
            _upload_blob(base, repository, blob)
        _send(base, "PUT", f"/v2/{repository}/manifests/{digest(manifest)}", manifest, types["manifest"])
        entries.append({"mediaType": types["manifest"], "size": len(manifest), "digest": digest(manifest),
                        "platform": {"architecture": arch, "os": "linux"}})
    index = compact({"schemaVersion": 2, "mediaType": types["index"], "manifests": entries})
    _send(base, "PUT", f"/v2/{repository}/manifests/{tag}", index, types["index"])
    return digest(index)


if __name__ == "__main__":  # lookalike.py URL: fills the registry at URL
    import sys
    for each in NAMES:
        print(each, upload(sys.argv[1], each))
