"""What other systems take: course folders, assignments and archives, made from the same lessons.

Each export is a module with `export(course, lesson, folder, settings) -> list[str]`: it writes into a new folder and
gives the lines that tell the instructor what to do next. It is found by its name in this package.

A system that takes grades back is a package with a module `hand_back`, whose
`hand_back(lessons, template, wishes) -> HandedBack` gives the files to upload. It is found in the same way.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.checking.collecting import collect_checks
from autograder.checking.private_checks import verify
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.grading.policy import Policy
from autograder.grading.reference import Reference
from autograder.grading.seeds import new_seed


@dataclass(frozen=True)
class Settings:
    """What an instructor may choose of an export. `private` holds hidden checks of their own."""

    seed: str = ""  # none: one is drawn
    private: Path | None = None
    policy: Mapping[str, Any] = field(default_factory=dict)  # of `grading.policy`, where the system gives the times
    beside: tuple[Lesson, ...] = ()  # whose parts of the lesson's notebook go out with it


def seed_that_students_can_read(system: str, course: Course, lessons: Iterable[Lesson], settings: Settings) -> str:
    """A seed drawn for a system that runs a student's code beside it, and so never the one that grades are made with.

    Raises CourseError where one is given, or where the course's own solution fails a check with it.
    """
    if settings.seed:
        raise CourseError(f"What {system} grades can read its seed, so it gets one of its own: leave --seed-file out.")
    seed = new_seed()
    for lesson in lessons:
        reference = Reference.of(course, lesson)
        if reference is not None and (faulty := reference.fails(collect_checks(course, lesson).checks, seed)):
            raise CourseError(f"The course's own solution of {lesson.name} fails {', '.join(faulty)}: mend that first.")
    return seed


Export = Callable[[Course, Lesson, Path, Settings], list[str]]


def names() -> list[str]:
    """The exports. What only hands out or takes back has none."""
    found = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return sorted(name for name in found if hasattr(importlib.import_module(f"{__name__}.{name}"), "export"))


def taking_back() -> list[str]:
    """The systems that grades can be handed back to: packages with a module `hand_back`."""
    return sorted(path.parent.name for folder in __path__ for path in Path(folder).glob("*/hand_back.py"))


def export(name: str, course: Course, lesson: Lesson, folder: Path, settings: Settings) -> list[str]:
    """Write the export `name` of a lesson to a new folder. Raises CourseError when that can't be."""
    if name not in names():
        raise CourseError(f"There is no export {name!r}; there are: {', '.join(names())}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty: give a new folder.")
    try:
        Policy.from_dict(settings.policy)
    except (TypeError, ValueError) as problem:
        raise CourseError(f"That is no policy: {problem}.") from None
    if settings.private is not None:
        verify(course, lesson, settings.private)
    write: Export = importlib.import_module(f"{__name__}.{name}").export
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return write(course, lesson, folder, settings)
    except OSError as error:
        raise CourseError(f"{folder} can't be written ({error.strerror}).") from None
