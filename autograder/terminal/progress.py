"""Where a student stands: the public checks of a lesson, run in process on their exercises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from autograder.checking.collecting import collect_checks, is_extra
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import resolve
from autograder.common.lessons import Course, Exercise, Lesson
from autograder.common.text import number
from autograder.terminal import last_words
from autograder.terminal.view import bar, is_done, next_exercise, points_of, progress_of, summary_of


def _public_run(course: Course, lesson: Lesson, extras: bool = False) -> Run:
    collected = collect_checks(course, lesson, hidden=False)
    checks = [check for check in collected.checks if extras or not is_extra(check, lesson)]
    submission = resolve(course.root / "exercises", lesson.name, lesson.uses)
    session = Session.of(lesson, submission, LocalTransport, TimeLimits.own())
    last_words.listen()
    return Run(lesson, checks, session, grounds=collected.grounds)


def lesson_progress(course: Course, lesson: Lesson) -> Iterator[str]:
    """The lines that a pytest run of the lesson ends with."""
    run = _public_run(course, lesson)
    for line, _ in summary_of(run):
        yield line


@dataclass(frozen=True)
class Standing:
    """Where one lesson stands: its points, and in a few words what is next; `problem` is why its file can't be run."""

    lesson: Lesson
    earned: Fraction
    worth: Fraction
    next: str
    done: bool
    problem: str = ""

    def line(self, width: int | None = None) -> str:
        """Its name, bar, points and what is next, cut to so many columns."""
        points = f"{number(self.earned)}/{number(self.worth)}"
        text = f"  {self.lesson.name:18} {bar(self.earned, self.worth, 16)} {points:>8}  {self.next}"
        return text if width is None or len(text) <= width else text[: max(width - 3, 0)] + "..."

    @property
    def begun(self) -> bool:
        return bool(self.earned or self.problem)


def standing(course: Course, lesson: Lesson) -> Standing:
    """Run the lesson's public checks. Raises CourseError where its file is not there."""
    progress = progress_of(_public_run(course, lesson))
    earned, worth = points_of(progress)
    if broken := next((one for one in progress if one.state == "broken"), None):
        return Standing(lesson, earned, worth, "its file is broken", False, broken.sentence)
    if is_done(progress):
        return Standing(lesson, earned, worth, "done", True)
    one = next_exercise(progress)
    return Standing(lesson, earned, worth, f"next: {one.exercise.name}" if one else "blocked", False)


def total_line(standings: Sequence[Standing], of: int) -> str:
    """All points together, and how many of so many lessons are done."""
    earned, worth = (sum((getattr(one, what) for one in standings), Fraction(0)) for what in ("earned", "worth"))
    points = f"{number(earned)}/{number(worth)}"
    done = sum(one.done for one in standings)
    return f"  {'total':18} {bar(earned, worth, 16)} {points:>8}  {done} of {of} lessons done"


def where_to_go_on(standings: Sequence[Standing]) -> Standing | None:
    """The first lesson that is begun and not done; where there is none, the first that isn't done."""
    open_ones = [one for one in standings if not one.done]
    return next((one for one in open_ones if one.begun), open_ones[0] if open_ones else None)


def exercise_passes(course: Course, lesson: Lesson, exercise: Exercise) -> bool:
    """Whether the student's own exercise passes all its public checks."""
    run = _public_run(course, lesson, extras=True)
    checks = [check for check in run.checks.values() if check.exercise == exercise.name]
    return all(run.verdict(check).outcome == "passed" for check in checks)
