"""Accepted differences of shape: a pattern of "METHOD path: member" and why it may differ."""
import re

ACCEPTED = [
    (r"GET /version: \.Components", "wherryd has other components"),
    (r"GET /version: \.Platform", "wherryd names itself"),
    (r"GET /(info|images/.*|containers/.*|networks.*): headers \['content-length', 'transfer-encoding'\]", "a body that is known has a length; Go chunks past 2 kB"),
    (r"GET /info: \.(ContainerdCommit|RuncCommit|InitCommit|Runtimes|Plugins|DriverStatus|SecurityOptions|Warnings|Swarm"
     r"|ClientInfo|GenericResources|DefaultAddressPools|CDISpecDirs|Containerd|ProductLicense|Labels)",
     "what an engine is made of is its own"),
    (r"GET /networks(/bridge)?: .*\.Options", "options of the bridge driver are its own"),
    (r"GET /containers/\{id\}/logs\?stdout=1&details=1&tail=1: status 200, and [45]00 of the real one",
     "a container whose log options its start refused has no output; the reference reports the options again"),
    (r".*: .*\.(GraphDriver\.Data)", "where layers lie is the engine's own"),
]


def is_accepted(text):
    """The reason a difference is accepted, or None."""
    return next((reason for pattern, reason in ACCEPTED if re.match(pattern, text)), None)
