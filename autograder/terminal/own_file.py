"""The student's file: one exercise of it put back to its stub, and the same exercise in the course's own file."""

from __future__ import annotations

import ast
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.common.errors import CourseError
from autograder.common.files import write_whole
from autograder.common.lessons import Course, Exercise, Lesson
from autograder.common.stubs import make_stub


def reference_source(course: Course, lesson: Lesson, exercise: Exercise) -> str:
    """The exercise in the reference, without the markers that the stub is made by."""
    source = course.reference(lesson.name).read_text(encoding="utf-8")
    lines = _segment(source, exercise.name).splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("### "))


@dataclass(frozen=True)
class Reset:
    """What became of a reset. `kept` is the file that keeps the student's version, if there was one."""

    changed: bool
    kept: str | None = None


def reset_exercise(course: Course, lesson: Lesson, exercise: Exercise) -> Reset:
    """Replace the exercise in the student's file by its stub, and keep the student's version of it.

    Where the exercise is not in the file, its stub is added; of a file that is gone or empty the whole stub.
    """
    stub, file = _stub(course, lesson), _File.read(course.stub(lesson.name))
    if not file.text.strip():
        file.write(stub)
        return Reset(changed=True)
    segment, found = _segment(stub, exercise.name), file.span(exercise.name)
    if found is None:
        file.write(f"{file.text.rstrip()}\n\n\n{segment}\n")
        return Reset(changed=True)
    mine = file.part(found)
    if mine == segment:
        return Reset(changed=False)
    kept = _keep(course, exercise, mine)
    file.write(file.with_part(found, segment))
    return Reset(True, os.path.relpath(kept))


def undo_reset(course: Course, exercise: Exercise | None = None) -> tuple[str, str | None]:
    """Put the version that the last reset kept (of this exercise, or of any) back into the student's file.

    Gives the exercise's name, and the file that keeps what stood there instead, where that was more than the stub.
    Raises CourseError where no version is kept.
    """
    known = {name: one for one in course.lessons.values() for name in one.exercises}
    kept = [(path, name) for path, name in _kept(course) if name in ((exercise.name,) if exercise else known)]
    if not kept:
        what = f" of {exercise.name}" if exercise else ""
        raise CourseError(f"There is no reset{what} to undo: no version is kept in .autograder/.")
    path, name = max(kept, key=lambda one: (one[0].stat().st_mtime_ns, one[0].name))
    home = known[name]
    file, mine = _File.read(course.stub(home.name)), path.read_text(encoding="utf-8").rstrip("\n")
    found = file.span(name)
    if found is None:
        file.write(f"{file.text.rstrip()}\n\n\n{mine}\n")
        path.unlink()
        return name, None
    now = file.part(found)
    instead = None if now in (mine, _stub_of(course, home, name)) else _keep(course, home.exercises[name], now)
    file.write(file.with_part(found, mine))
    path.unlink()
    return name, None if instead is None else os.path.relpath(instead)


def _stub_of(course: Course, lesson: Lesson, name: str) -> str | None:
    """An exercise's stub, where it is here."""
    try:
        return _segment(_stub(course, lesson), name)
    except CourseError:
        return None


def _stub(course: Course, lesson: Lesson) -> str:
    reference, released = course.reference(lesson.name), course.released_stub(lesson.name)
    if reference.exists():
        return make_stub(reference.read_text(encoding="utf-8"))
    if released.exists():
        return released.read_text(encoding="utf-8")
    path = os.path.relpath(course.stub(lesson.name))
    raise CourseError(f"The stub is not here; git checkout -- {path} brings the whole file back.")


@dataclass(frozen=True)
class _File:
    """A student's file as text with `\\n`; written as it was found, with its line endings and byte order mark."""

    path: Path
    text: str
    newline: str = "\n"
    mark: str = ""

    @classmethod
    def read(cls, path: Path) -> _File:
        try:
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            return cls(path, "")
        except OSError as error:
            raise CourseError(f"{path} can't be read ({error.strerror}): move it away and run this again.") from None
        except UnicodeDecodeError:
            raise CourseError(f"{path} is not a text file: save it as UTF-8 first.") from None
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        newline = "\r\n" if text.count("\r\n") == text.count("\n") > 0 else "\n"  # of a mixture each line keeps its own
        return cls(path, text.removeprefix(mark).replace(newline, "\n"), newline, mark)

    def write(self, text: str) -> None:
        write_whole(self.path, self.mark + text.replace("\n", self.newline))

    def span(self, name: str) -> tuple[int, int] | None:
        try:
            return _span(self.text, name)
        except SyntaxError as error:
            raise CourseError(f"{self.path} is not valid Python (line {error.lineno}): fix that line first.") from None

    def part(self, span: tuple[int, int]) -> str:
        return "\n".join(self.text.split("\n")[slice(*span)])

    def with_part(self, span: tuple[int, int], part: str) -> str:
        lines = self.text.split("\n")
        return "\n".join([*lines[: span[0]], part, *lines[span[1] :]])


def _keep(course: Course, exercise: Exercise, text: str) -> Path:
    """Write a version of an exercise to a file of its own."""
    folder = course.root / ".autograder"
    folder.mkdir(exist_ok=True)
    kept = _unused(folder / f"{exercise.name}-{time.strftime('%Y%m%d-%H%M%S')}.py")
    write_whole(kept, text + "\n")
    return kept


def _kept(course: Course) -> Iterator[tuple[Path, str]]:
    """The files that keep versions, each with its exercise's name."""
    for path in (course.root / ".autograder").glob("*.py"):
        if named := re.fullmatch(r"(\w+)-\d{8}-\d{6}(-\d+)?", path.stem):
            yield path, named[1]


def _unused(path: Path) -> Path:
    """The path, or one like it under which nothing is kept yet."""
    number = 1
    while (found := path.with_stem(path.stem + (f"-{number}" if number > 1 else ""))).exists():
        number += 1
    return found


def _segment(source: str, name: str) -> str:
    """The text of one top-level function or class, decorators included."""
    found = _span(source, name)
    if found is None:
        raise CourseError(f"{name} is not defined at the top level of the course's own file.")
    return "\n".join(source.split("\n")[slice(*found)])


def _span(source: str, name: str) -> tuple[int, int] | None:
    """Which lines hold it, as a slice, or None; of two of one name, the later, which is the one that counts.

    An exercise may also be a table, bound by an assignment.
    """
    for node in reversed(ast.parse(source).body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return first - 1, node.end_lineno or node.lineno
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return node.lineno - 1, node.end_lineno or node.lineno
    return None
