"""The engine answers each golden request to the byte."""
import pytest

from tests.support import golden


@pytest.fixture(scope="module")
def server(engine):
    """The engine's answer to GET /version."""
    return engine.api.get("/version").json()


@pytest.mark.parametrize("exchange", golden.all_exchanges(), ids=lambda each: f"{each.file.stem}: {each.name}")
def test_exchange(engine, server, exchange):
    reason = golden.applies(exchange, server["Version"], server["ApiVersion"])
    if reason:
        pytest.skip(reason)
    reply = golden.with_holes(engine.api.exchange(exchange.bytes()), server)
    if golden.ACCEPT and reply != exchange.reply:
        golden.accept(exchange, reply)
        pytest.skip("accepted: look at the difference before you commit it")
    assert reply == exchange.reply
