"""A registry that misbehaves, each repository in its own way: `python3 -m tests.support.odd_registry PORT [CERT KEY]`.

Every repository has alpine:latest; GET /seen tells which requests came. What each does:
plain      nothing odd                      zstd      layers are zstd
cut        breaks a blob off, resumes       broken    always breaks it off at once
liar       sends another blob               wrongdiff its config names another diff id
token      wants a token, gives it to all   private   gives it to user:secret only
basic      wants user:secret                denied    refuses, whoever asks
redirect   blobs lie on another host        slow      a blob takes ten seconds
noarch     its list has no platform of ours flaky     answers 503 twice
"""
import base64
import json
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.support import lookalike

LOGIN = "Basic " + base64.b64encode(b"user:secret").decode()
SEEN = []
FAILURES = {"flaky": 2}
LOCK = threading.Lock()


def content(repository):
    """(blobs by digest, the manifest, its type) of a repository."""
    made = lookalike.image("alpine")
    if repository == "wrongdiff":
        config = json.loads(made.config)
        config["rootfs"]["diff_ids"] = [lookalike.digest(b"something else")]
        made = lookalike.Image(made.layers, lookalike.compact(config))
    blobs, manifest = lookalike.blobs_of(made, lookalike.OCI)
    if repository == "zstd":
        packed = subprocess.run(["zstd", "-q", "-c"], input=made.layers[0], capture_output=True, check=True).stdout
        blobs[1] = packed
        document = json.loads(manifest)
        document["layers"][0].update(digest=lookalike.digest(packed), size=len(packed),
                                     mediaType="application/vnd.oci.image.layer.v1.tar+zstd")
        manifest = lookalike.compact(document)
    return {lookalike.digest(blob): blob for blob in blobs}, manifest


class Handler(BaseHTTPRequestHandler):
    """One request."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Nothing is written."""

    def answer(self, status, body=b"", **headers):
        """A whole reply."""
        self.send_response(status)
        for name, value in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status, code, message, **headers):
        """An error as registries write it."""
        self.answer(status, json.dumps({"errors": [{"code": code, "message": message}]}).encode(),
                    Content_Type="application/json", **headers)

    def allowed(self, repository):
        """Whether the request may go on; otherwise it was answered."""
        given = self.headers.get("Authorization", "")
        if repository == "denied":
            self.refuse(403, "DENIED", "requested access to the resource is denied")
        elif repository == "basic" and given != LOGIN:
            self.refuse(401, "UNAUTHORIZED", "authentication required", WWW_Authenticate='Basic realm="odd"')
        elif repository in ("token", "private") and given != f"Bearer good-{repository}":
            where = f"{'https' if self.server.tls else 'http'}://{self.headers['Host']}/token"
            self.refuse(401, "UNAUTHORIZED", "authentication required", WWW_Authenticate=
                        f'Bearer realm="{where}",service="odd",scope="repository:{repository}:pull"')
        else:
            return True
        return False

    def token(self, query):
        """The token server."""
        repository = query.get("scope", [""])[0].split(":")[1]
        if repository == "private" and self.headers.get("Authorization") != LOGIN:
            self.refuse(401, "UNAUTHORIZED", "incorrect username or password")
        else:
            self.answer(200, json.dumps({"token": f"good-{repository}"}).encode())

    def do_GET(self):  # noqa: N802, the base class names it
        """Routes."""
        url = urlsplit(self.path)
        with LOCK:
            SEEN.append({"path": self.path, "range": self.headers.get("Range"), "host": self.headers.get("Host"),
                         "authorization": self.headers.get("Authorization")})
        parts = url.path.strip("/").split("/")
        if url.path == "/seen":
            self.answer(200, json.dumps(SEEN).encode())
        elif url.path == "/token":
            self.token(parse_qs(url.query))
        elif parts[0] == "elsewhere":
            self.answer(200, content("plain")[0][parts[1]])
        elif parts == ["v2"]:
            if self.allowed("basic"):
                self.answer(200, b"{}")
        elif len(parts) == 4 and self.allowed(parts[1]):
            (self.manifest if parts[2] == "manifests" else self.blob)(parts[1], parts[3])

    def manifest(self, repository, _name):
        """GET …/manifests/…"""
        if repository == "noarch":
            index = {"schemaVersion": 2, "mediaType": lookalike.OCI["index"], "manifests": [
                {"mediaType": lookalike.OCI["manifest"], "digest": lookalike.digest(b"x"), "size": 1,
                 "platform": {"os": "plan9", "architecture": "mips"}}]}
            self.answer(200, lookalike.compact(index), Content_Type=lookalike.OCI["index"])
        else:
            self.answer(200, content(repository)[1], Content_Type=lookalike.OCI["manifest"])

    def blob(self, repository, digest):
        """GET …/blobs/…"""
        data = content(repository)[0].get(digest)
        if data is None:
            self.refuse(404, "BLOB_UNKNOWN", "blob unknown to registry")
            return
        if len(data) < 10_000:  # the configuration
            self.answer(200, data)
            return
        with LOCK:
            fails = FAILURES.get(repository, 0) > 0
            FAILURES[repository] = FAILURES.get(repository, 0) - 1
        if fails:
            self.answer(503, b"later")
        elif repository == "redirect":
            port = self.server.server_address[1]
            self.answer(307, Location=f"http://127.0.0.2:{port}/elsewhere/{digest}")
        elif repository == "liar":
            self.answer(200, data[:-1] + b"?")
        elif repository in ("cut", "broken"):
            self.cut(data, resumes=repository == "cut")
        elif repository == "slow":
            self.trickle(data)
        else:
            self.answer(200, data)

    def cut(self, data, resumes):
        """A third of what is wanted, and then nothing."""
        start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if resumes else 0
        left = data[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(left)))
        self.end_headers()
        self.wfile.write(left[:max(len(data) // 3, 1)] if resumes else left[:1000])
        self.wfile.flush()
        self.close_connection = True

    def trickle(self, data):
        """Slowly, in a hundred pieces."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        size = len(data) // 100 + 1
        for start in range(0, len(data), size):
            try:
                self.wfile.write(data[start:start + size])
                self.wfile.flush()
            except OSError:
                return
            time.sleep(0.1)


def main():
    """Serves until it is ended."""
    server = ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    server.tls = len(sys.argv) > 2
    if server.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
