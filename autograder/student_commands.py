"""What the commands for students do: progress, solution, reset and watch. All in process, on the visible checks."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.lessons import Course, CourseError, Exercise, Lesson
from autograder.stubs import make_stub
from autograder.writers import write_whole

if TYPE_CHECKING:
    from autograder.running import Run


def _visible_run(course: Course, lesson: Lesson) -> Run:
    from autograder.collecting import collect_checks
    from autograder.running import Run
    from autograder.student import LocalTransport, Session, TimeLimits
    from autograder.submission import resolve

    collected = collect_checks(course, lesson, hidden=False)
    submission = resolve(course.root / "exercises", lesson.name, lesson.uses)
    session = Session(lesson.name, submission, LocalTransport, TimeLimits.none(), exercises=tuple(lesson.exercises))
    return Run(lesson, collected.checks, session)


def lesson_progress(course: Course, lesson: Lesson) -> Iterator[str]:
    """The lines that a pytest run of the lesson ends with."""
    from autograder.view import summary_of

    run = _visible_run(course, lesson)
    for line, _ in summary_of(run):
        yield line


def exercise_passes(course: Course, lesson: Lesson, exercise: Exercise) -> bool:
    """Whether the student's own exercise passes all its visible checks."""
    run = _visible_run(course, lesson)
    checks = [check for check in run.checks.values() if check.exercise == exercise.name]
    return all(run.verdict(check).outcome == "passed" for check in checks)


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


def watch_lesson(course: Course, lesson: Lesson) -> None:
    """Run pytest on the lesson now and after every save."""
    from watchfiles import watch

    folder = lesson.folder
    print(f"Watching {os.path.relpath(folder)}; save a file to run its checks, Ctrl-C ends this.")
    import torch  # noqa: F401  imported once, here; each run is a fork of this process

    ours = {"watch_filter": lambda _, path: path.endswith(".py"), "raise_interrupt": True}
    try:
        saves = watch(folder, **ours, rust_timeout=300, yield_on_timeout=True)
        next(saves)  # watching has begun, so that a save during the first run is not missed
        _run_lesson(folder)
        for saved in saves:
            if saved:
                _run_lesson(folder)
    except KeyboardInterrupt:
        print()


def _run_lesson(folder: os.PathLike[str]) -> None:
    known = "ignore::pytest.PytestAssertRewriteWarning"  # the run is a fork of what has its plugins imported already
    arguments = [str(folder), "-q", "-p", "no:cacheprovider", "-W", known]
    if not hasattr(os, "fork"):
        subprocess.run([sys.executable, "-m", "pytest", *arguments])
        return
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        import pytest

        code = 1
        try:
            code = int(pytest.main(arguments))
        finally:
            sys.stdout.flush()
            os._exit(code)
    os.waitpid(child, 0)


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
