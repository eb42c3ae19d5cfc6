"""No seed makes a check fail a right solution, and none lets a wrong one pass more of them than another seed.

Every check of a lesson runs against the reference, in this process, with a fresh seed each time. The short test
below is part of every run; two hundred seeds, before a change of the checks is finished, take some minutes:

    python tests/lessons/test_randomised.py classification 200

Wrong solutions are the known ones: a few on a few seeds in every run, sixty on twenty by `pytest -m whole`.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
import torch

from autograder.authoring.audit import cases
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session
from autograder.checking.submission import resolve
from autograder.common.lessons import load_course

COURSE = load_course(Path(__file__).resolve().parents[2])


def false_failures(lesson_name: str, seeds: range) -> list[str]:
    """What the reference is told wrongly, one line for each check and seed."""
    lesson = COURSE.lesson(lesson_name)
    checks = collect_checks(COURSE, lesson).checks
    reference = resolve(COURSE.root / "solutions", lesson_name, lesson.uses)
    found = []
    for seed in seeds:
        session = Session.of(lesson, reference, LocalTransport)
        for name, verdict in Run(lesson, checks, session, seed).all().items():
            if verdict.outcome != "passed":
                found.append(f"seed {seed}: {name}: {verdict.sentence} expected {verdict.expected} got {verdict.got}")
        session.close()
    return found


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_a_few_seeds(lesson_name: str) -> None:
    assert false_failures(lesson_name, range(1000, 1003)) == []


def scores_by_luck(lesson_name: str, count: int, seeds: range) -> list[str]:
    """The checks that pass some known mistakes, drawn by the lesson's name, on one seed and not on another."""
    lesson = COURSE.lesson(lesson_name)
    checks = collect_checks(COURSE, lesson).checks
    mistakes = [case for case in cases(COURSE, lesson) if case.kind == "misconception"]
    found = []
    for case in random.Random(lesson_name).sample(mistakes, min(count, len(mistakes))):
        own = [check for check in checks if check.exercise in case.exercises]
        passed: dict[str, set[bool]] = {check.name: set() for check in own}
        for seed in seeds:
            session = Session.of(lesson, case.submission(lesson_name), LocalTransport)
            for name, verdict in Run(lesson, own, session, seed).all().items():
                passed[name].add(verdict.outcome == "passed")
            session.close()
        found += [f"{case.name}: {name} passes it on some seeds" for name, both in passed.items() if len(both) > 1]
    return found


@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_a_wrong_solution_has_one_score(lesson_name: str) -> None:
    assert scores_by_luck(lesson_name, 6, range(2000, 2005)) == []


@pytest.mark.whole
@pytest.mark.parametrize("lesson_name", COURSE.lessons)
def test_many_wrong_solutions_have_one_score(lesson_name: str) -> None:
    assert scores_by_luck(lesson_name, 60, range(2000, 2020)) == []


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in COURSE.lessons:
        sys.exit(f"usage: python {sys.argv[0]} {{{','.join(COURSE.lessons)}}} [SEEDS]")
    torch.set_num_threads(1)
    count = int(sys.argv[2]) if len(sys.argv) == 3 else 200
    wrong = false_failures(sys.argv[1], range(count))
    print("\n".join(wrong) or f"{count} seeds, no false failure")
    sys.exit(bool(wrong))
