"""Pages of the site that are made from the course: a lesson's exercises with their hints, and its mistakes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from itertools import groupby
from typing import Protocol

from autograder.common.lessons import Exercise, Lesson
from autograder.common.text import number


class Mistake(Protocol):
    """A mistake that the course knows by name, and what a student who makes it reads of it."""

    @property
    def exercise(self) -> str: ...

    @property
    def sentence(self) -> str: ...

    @property
    def said(self) -> str:
        """The first thing that the checks say, whole."""

    @property
    def public(self) -> bool:
        """Whether a check says it that students have."""


def exercises_page(lesson: Lesson, stub: str) -> str:
    """Every exercise with what is asked for and its hints, folded."""
    asked = definitions(stub)
    parts = [
        f"# {lesson.title}: exercises and hints",
        f"Write them in `exercises/{lesson.name}/{lesson.name}.py`, and run `pytest exercises/{lesson.name}`.",
    ]
    for exercise in lesson.exercises.values():
        parts += [f"## `{exercise.name}`", _costs(exercise)]
        if text := asked.get(exercise.name):
            parts.append(_fenced(text, "python"))
        parts += [_folded(f"Hint {turn}", _plain(hint)) for turn, hint in enumerate(exercise.hints, start=1)]
    return "\n\n".join(parts) + "\n"


def _costs(exercise: Exercise) -> str:
    points = f"{number(exercise.points)} points" if exercise.points else "ungraded"
    needs = f", builds on {', '.join(f'`{need}`' for need in exercise.needs)}" if exercise.needs else ""
    return f"{points}, about {number(exercise.minutes)} minutes{needs}"


def mistakes_page(lesson: Lesson, mistakes: Iterable[Mistake]) -> str:
    """The gallery: mistake by mistake, exercise by exercise, what a student reads."""
    parts = [
        f"# {lesson.title}: mistakes that it knows",
        "What you read when you make one. Each was made, and this is what came out; numbers that a check draws are "
        "others in your own run.",
    ]
    order = list(lesson.exercises)
    known = sorted(mistakes, key=lambda one: (order.index(one.exercise), one.sentence))
    for exercise, group in groupby(known, key=lambda one: one.exercise):
        parts.append(f"## `{exercise}`")
        for one in group:
            note = "" if one.public else "\n\nOnly hidden checks find this one."
            parts.append(_folded(one.sentence, _fenced(one.said, "output") + note))
    return "\n\n".join(parts) + "\n"


def definitions(source: str) -> dict[str, str]:
    """The source of each function and class of a stub, as the student finds it."""
    tree = ast.parse(source)
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name: ast.get_source_segment(source, node) or "" for node in tree.body if isinstance(node, kinds)}


def _folded(title: str, text: str) -> str:
    return f'<details markdown="1">\n<summary>{_plain(title)}</summary>\n\n{text}\n\n</details>'


def _plain(text: str) -> str:
    """Text that means itself: no tag, no emphasis, no list, no link."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"[\\`*_\[\]{}|~$]|^[#+-]", lambda match: f"&#{ord(match[0])};", escaped, flags=re.MULTILINE)


def _fenced(text: str, kind: str) -> str:
    """A block of code that holds the text whatever it holds."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{kind}\n{text}\n{fence}"
