"""The four curl lines of the Docker documentation, as they are written there and in their corrected form."""
import re

import pytest

# With one slash, curl takes "v1.24" for the host and asks for the unversioned path.
FORMS = {"as written": "http:/v1.24", "corrected": "http://localhost/v1.24"}
CREATE = """curl -s --unix-socket {socket} -H "Content-Type: application/json" \
  -d '{{"Image": "alpine", "Cmd": ["echo", "hello world"]}}' -X POST {base}/containers/create"""
START = "curl -s --unix-socket {socket} -X POST {base}/containers/{id}/start"
WAIT = "curl -s --unix-socket {socket} -X POST {base}/containers/{id}/wait"
LOGS = 'curl -s --unix-socket {socket} "{base}/containers/{id}/logs?stdout=1"'


@pytest.mark.parametrize("base", FORMS.values(), ids=FORMS.keys())
def test_four_lines_print_hello_world(engine, alpine, clean, base):
    def shell(line, **values):
        done = engine.run("sh", "-c", line.format(socket=engine.socket, base=base, **values))
        assert done.returncode == 0, done.stderr
        return done.stdout

    created = shell(CREATE)
    found = re.search(r'"Id":"([0-9a-f]{64})"', created)
    assert found, created
    assert shell(START, id=found[1]) == ""
    assert re.fullmatch(r'\{("Error":null,)?"StatusCode":0\}\n', shell(WAIT, id=found[1]))
    assert shell(LOGS, id=found[1]) == "\x01\0\0\0\0\0\0\x0chello world\n"


def test_curl_with_http_1_0_is_answered(engine):
    done = engine.run("curl", "-s", "-0", "--unix-socket", engine.socket, "http://localhost/_ping")
    assert (done.returncode, done.stdout) == (0, "OK")
