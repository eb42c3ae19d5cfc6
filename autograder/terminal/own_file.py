"""The student's file: one exercise of it put back to its stub, and the same exercise in the course's own file."""

from __future__ import annotations

import ast
import os
import time
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


def reset_exercise(course: Course, lesson: Lesson, exercise: Exercise) -> str | None:
    """Replace the exercise in the student's file by its stub. Gives the file that keeps the student's version.

    None where there was none to keep: then the stub is added, of a file that is gone or empty the whole of it.
    """
    reference, path = course.reference(lesson.name), course.stub(lesson.name)
    if reference.exists():
        stub = make_stub(reference.read_text(encoding="utf-8"))
    elif course.released_stub(lesson.name).exists():
        stub = course.released_stub(lesson.name).read_text(encoding="utf-8")
    else:
        raise CourseError(f"The stub is not here; git checkout -- {os.path.relpath(path)} brings the whole file back.")
    try:
        current = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        current = ""
    except OSError as error:
        raise CourseError(f"{path} can't be read ({error.strerror}): move it away and run this again.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} is not a text file: save it as UTF-8 first.") from None
    if not current.strip():
        write_whole(path, stub)
        return None
    try:
        found = _span(current, exercise.name)
    except SyntaxError as error:
        raise CourseError(f"{path} is not valid Python (line {error.lineno}): fix that line first.") from None
    if found is None:
        write_whole(path, f"{current.rstrip()}\n\n\n{_segment(stub, exercise.name)}\n")
        return None
    first, last = found
    folder = course.root / ".autograder"
    folder.mkdir(exist_ok=True)
    kept = _unused(folder / f"{exercise.name}-{time.strftime('%Y%m%d-%H%M%S')}.py")
    lines = current.split("\n")
    kept.write_text("\n".join(lines[first:last]) + "\n", encoding="utf-8")
    write_whole(path, "\n".join([*lines[:first], _segment(stub, exercise.name), *lines[last:]]))
    return os.path.relpath(kept)


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
