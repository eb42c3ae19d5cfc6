"""The page that lists the lessons, `exercises/README.md`, and the map on it: made from each lesson.toml, for whichever
lessons there are.

autograder overview            writes both
autograder overview --check    exit 1 when one is stale
"""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from itertools import groupby

from autograder.common.lesson_map import MAP, leans_on, lesson_map
from autograder.common.lessons import Lesson
from autograder.common.text import number

PAGE = "exercises/README.md"


def overview_files(lessons: Sequence[Lesson]) -> dict[str, str]:
    """Path → text of the page and of its map."""
    return {PAGE: overview_page(lessons), MAP: lesson_map(lessons)}


def overview_page(lessons: Sequence[Lesson]) -> str:
    """The whole page, for lessons in teaching order. Those of one module stand in one table."""
    parts = [
        "# The lessons",
        "In teaching order. Hours are estimates, for the exercises alone.",
        f"![Map of the lessons: which uses which, as the last column of the tables says]({posixpath.basename(MAP)})",
    ]
    for module, group in groupby(lessons, key=lambda lesson: lesson.module):
        parts += [f"## {module}"] if module else []
        parts += ["\n".join([*_HEAD, *(_row(lesson, lessons) for lesson in group)])]
    first = lessons[0].name
    parts += [
        f"Start with the first: read [its page]({first}/README.md), fill in `exercises/{first}/{first}.py`, and run\n"
        f"`pytest exercises/{first}` after each exercise."
    ]
    return "\n\n".join(parts) + "\n"


_HEAD = (
    "| lesson | what you build | hours | exercises | points | leans on |",
    "|---|---|---:|---:|---:|---|",
)


def _row(lesson: Lesson, lessons: Sequence[Lesson]) -> str:
    exercises = lesson.exercises.values()
    cells = (
        f"[{lesson.title}]({lesson.name}/README.md): `{lesson.name}`",
        lesson.summary,
        number(round(sum(exercise.minutes for exercise in exercises) / 60, 1)),
        number(len(exercises)),
        number(sum(exercise.points for exercise in exercises)),
        _leans_on(lesson, lessons),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _leans_on(lesson: Lesson, lessons: Sequence[Lesson]) -> str:
    """The lessons that it builds on: "all before" where it uses all before it."""
    before = {other.name for other in lessons[: lessons.index(lesson)]}
    if len(before) > 2 and set(lesson.uses) == before:
        return "all before"
    return ", ".join(f"`{name}`" for name in leans_on(lesson)) or "none"
