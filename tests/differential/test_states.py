"""The state table that tests/clients expects is that of a real dockerd."""
import pytest

from tests.support.state_cases import ROWS, ask, clear, in_state


@pytest.fixture(scope="module")
def judge(real):
    """The real dockerd, with an image."""
    real.pull("alpine")
    return real.api


@pytest.mark.parametrize("operation, wanted, answer", ROWS, ids=lambda value: value if isinstance(value, str) else "")
def test_the_real_one_answers_likewise(judge, operation, wanted, answer):
    container = in_state(judge, wanted)
    try:
        assert ask(judge, operation, container) == answer
    finally:
        clear(judge)
