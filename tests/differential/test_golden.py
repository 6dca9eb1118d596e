"""The golden transcripts are what a real dockerd answers, save where a note says otherwise."""
import pytest

from tests.support import golden


@pytest.mark.parametrize("exchange", golden.all_exchanges(), ids=lambda each: f"{each.file.stem}: {each.name}")
def test_real_dockerd_answers_the_same(real, exchange):
    server = real.api.get("/version").json()
    reason = golden.applies(exchange, server["Version"], server["ApiVersion"])
    if reason:
        pytest.skip(reason)
    assert golden.with_holes(real.api.exchange(exchange.bytes()), server) == exchange.reply
