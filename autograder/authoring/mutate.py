"""Do the checks of a lesson kill what a machine makes of its reference?

A mutant dies when a check of its exercise, or of one that builds on it, is not passed. One that lives is a gap in the
checks, or right all the same: those stand in `tests/mutants/<lesson>.toml`, each with the reason.

    seed = "plum"                    # of the sample that the tests take
    at_least = 70                    # mutants that the reference must give, where that isn't 200: it is short

    [[right]]
    exercise = "to_gigabytes"
    was = "return n / 1e9"           # the lines that differ, without indentation
    becomes = "return n * 1e-9"
    reason = "The same number: 1e9 and 1e-9 round to within one unit in the last place."
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.mutants import Mutant, mutants
from autograder.checking.report import Report
from autograder.checking.running import Check
from autograder.checking.student import TimeLimits
from autograder.checking.submission import Submission
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.grading.pool import Job, grade_many
from autograder.grading.prepare import prepared

_LIMITS = TimeLimits(load=20.0, check=10.0, submission=60.0)  # a loop without an end is common among mutants
_ENOUGH = 200  # mutants of a lesson, unless its list says another number
_PARTS = ("exercise", "was", "becomes", "reason")


@dataclass(frozen=True)
class Listed:
    """What `tests/mutants/<lesson>.toml` holds: the sample's seed, the reasons of those that are right, and how many
    mutants there must be."""

    seed: str
    right: dict[tuple[str, str, str], str]
    at_least: int = _ENOUGH


@dataclass(frozen=True)
class Fate:
    """A mutant, and which check killed it with which sentence; or neither, and perhaps why it is right."""

    mutant: Mutant
    check: str = ""
    sentence: str = ""
    reason: str = ""

    @property
    def survives(self) -> bool:
        return not self.check and not self.reason


def listed(course: Course, lesson: Lesson) -> Listed:
    """Read the lesson's list. Raises CourseError for an entry that is not whole."""
    path = list_path(course, lesson)
    if not path.exists():
        return Listed("0", {})
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not valid TOML: {error}.") from None
    right: dict[tuple[str, str, str], str] = {}
    for entry in data.get("right", []):
        if not (
            isinstance(entry, dict) and set(entry) == set(_PARTS) and all(isinstance(v, str) for v in entry.values())
        ):
            raise CourseError(f"{path}: each [[right]] has {', '.join(_PARTS)}, all texts.")
        if not entry["reason"].strip():
            raise CourseError(f"{path}: {entry['becomes']!r} of {entry['exercise']} has no reason.")
        right[entry["exercise"], entry["was"].strip(), entry["becomes"].strip()] = entry["reason"]
    at_least = data.get("at_least", _ENOUGH)
    if type(at_least) is not int or at_least < 1:
        raise CourseError(f"{path}: at_least is how many mutants there must be, a whole number.")
    return Listed(str(data.get("seed", "0")), right, at_least)


def list_path(course: Course, lesson: Lesson) -> Path:
    return course.root / "tests" / "mutants" / f"{lesson.name}.toml"


def mutate(
    course: Course,
    lesson: Lesson,
    exercise: str | None = None,
    *,
    seed: str = "0",
    count: int | None = None,
    workers: int = 1,
    tier: str | None = None,
    on_fate: Callable[[Fate], None] = lambda fate: None,
) -> list[Fate]:
    """Try the mutants of a lesson or of one exercise: all, or `count` that the seed draws.

    Raises CourseError where an entry of the list names no mutant, or the reference fails its own checks.
    """
    known = listed(course, lesson)
    every = mutants(course.reference(lesson.name).read_text(encoding="utf-8"), lesson)
    if gone := known.right.keys() - {mutant.identity for mutant in every}:
        name, was, becomes = sorted(gone)[0]
        path = list_path(course, lesson)
        raise CourseError(f"{path}: no mutant of {name} turns {was!r} into {becomes!r} any more; remove the entry.")
    chosen = [mutant for mutant in every if exercise in (None, mutant.exercise)]
    if count is not None and count < len(chosen):
        chosen = random.Random(seed).sample(chosen, count)
    with prepared(course, lesson, workers=workers, tier=tier, seed=seed) as ready:
        if ready.faulty:
            name, why = next(iter(ready.faulty.items()))
            raise CourseError(f"The reference of {lesson.name} fails its own check {name} ({why}).")
        others = {f"{other}/{other}.py": course.reference(other).read_bytes() for other in lesson.uses}
        fates = []
        for name in lesson.exercises:
            group = [mutant for mutant in chosen if mutant.exercise == name]
            checks = _asked(lesson, name, ready.collected.checks)
            job = Job(lesson, checks, seed, ready.zygote.tier, _LIMITS, until_failure=True)
            pairs = [(_submission(lesson, mutant, others), "") for mutant in group]
            for index, report in grade_many(job, pairs, ready.zygote.clients):
                fate = _fate(group[index], report, known.right)
                fates.append(fate)
                on_fate(fate)
    return sorted(fates, key=lambda fate: (fate.mutant.line, fate.mutant.operator, fate.mutant.becomes))


def _asked(lesson: Lesson, exercise: str, checks: Sequence[Check]) -> list[Check]:
    """The checks of an exercise, and after them those of exercises that build on it."""
    dependents = {name for name in lesson.exercises if exercise in lesson.all_needs(name)}
    own = [check for check in checks if check.exercise == exercise]
    return own + [check for check in checks if check.exercise in dependents]


def _submission(lesson: Lesson, mutant: Mutant, others: dict[str, bytes]) -> Submission:
    path = f"{lesson.name}/{lesson.name}.py"
    files = {path: mutant.source.encode(), **others}
    return Submission(f"mutant at line {mutant.line}", Path("mutant"), files, paths={path: f"{lesson.name}.py"})


def _fate(mutant: Mutant, report: Report | None, right: dict[tuple[str, str, str], str]) -> Fate:
    if report is None:
        return Fate(mutant, "the grader", "It ended the grader that ran it.")
    killers = [check for check in report.checks if check.outcome != "passed"]
    if killers:
        return Fate(mutant, killers[0].name, killers[0].message.splitlines()[0])
    return Fate(mutant, reason=right.get(mutant.identity, ""))
