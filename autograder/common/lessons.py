"""Finds lessons by looking: a lesson is a folder of `exercises/` that holds a `lesson.toml`.

Everything a lesson needs beside its code (title, module, order; per exercise points, minutes, needs, hints)
stands in that file. No lesson's name appears in the engine.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from autograder.common.errors import CourseError

ALL = "all"  # stands for every lesson where a command takes one's name, so none is called so
REAL_RUN = "real_run.py"  # of a lesson's folder: it with a model, data or a size from outside
HINTS = 3  # each exercise has as many, from vague to nearly giving it away


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The names that somebody may have meant, the likeliest first; case and underscores count for nothing.

    None but the likeliest where it is the same name but for these.
    """
    plain = {one: one.replace("_", "").lower() for one in known}
    wanted = name.replace("_", "").lower()
    close = difflib.get_close_matches(wanted, plain.values())
    found = [one for text in dict.fromkeys(close) for one in plain if plain[one] == text]
    return found[:1] if found and plain[found[0]] == wanted else found[:3]


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
    needs: tuple[str, ...]  # exercises it builds on; one of another lesson as `lesson:exercise`
    hints: tuple[str, ...]  # from vague to nearly giving it away


@dataclass(frozen=True)
class Claim:
    """What lesson.toml says of one of its claims beside the name (`[claims.NAME]`)."""

    uses: tuple[str, ...] = ()  # lessons whose functions it finds beside those of the lessons that its own one uses
    minutes: int = 0  # of a processor, where it takes long: it is measured only when it is named


@dataclass(frozen=True)
class Lesson:
    """One folder of `exercises/`. `exercises` is in teaching order."""

    name: str
    folder: Path
    title: str
    summary: str
    order: int
    exercises: dict[str, Exercise]
    # other lessons, whose files come along with a submission of this one, and those that each of them uses in turn
    uses: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    experiments: tuple[str, ...] = ()  # its claims in their order
    claims: Mapping[str, Claim] = field(default_factory=dict)  # those of which more is said
    module: str = ""  # the part of the course that it belongs to, such as "4.4 Adapting a pretrained model"

    def all_needs(self, exercise: str) -> list[str]:
        """Every exercise that `exercise` builds on, directly or not, nearest first.

        Of another lesson's, as `lesson:exercise`, only those that this lesson names.
        """
        found: list[str] = []
        queue = list(self.exercises[exercise].needs)
        while queue:
            need = queue.pop(0)
            if need not in found:
                found.append(need)
                queue += self.exercises[need].needs if need in self.exercises else ()
        return found

    def needs_elsewhere(self) -> dict[str, list[str]]:
        """The exercises of other lessons that this one's build on, by lesson."""
        found: dict[str, list[str]] = {}
        for exercise in self.exercises.values():
            for lesson, _, need in (need.partition(":") for need in exercise.needs):
                if need and need not in found.setdefault(lesson, []):
                    found[lesson].append(need)
        return found


