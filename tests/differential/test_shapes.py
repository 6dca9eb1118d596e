"""The same requests to a real dockerd and to the engine under test: status, headers, shape of the JSON, framing."""
import json
import re

import pytest

from tests.differential.accepted import is_accepted
from tests.differential.scenario import SCENARIO
from tests.support.http import frames

VERSIONS = ("1.24", "1.41", "1.44", "1.51")


def shapes(value, path="", found=None):
    """{path: types} of a JSON value; null and empty lists are told apart, elements of a list are taken together."""
    found = {} if found is None else found
    kind = "empty list" if value == [] else type(value).__name__
    found[path] = "|".join(sorted({*found.get(path, kind).split("|"), kind}))
    if isinstance(value, dict):
        for key, inner in value.items():
            shapes(inner, f"{path}.{'*' if re.fullmatch('[0-9a-f]{64}', key) else key}", found)
    elif isinstance(value, list):
        for inner in value:
            shapes(inner, path + "[]", found)
    return found


def decoded(answer):
    """What is compared of a body: JSON shapes, the frames of a stream, or its text with holes."""
    kind = answer.headers.get("content-type", "")
    if kind.endswith("-stream") and answer.status == 200:
        joined = {stream: b"".join(part for number, part in frames(answer.body) if number == stream) for stream in (1, 2)}
        return {"frames": joined}
    try:
        value = json.loads(answer.body)
    except ValueError:
        return {"text": "" if kind == "application/json" and answer.status == 200 else answer.body}
    if isinstance(value, dict) and set(value) == {"message"}:
        return {"message": re.sub(r"[0-9a-f]{64}", "<id>", value["message"])}
    return shapes(value)


def play(api):
    """Sends the whole scenario; [(request, answer)]."""
    kept, played = {}, []
    for request in SCENARIO:
        path = request.path.format(**kept)
        answer = api.request(request.method, path, request.body)
        if request.keep and answer.status == 201:
            kept[request.keep] = answer.json()["Id"]
        played.append((request, answer))
    return played


def differences(request, ours, theirs):
    """Lines that tell where two answers differ, accepted ones left out."""
    name = f"{request.method} {request.path}"
    if ours.status != theirs.status:
        line = f"{name}: status {ours.status}, and {theirs.status} of the real one ({ours.body[:200]!r} / {theirs.body[:200]!r})"
        return [] if is_accepted(line) else [line]
    found = []
    if set(ours.headers) != set(theirs.headers):
        found.append(f"{name}: headers {sorted(set(ours.headers) ^ set(theirs.headers))}")
    if ours.headers.get("content-type") != theirs.headers.get("content-type"):
        found.append(f"{name}: {ours.headers.get('content-type')}, and {theirs.headers.get('content-type')} of the real one")
    mine, real = decoded(ours), decoded(theirs)
    for member in sorted(set(mine) | set(real)):
        if mine.get(member, "absent") != real.get(member, "absent"):
            found.append(f"{name}: {member}: {mine.get(member, 'absent')}, and {real.get(member, 'absent')} of the real one")
    return [line for line in found if not is_accepted(line)]


@pytest.mark.parametrize("version", VERSIONS)
def test_answers_have_the_same_shape(engine, real, version):
    played = []
    for one in (engine, real):
        for image in ("alpine", "layered"):
            one.pull(image)
        played.append(play(one.api.at(version)))
        one.remove_all_containers()
    found = [line for (request, ours), (_, theirs) in zip(*played) for line in differences(request, ours, theirs)]
    assert not found, f"{len(found)} differences:\n" + "\n".join(found)
