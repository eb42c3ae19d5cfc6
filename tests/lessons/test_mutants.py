"""The checks kill what a machine makes of a lesson's reference: `autograder mutate`.

A lesson takes part as soon as it has tests/mutants/<lesson>.toml, which lists the mutants that are right all the same.
Each run takes a sample, drawn by the seed in that file; `pytest -m whole tests/lessons/test_mutants.py` takes all.
"""

import functools

import pytest

from autograder.authoring.mutants import OPERATORS, mutants
from autograder.authoring.mutate import list_path, listed, mutate
from autograder.common.lessons import find_course

pytest.importorskip("cosmic_ray")

COURSE = find_course()
LESSONS = [lesson for lesson in COURSE.lessons.values() if list_path(COURSE, lesson).exists()]
NAMES = [lesson.name for lesson in LESSONS]
SAMPLE = 30


def alive(lesson, count=None):
    fates = mutate(COURSE, lesson, seed=listed(COURSE, lesson).seed, count=count)
    return [f"{fate.mutant.operator}: {fate.mutant.identity}" for fate in fates if fate.survives]


@functools.cache
def every(name):
    """All mutants of a lesson; to make them takes seconds, so each worker makes those that it is asked for."""
    return mutants(COURSE.reference(name).read_text(encoding="utf-8"), COURSE.lesson(name))


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_a_sample_dies(lesson, zygote):
    assert alive(lesson, SAMPLE) == []


@pytest.mark.whole
@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_every_mutant_dies_or_is_right(lesson, zygote):
    assert alive(lesson) == []


@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_few_are_right_and_there_are_enough(lesson):
    identities = [mutant.identity for mutant in every(lesson.name)]
    entries = listed(COURSE, lesson)
    assert len(identities) >= entries.at_least, f"a short reference says so: at_least in {list_path(COURSE, lesson)}"
    assert sum(identity in entries.right for identity in identities) <= 0.05 * len(identities)


def test_every_operator_is_used():
    unused = set(OPERATORS)
    for lesson in LESSONS:
        unused -= {mutant.operator for mutant in every(lesson.name)}
        if not unused:
            return
    assert not unused