@dataclass(frozen=True)
class Course:
    """A checkout of the course: `root` holds `exercises/` and, for instructors, `solutions/` and `tests/`."""

    root: Path
    lessons: dict[str, Lesson]

    def lesson(self, name: str) -> Lesson:
        """The lesson NAME. Raises CourseError, with names that are near, where there is none."""
        if name in self.lessons:
            return self.lessons[name]
        homes = [lesson.name for lesson in self.lessons.values() if name in lesson.exercises]
        if homes:
            raise CourseError(f"{name} is an exercise, not a lesson; its lesson is {homes[0]}.")
        if near := nearest(name, self.lessons):
            raise CourseError(f"There is no lesson {name!r}; did you mean {' or '.join(near)}?")
        known = ", ".join(self.lessons) or "none here"
        raise CourseError(f"There is no lesson {name!r}; the lessons are: {known}.")

    def after(self, lesson: Lesson) -> Lesson | None:
        """The lesson that comes next in the course."""
        names = list(self.lessons)
        following = names[names.index(lesson.name) + 1 :]
        return self.lessons[following[0]] if following else None

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
        if near := nearest(exercise, known):
            raise CourseError(f"There is no exercise {name!r}; did you mean {' or '.join(near)}?")
        raise CourseError(f"There is no exercise {name!r}; there are: {', '.join(known)}.")

    def with_uses(self, lessons: Iterable[Lesson]) -> list[Lesson]:
        """These lessons and those that they use, in the order of the course: no course holds one without the other."""
        names = {name for lesson in lessons for name in (lesson.name, *lesson.uses)}
        return [lesson for lesson in self.lessons.values() if lesson.name in names]

    def with_more_uses(self, lesson: Lesson, others: Iterable[str]) -> Lesson:
        """The lesson as if it used these as well, as far as they are here."""
        uses = dict(lesson.uses)
        for other in (self.lessons[name] for name in others if name in self.lessons):
            uses |= {other.name: tuple(other.uses), **other.uses}
        return replace(lesson, uses=uses)

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
    """Read every lesson below `root`, in the order of the course: by module, then by `order` within it.

    Raises CourseError on a bad lesson.toml, and where lessons don't go together.
    """
    read = [_read(path) for path in root.glob("exercises/*/lesson.toml")]
    read.sort(key=lambda lesson: (_natural(lesson.module), lesson.order, lesson.name))
    lessons = {lesson.name: lesson for lesson in read}
    _check_names(read)
    uses = {name: tuple(lesson.uses) for name, lesson in lessons.items()}
    whole = {name: _all_uses(name, uses) for name in lessons}
    linked = {
        name: replace(lesson, uses={other: whole[other] for other in whole[name]}) for name, lesson in lessons.items()
    }
    _check_needs(linked)
    return Course(root, linked)


def _natural(text: str) -> list[tuple[bool, int, str]]:
    """A key that sorts `4.10` after `4.9`."""
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.findall(r"\d+|\D+", text)]


def _check_names(lessons: Iterable[Lesson]) -> None:
    """Exercise names are one flat namespace: `__tools__` and the commands take them without their lesson."""
    homes: dict[str, str] = {}
    for lesson in lessons:
        for exercise in lesson.exercises:
            if (home := homes.setdefault(exercise, lesson.name)) != lesson.name:
                raise CourseError(f"Both {home} and {lesson.name} have an exercise {exercise}; rename one.")


def _all_uses(lesson: str, uses: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The lessons that one uses, directly or not, nearest first."""
    found: list[str] = []
    queue = [(lesson, other) for other in uses[lesson]]
    while queue:
        user, other = queue.pop(0)
        if other not in uses:
            raise CourseError(f"The lesson {user} uses {other}, which is not here: exercises/ has no such lesson.")
        if other == lesson:
            raise CourseError(f"The lesson {lesson} uses itself through {user}: the `uses` of lessons form no circle.")
        if other not in found:
            found.append(other)
            queue += [(other, further) for further in uses[other]]
    return tuple(found)


def _check_needs(lessons: Mapping[str, Lesson]) -> None:
    """What an exercise needs elsewhere is there, in a lesson whose file comes along."""
    for lesson in lessons.values():
        for other, names in lesson.needs_elsewhere().items():
            for name in names:
                if other not in lesson.uses:
                    raise CourseError(f"{lesson.name} needs {other}:{name}, but its lesson.toml doesn't use {other}.")
                if name not in lessons[other].exercises:
                    raise CourseError(f"{lesson.name} needs {other}:{name}, an exercise that {other} doesn't have.")


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(f"{value!r} should be a list of texts")
    return tuple(value)


def _read(path: Path) -> Lesson:
    if path.parent.name.casefold() == ALL:
        raise CourseError(f"{path.parent}: no lesson may be called {ALL}, which means every lesson; rename the folder.")
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
        listed = (dict.fromkeys(_texts(data.get("uses", [])), ()), _texts(data.get("experiments", [])))
        claims = {
            name: Claim(_texts(entry.get("uses", [])), int(entry.get("minutes", 0)))
            for name, entry in data.get("claims", {}).items()
        }
        if unknown := claims.keys() - set(listed[1]):
            raise ValueError(f"claims.{min(unknown)} is not among its experiments")
        lesson = Lesson(path.parent.name, path.parent, *about, exercises, *listed, claims, data.get("module", ""))
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
            if ":" in need:
                continue  # of another lesson: `_check_needs` looks at all of them
            if list(exercises).index(exercise.name) <= (list(exercises).index(need) if need in exercises else 10**9):
                raise CourseError(f"{path}: {exercise.name} needs {need}, which is not an earlier exercise.")
    return lesson
