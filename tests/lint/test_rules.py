"""Each rule finds something in each of its bad samples and nothing in its good ones."""
import pytest

from tools.lint.__main__ import RULES, rule
from tools.lint.tree import Tree


def samples(kind):
    return [pytest.param(name, sample, id=f"{name}-{index}")
            for name in RULES for index, sample in enumerate(getattr(rule(name), kind))]


@pytest.mark.parametrize("name, sample", samples("BAD"))
def test_rule_finds_the_problem_of_a_bad_sample(name, sample):
    assert list(rule(name).check(Tree(sample))), sample


@pytest.mark.parametrize("name, sample", samples("GOOD"))
def test_rule_finds_nothing_in_a_good_sample(name, sample):
    assert not list(rule(name).check(Tree(sample))), sample
