"""Finds lessons by looking: a lesson is a folder of `exercises/` that holds a `lesson.toml`.

Everything a lesson needs beside its code (title, module, order; per exercise points, minutes, needs, hints)
stands in that file. No lesson's name appears in the engine.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.common.errors import CourseError

HINTS = 3  # each exercise has as many, from vague to nearly giving it away


def check_file(exercise: str) -> str:
    """The name of the file that holds an exercise's checks: `LoRALinear` → `test_lora_linear.py`.

    A word begins at a capital that two small letters follow, so that LoRA, GPT2 and PIPELINE stay whole.
    """
    return f"test_{re.sub(r'(?<=[A-Za-z0-9])(?=[A-Z][a-z]{2})', '_', exercise).lower()}.py"


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
    experiments: tuple[str, ...] = ()  # its claims in their order
    module: str = ""  # the part of the course that it belongs to, such as "4.4 Adapting a pretrained model"

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

    def exercise(self, name: str) -> tuple[Lesson, Exercise]:
        """The exercise NAME or LESSON/NAME. Raises CourseError, with names that are near, where there is none."""
        wanted, _, exercise = name.rpartition("/")
        lessons = [self.lesson(wanted)] if wanted else self.lessons.values()
        for lesson in lessons:
            if exercise in lesson.exercises:
                return lesson, lesson.exercises[exercise]
        known = [exercise for lesson in lessons for exercise in lesson.exercises]
        if exercise in self.lessons:
            listed = ", ".join(self.lessons[exercise].exercises)
            raise CourseError(f"{exercise} is a lesson, not an exercise; its exercises are: {listed}.")
        if near := difflib.get_close_matches(exercise, known):
            raise CourseError(f"There is no exercise {name!r}; did you mean {' or '.join(near)}?")
        raise CourseError(f"There is no exercise {name!r}; there are: {', '.join(known)}.")

    def reference(self, lesson: str) -> Path:
        return self.root / "solutions" / lesson / f"{lesson}.py"

    def stub(self, lesson: str) -> Path:
        return self.root / "exercises" / lesson / f"{lesson}.py"

    def released_stub(self, lesson: str) -> Path:
        """The stub as it was handed out; only a student repository has one."""
        return self.root / ".stubs" / f"{lesson}.py"

    def public_checks(self, lesson: str) -> Path:
        """The folder of the checks that students have: one file for each exercise, named by `check_file`."""
        return self.root / "exercises" / lesson / "checks"

    def hidden_checks(self, lesson: str) -> Path:
        """The folder of the checks that students never get, with files of the same names."""
        return self.root / "tests" / "hidden" / lesson


def find_course(start: Path | None = None) -> Course:
    """The course around `start` (default: the working directory), or else around the installed engine."""
    begin = (start or Path.cwd()).resolve()
    for folder in (begin, *begin.parents, Path(__file__).resolve().parents[2]):
        if any(folder.glob("exercises/*/lesson.toml")):
            return load_course(folder)
    raise CourseError(
        f"There is no course at {begin} or above it: go to the folder that holds exercises/ and run this again."
    )


def named_course(folder: Path | None) -> Course:
    """The course in `folder`, or else the engine's own; never what lies around the working directory.

    For whoever grades or writes: a student's hand-in may look like a course, and its checks must not decide a grade.
    """
    root = folder if folder is not None else Path(__file__).resolve().parents[2]
    if any(root.glob("exercises/*/lesson.toml")):
        return load_course(root.resolve())
    if folder is None:
        raise CourseError("This engine was installed without a course: say which one with --course DIR.")
    raise CourseError(f"There is no course in {folder}: --course takes the folder that holds exercises/.")


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
        listed = (_texts(data.get("uses", [])), _texts(data.get("experiments", [])))
        lesson = Lesson(path.parent.name, path.parent, *about, exercises, *listed, module=data.get("module", ""))
        if not isinstance(lesson.module, str):
            raise TypeError(f"module is {lesson.module!r}, not a text")
        for exercise in exercises.values():
            if exercise.points < 0:
                raise ValueError(f"{exercise.name} has points below 0")
            if len(exercise.hints) != HINTS or not all(hint.strip() for hint in exercise.hints):
                raise ValueError(f"{exercise.name} needs {HINTS} hints")
    except (tomllib.TOMLDecodeError, AttributeError, KeyError, TypeError, ValueError) as error:
        raise CourseError(f"{path} is not a lesson's data: {type(error).__name__}: {error}.") from None
    files: dict[str, str] = {}
    for exercise in lesson.exercises.values():
        if (other := files.setdefault(check_file(exercise.name), exercise.name)) != exercise.name:
            both = f"{other} and {exercise.name}"
            raise CourseError(f"{path}: the checks of {both} would share the file {check_file(other)}; rename one.")
        for need in exercise.needs:
            if list(exercises).index(exercise.name) <= (list(exercises).index(need) if need in exercises else 10**9):
                raise CourseError(f"{path}: {exercise.name} needs {need}, which is not an earlier exercise.")
    return lesson
