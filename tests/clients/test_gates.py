"""Every version gate of an operation that is built, on both sides."""
import pytest

from tests.clients.gates import GATES
from tests.clients.test_versions import minor

pytestmark = pytest.mark.usefixtures("alpine", "clean")


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.id)
def test_gate(engine, server, gate):
    if engine.kind != "wherryd" and gate.minor > minor(server["ApiVersion"]):
        pytest.skip(f"this engine's newest version is {server['ApiVersion']}")
    newest = engine.api.at(server["ApiVersion"])
    seen = []
    for number in (gate.minor - 1, gate.minor):
        seen.append(gate.probe(engine.api.at(f"1.{number}"), newest))
        engine.remove_all_containers()
    assert seen == [gate.below, gate.at]
