"""The refusals that tests/clients expects are those of a real dockerd."""
import pytest

from tests.support.create_cases import CASES, answer


@pytest.fixture(scope="module")
def judge(real):
    """The real dockerd, with an image."""
    real.pull("alpine")
    return real.api


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_real_one_refuses_likewise(judge, case):
    assert answer(judge, case) == (case.status, case.text)
