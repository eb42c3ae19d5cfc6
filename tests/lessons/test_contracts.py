"""Every sentence of a graded exercise's docstring stands with what dies when it is broken: `autograder contract`.

That misconceptions die is seen by test_known_solutions.py, that mutants do by test_mutants.py.
"""

import pytest

from autograder.authoring.contract import contract
from autograder.common.lessons import find_course

pytest.importorskip("cosmic_ray")

COURSE = find_course()


@pytest.mark.parametrize("name", COURSE.lessons)
def test_no_sentence_is_without_its_entry(name):
    found = contract(COURSE, COURSE.lesson(name))
    assert found.sentences
    assert [f"{one.exercise}: {one.text}" for one in found.missing] + found.faults == []
