"""`autograder watch`: which lesson, and on what it is shown."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from autograder.checking.student import OWN_SECONDS
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.terminal.board import is_unwritten


def watch(course: Course, name: str | None = None, seconds: float = OWN_SECONDS) -> None:
    """Check a lesson now and after every save, until the student ends it. Raises CourseError where there is none."""
    lesson, exercise = chosen(course, name, Path.cwd())
    place = os.path.relpath(lesson.folder)
    if _can_draw():
        from autograder.terminal.screen import Screen

        Screen(course, lesson, exercise, seconds).run()
        print(f"Watched {place}. Where you stand: autograder progress")
        return
    from autograder.terminal.plain import watch_plainly

    print(f"Watching {place}; save a file to run its checks, Ctrl-C ends this.", flush=True)
    watch_plainly(course, lesson, exercise, seconds)


def chosen(course: Course, name: str | None, here: Path) -> tuple[Lesson, str | None]:
    """The lesson NAME, or that of an exercise NAME or LESSON/NAME.

    Without a name that of the folder `here`, else the first one with something left to write, else the first one.
    """
    if name is None:
        inside = [one for one in course.lessons.values() if here.resolve().is_relative_to(one.folder.resolve())]
        unwritten = [one for one in course.lessons.values() if is_unwritten(course, one.name)]
        found = next(iter([*inside, *unwritten, *course.lessons.values()]), None)
        if found is None:
            raise CourseError("There is no lesson here.")
        return found, None
    if name in course.lessons:
        return course.lessons[name], None
    try:
        lesson, exercise = course.exercise(name)
    except CourseError as error:
        raise CourseError(_suggestion(course, name) or str(error)) from None
    return lesson, exercise.name


def _suggestion(course: Course, name: str) -> str:
    """What NAME may have been meant for: a lesson or an exercise whose name is near, whatever its case."""
    import difflib

    known = {one.lower(): one for lesson in course.lessons.values() for one in (*lesson.exercises, lesson.name)}
    near = [known[one] for one in difflib.get_close_matches(name.rpartition("/")[2].lower(), known)]
    if near:
        return f"There is no lesson or exercise {name!r}; did you mean {' or '.join(near)}?"
    return f"There is no lesson or exercise {name!r}; the lessons are: {', '.join(course.lessons)}."


def _can_draw() -> bool:
    """Whether this is a terminal that can be drawn on."""
    return os.environ.get("TERM") != "dumb" and sys.stdin.isatty() and sys.stdout.isatty()
