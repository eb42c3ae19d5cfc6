"""What the shell offers for a lesson or an exercise; it imports no torch, so that Tab answers at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from autograder.common.errors import CourseError
from autograder.common.lessons import REAL_RUN, Course, find_course

Offers = list[tuple[str, str]]  # each with a word of help, which some shells show


def lessons(incomplete: str) -> Offers:
    return _offered(incomplete, lambda course: ((one.name, one.title) for one in course.lessons.values()))


def real_runs(incomplete: str) -> Offers:
    """The lessons that have a real run."""
    return _offered(
        incomplete,
        lambda course: ((one.name, one.title) for one in course.lessons.values() if (one.folder / REAL_RUN).exists()),
    )


def exercises(incomplete: str) -> Offers:
    """NAME, and LESSON/NAME as soon as there is a slash."""
    return _offered(incomplete, lambda course: _exercises(course, "/" in incomplete))


def experiments(incomplete: str) -> Offers:
    """LESSON, and LESSON/NAME as soon as there is a slash."""
    if "/" not in incomplete:
        return lessons(incomplete)
    return _offered(incomplete, _experiments)


def _exercises(course: Course, whole: bool) -> Iterator[tuple[str, str]]:
    for lesson in course.lessons.values():
        for name in lesson.exercises:
            yield f"{lesson.name}/{name}" if whole else name, lesson.title


def _experiments(course: Course) -> Iterator[tuple[str, str]]:
    for lesson in course.lessons.values():
        names = sorted(path.stem for path in lesson.folder.glob("experiments/[!_]*.py"))
        for name in [*lesson.experiments, *(one for one in names if one not in lesson.experiments)]:
            yield f"{lesson.name}/{name}", lesson.title


def _offered(incomplete: str, of: Callable[[Course], Iterable[tuple[str, str]]]) -> Offers:
    try:
        course = find_course()
    except (CourseError, OSError):  # there is nothing to say between two keys
        return []
    return [(name, told) for name, told in of(course) if name.startswith(incomplete)]
