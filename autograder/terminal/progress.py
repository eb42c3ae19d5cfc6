"""Where a student stands: the public checks of a lesson, run in process on their exercises."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import resolve
from autograder.common.lessons import Course, Exercise, Lesson
from autograder.terminal import last_words
from autograder.terminal.view import summary_of


def _public_run(course: Course, lesson: Lesson) -> Run:
    collected = collect_checks(course, lesson, hidden=False)
    submission = resolve(course.root / "exercises", lesson.name, lesson.uses)
    session = Session.of(lesson, submission, LocalTransport, TimeLimits.own())
    last_words.listen()
    return Run(lesson, collected.checks, session, grounds=collected.grounds)


def lesson_progress(course: Course, lesson: Lesson) -> Iterator[str]:
    """The lines that a pytest run of the lesson ends with."""
    run = _public_run(course, lesson)
    for line, _ in summary_of(run):
        yield line


def exercise_passes(course: Course, lesson: Lesson, exercise: Exercise) -> bool:
    """Whether the student's own exercise passes all its public checks."""
    run = _public_run(course, lesson)
    checks = [check for check in run.checks.values() if check.exercise == exercise.name]
    return all(run.verdict(check).outcome == "passed" for check in checks)
