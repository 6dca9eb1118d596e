"""Create requests that are refused: the reference's statuses and texts."""
import pytest

from tests.support.create_cases import CASES, answer

pytestmark = pytest.mark.usefixtures("alpine", "clean")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_refusal(api, case):
    assert answer(api, case) == (case.status, case.text)
