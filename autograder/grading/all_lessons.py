"""Every lesson that a hand-in holds: which submissions belong to which lesson.

A lesson is in a hand-in where its file has the lesson's name (`lora.py`, `lora/lora.ipynb`, in a checkout or a zip), or
where a file or notebook of any name defines one of its exercises: one notebook may hold the exercises of two lessons.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from autograder.checking.submission import SUFFIXES, Submission
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.notebook_code import NotANotebook, code_cells

# of a lesson's name and those that it uses: the submissions, one for each student, whatever they hold of it
Collect = Callable[[str, Sequence[str]], list[Submission]]
_NONE = "a-lesson-that-is-not-there"  # collected to learn what is said of a hand-in without the lesson


@dataclass(frozen=True)
class HandIns:
    """lesson → its submissions, in the order of the course; and a sentence for each hand-in that holds no lesson."""

    lessons: dict[str, list[Submission]]
    without: list[str]


def every_lesson(course: Course, collect: Collect) -> HandIns:
    """Sort what is handed in by lesson; a student has the same name in each. Raises CourseError where there is none."""
    defined = _Defined()
    without = collect(_NONE, ())
    said = {one.name: one.problem for one in without}
    held: dict[str, list[Submission]] = {}
    notebooks: dict[tuple[str, bytes], tuple[str, Submission]] = {}
    for name, lesson in course.lessons.items():
        for one in collect(name, tuple(lesson.uses)):
            file, named = _file(one, name)
            if one.problem is not None:  # a damaged zip says the same of every lesson, and is in none
                present = one.problem != (said.get(one.name) or "").replace(_NONE, name)
            else:
                present = named or defined.any_of(lesson, one.files[file], file)
            if present:
                held.setdefault(name, []).append(one)
            if file.endswith(".ipynb"):
                notebooks.setdefault((one.name, one.files[file]), (file, one))
    for name, lesson in course.lessons.items():
        there = {one.name for one in held.get(name, [])}
        for file, one in notebooks.values():
            if one.name not in there and defined.any_of(lesson, one.files[file], file):
                held.setdefault(name, []).append(_as(name, file, one))
                there.add(one.name)
    origins = {one.origin.resolve() for submissions in held.values() for one in submissions}
    found: dict[str, list[Submission]] = {}
    for name in course.lessons:
        for one in held.get(name, []):
            if _file(one, name)[1] or not _is_part(one, origins):
                found.setdefault(name, []).append(one)
    some = {one.name for submissions in found.values() for one in submissions}
    told = [_without(one) for one in without if one.name not in some and not _is_part(one, origins)]
    if not found:
        raise CourseError(" ".join(["There is no lesson in what was handed in.", *told[:3]]))
    return HandIns(found, told)


def _is_part(one: Submission, origins: set[Path]) -> bool:
    """Whether it lies in another hand-in: a checkout's folders look like students where it lacks a lesson."""
    return not origins.isdisjoint(one.origin.resolve().parents)


def _without(one: Submission) -> str:
    why = (one.problem or "it defines no exercise of the course.").replace(_NONE, "LESSON")
    return f"No lesson is in {one.source or one.name}: {why}"


def _file(submission: Submission, lesson: str) -> tuple[str, bool]:
    """The lesson's file in a submission, and whether it has the lesson's name where it was handed in."""
    for suffix in SUFFIXES:
        file = f"{lesson}/{lesson}{suffix}"
        if file in submission.files:
            shown = re.split(r"[:/\\]", submission.paths.get(file, file))[-1]
            return file, PurePosixPath(shown).stem == lesson
    return "", False


class _Defined:
    """The names that files define at their top level, each file read once. Nothing is run or parsed as Python."""

    def __init__(self) -> None:
        self.names: dict[bytes, frozenset[str]] = {}

    def any_of(self, lesson: Lesson, raw: bytes, file: str) -> bool:
        """Whether a file defines an exercise of the lesson."""
        key = hashlib.sha256(raw).digest()
        if key not in self.names:
            self.names[key] = frozenset(_defined(raw, file))
        return not lesson.exercises.keys().isdisjoint(self.names[key])


def _defined(raw: bytes, file: str) -> list[str]:
    text = raw.decode("utf-8", errors="replace")
    if file.endswith(".ipynb"):
        try:
            text = "\n".join(code_cells(raw))
        except NotANotebook:
            return []
    return re.findall(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", text, flags=re.MULTILINE)


def _as(lesson: str, file: str, one: Submission) -> Submission:
    """The submission of a notebook that holds this lesson, too."""
    inner = f"{lesson}/{lesson}.ipynb"
    return replace(one, files={inner: one.files[file]}, paths={inner: one.paths.get(file, file)})
