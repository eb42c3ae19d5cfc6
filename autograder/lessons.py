"""Finds lessons by looking: a lesson is a folder of `exercises/` that holds a `lesson.toml`.

Everything a lesson needs beside its code (title, order; per exercise points, minutes, needs, hints)
stands in that file. No lesson's name appears in the engine.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HINTS = 3  # each exercise has as many, from vague to nearly giving it away


class CourseError(Exception):
    """Something about the course's own files or the command line is wrong; the text is one sentence and what to do."""


@dataclass(frozen=True)
class Exercise:
    """One function or class that the student implements."""

    name: str
    points: int  # 0: not graded
    minutes: int
    needs: tuple[str, ...]  # exercises it builds on
    hints: tuple[str, ...]  # from vague to nearly giving it away


@dataclass(frozen=True)
class Lesson:
    """One folder of `exercises/`. `exercises` is in teaching order."""

    name: str
    folder: Path
    title: str
    summary: str
    order: int
    exercises: dict[str, Exercise]
    uses: tuple[str, ...] = ()  # other lessons, whose files come along with a submission of this one

    def all_needs(self, exercise: str) -> list[str]:
        """Every exercise that `exercise` builds on, directly or not, nearest first."""
        found: list[str] = []
        queue = list(self.exercises[exercise].needs)
        while queue:
            need = queue.pop(0)
            if need not in found:
                found.append(need)
                queue += self.exercises[need].needs
        return found


@dataclass(frozen=True)
class Course:
    """A checkout of the course: `root` holds `exercises/` and, for instructors, `solutions/` and `tests/`."""

    root: Path
    lessons: dict[str, Lesson]

    def lesson(self, name: str) -> Lesson:
        if name not in self.lessons:
            known = ", ".join(self.lessons) or "none here"
            raise CourseError(f"There is no lesson {name!r}; the lessons are: {known}.")
        return self.lessons[name]

    def reference(self, lesson: str) -> Path:
        return self.root / "solutions" / lesson / f"{lesson}.py"

    def stub(self, lesson: str) -> Path:
        return self.root / "exercises" / lesson / f"{lesson}.py"

    def released_stub(self, lesson: str) -> Path:
        """The stub as it was handed out; only a student repository has one."""
        return self.root / ".stubs" / f"{lesson}.py"

    def visible_checks(self, lesson: str) -> Path:
        return self.root / "exercises" / lesson

    def hidden_checks(self, lesson: str) -> Path:
        return self.root / "tests" / "hidden" / lesson


def find_course(start: Path | None = None) -> Course:
    """The course around `start` (default: the working directory), or else around the installed engine."""
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents, Path(__file__).resolve().parent.parent):
        if any(folder.glob("exercises/*/lesson.toml")):
            return load_course(folder)
    raise CourseError(
        f"There is no course at {begin} or above it: go to the folder that holds exercises/ and run this again."
    )


@cache
def load_course(root: Path) -> Course:
    """Read every lesson below `root`, in the order of the course. Raises CourseError on a bad lesson.toml."""
    lessons = [_read(path) for path in root.glob("exercises/*/lesson.toml")]
    lessons.sort(key=lambda lesson: (lesson.order, lesson.name))
    return Course(root, {lesson.name: lesson for lesson in lessons})


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{value!r} should be a list of texts")
    return tuple(value)


def _read(path: Path) -> Lesson:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        exercises = {
            name: Exercise(
                name=name,
                points=int(entry["points"]),
                minutes=int(entry["minutes"]),
                needs=_texts(entry.get("needs", [])),
                hints=_texts(entry["hints"]),
            )
            for name, entry in data["exercises"].items()
        }
        about = (data["title"], data["summary"], int(data["order"]))
        lesson = Lesson(path.parent.name, path.parent, *about, exercises, _texts(data.get("uses", [])))
        for exercise in exercises.values():
            if exercise.points < 0:
                raise ValueError(f"{exercise.name} has points below 0")
            if len(exercise.hints) != HINTS or not all(hint.strip() for hint in exercise.hints):
                raise ValueError(f"{exercise.name} has not {HINTS} hints")
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{path} is not a lesson's data: {type(error).__name__}: {error}.") from None
    for exercise in lesson.exercises.values():
        for need in exercise.needs:
            if list(exercises).index(exercise.name) <= (list(exercises).index(need) if need in exercises else 10**9):
                raise CourseError(f"{path}: {exercise.name} needs {need}, which is not an earlier exercise.")
    return lesson
