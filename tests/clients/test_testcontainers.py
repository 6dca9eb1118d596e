"""Testcontainers for Python, its reaper off."""
import pytest

from tests.support import clients

pytestmark = pytest.mark.usefixtures("alpine", "clean")

PROGRAM = """
from testcontainers.core.container import DockerContainer
from testcontainers.core.waiting_utils import wait_for_logs

SERVE = "echo served >/tmp/page; echo ready; exec sleep 1000"

with DockerContainer("alpine").with_command(["sh", "-c", SERVE]).with_env("WHO", "me").with_exposed_ports(8080) as made:
    wait_for_logs(made, "ready", timeout=20)
    print("port", int(made.get_exposed_port(8080)) > 0)
    done = made.exec(["sh", "-c", "cat /tmp/page; echo $WHO; exit 3"])
    print("exec", done.exit_code, done.output)
    print("logs", made.get_logs())
    identity = made.get_wrapped_container().id
    print("state", made.get_wrapped_container().status)
print(identity)
"""


def test_a_container_starts_is_used_and_goes(engine, api):
    done = engine.run(clients.testcontainers(), "-c", PROGRAM, env={"TESTCONTAINERS_RYUK_DISABLED": "true"})
    assert done.returncode == 0, done.stderr
    *told, identity = done.stdout.splitlines()
    assert told == ["port True", "exec 3 b'served\\nme\\n'", "logs (b'ready\\n', b'')",
                    "state running"]
    assert api.get(f"/containers/{identity}/json").status == 404
