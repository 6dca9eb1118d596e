"""Golden transcripts: files of requests and the replies they must get, with holes for what varies.

    ### NAME                    starts an exchange
    # differs: ENGINE: REASON   an accepted difference: not compared with that engine (a dockerd's version)
    # since: 1.52               not sent to engines whose newest version is older
    > GET /v1.23/info HTTP/1.1  the request, line by line; the body after an empty line
    < HTTP/1.1 400 Bad Request  the reply; its header fields sorted, since their order says nothing

Holes: <id> 64 hex digits, <time> the date, <api> and <min> the engine's newest and oldest version,
<engine> its version, <bool>, <text> a parser's words. WHERRY_ACCEPT=1 writes what the engine answered into the file.
"""
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "golden/api"
ACCEPT = bool(os.environ.get("WHERRY_ACCEPT"))
NO_NEWLINE = "<no newline>"


@dataclass
class Exchange:
    """One request and its reply as text without the markers; notes are its `#` lines."""
    file: Path
    name: str
    notes: list = field(default_factory=list)
    request: list = field(default_factory=list)
    reply: list = field(default_factory=list)

    def note(self, key):
        """The values of `# KEY: VALUE` notes."""
        return [note.partition(": ")[2] for note in self.notes if note.startswith(f"# {key}: ")]

    def bytes(self):
        """The request as it goes over the wire, with Content-Length where it has a body."""
        end = self.request.index("") if "" in self.request else len(self.request)
        head, body = self.request[:end], "\n".join(self.request[end + 1:])
        lines = [*head, "Host: localhost", "Connection: close"]
        if body:
            lines.append(f"Content-Length: {len(body.encode())}")
        return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def read(path):
    """The exchanges of a file."""
    found = []
    for line in path.read_text().splitlines():
        if line.startswith("### "):
            found.append(Exchange(path, line[4:]))
        elif line.startswith("#") and found:
            found[-1].notes.append(line)
        elif line.startswith(">"):
            found[-1].request.append(line[2:])
        elif line.startswith("<"):
            found[-1].reply.append(line[2:])
    return found


def write(path, exchanges):
    """Writes exchanges back as read() takes them."""
    lines = []
    for each in exchanges:
        lines += [f"### {each.name}", *each.notes]
        lines += [f"> {line}".rstrip() for line in each.request]
        lines += [f"< {line}".rstrip() for line in each.reply]
        lines.append("")
    path.write_text("\n".join(lines[:-1]) + "\n")


def all_exchanges():
    """Every exchange of every file, in order."""
    return [each for path in sorted(FOLDER.glob("*.http")) for each in read(path)]


def with_holes(data, server):
    """A reply's bytes as lines with sorted header fields and holes; SERVER is the engine's /version."""
    head, _, body = data.partition(b"\r\n\r\n")
    status, *fields = head.decode("latin-1").split("\r\n")
    text = body.decode(errors="backslashreplace").replace("\r", "\\r")
    lines = [status, *sorted(fields), ""]
    lines += text.splitlines() + ([] if text.endswith("\n") or not text else [NO_NEWLINE])
    return [_holes(line, server).rstrip() for line in lines]


def _holes(line, server):
    line = re.sub(r"^Date: .*", "Date: <time>", line)
    line = re.sub(r"^Docker-Experimental: (true|false)$", "Docker-Experimental: <bool>", line)
    line = re.sub(r"^(Server: Docker/)\S+", r"\1<engine>", line)
    line = re.sub(r"^(Swarm|Builder-Version): .*", r"\1: <any>", line)
    line = re.sub(r"[0-9a-f]{64}", "<id>", line)
    line = re.sub(r'^(\{"message":"invalid JSON: ).*("\})$', r"\1<text>\2", line)  # a parser's own words
    for text, hole in (("ApiVersion", "<api>"), ("MinAPIVersion", "<min>")):
        version = re.escape(server[text])
        line = re.sub(rf"((?:Api-Version: |API version is |API version: )){version}(?![\d.])", rf"\g<1>{hole}", line)
    return re.sub(r"(Content-Length: )\d+", r"\1<n>", line) if "Content-Length" in line else line


def applies(exchange, engine_version, newest):
    """Why an exchange is not for this engine, or None."""
    for note in exchange.note("differs"):
        name, _, reason = note.partition(": ")
        if engine_version.startswith(name):
            return reason
    for version in exchange.note("since"):
        if int(newest.partition(".")[2]) < int(version.partition(".")[2]):
            return f"this engine's newest version is {newest}"
    return None


def accept(exchange, reply):
    """Puts REPLY into the exchange's file."""
    exchanges = read(exchange.file)
    for each in exchanges:
        if each.name == exchange.name:
            each.reply = reply
    write(exchange.file, exchanges)
