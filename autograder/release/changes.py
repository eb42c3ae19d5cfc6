"""`CHANGES.md` of the student repository: what an update brings, by lesson, made from the files before and after."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from autograder.common.lessons import Lesson, check_file

PAGE = "CHANGES.md"
_HEAD = "# What has changed\n\nThe newest update first. README.md says how to take one.\n"


def with_changes(
    old: Mapping[str, bytes], new: Mapping[str, bytes], lessons: Sequence[Lesson], title: str
) -> bytes | None:
    """The page after an update from `old` to `new` files, with what it said before; None where it says nothing yet.

    `title`: of the update's section; without one, updates are numbered.
    """
    before = old.get(PAGE, b"").decode("utf-8", "replace")
    lines = list(_lines(old, new, lessons)) if old else []
    if not lines:
        return before.encode() or None
    sections = before.removeprefix(_HEAD)
    title = title or f"Update {len(re.findall('^## ', sections, re.MULTILINE)) + 1}"
    return "\n".join([f"{_HEAD}\n## {title}\n", *(f"- {line}" for line in lines), sections]).encode()


def _lines(old: Mapping[str, bytes], new: Mapping[str, bytes], lessons: Sequence[Lesson]) -> Iterator[str]:
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    here = {lesson.name for lesson in lessons}
    for name in sorted({_lesson_of(path) for path in old} - here - {""}):
        yield f"`{name}` is no longer among the lessons. What you wrote of it is in your own history."
    for lesson in lessons:
        own = {path for path in changed if _lesson_of(path) == lesson.name}
        if own and not any(_lesson_of(path) == lesson.name for path in old):
            yield f"`{lesson.name}` is new: {lesson.title}. Its page is exercises/{lesson.name}/README.md."
        elif own:
            yield f"`{lesson.name}`: {'; '.join(_of_lesson(lesson, own, old, new))}."
    if any(path.startswith("autograder/") for path in changed):
        yield "The engine that runs the checks (`autograder/`)."
    if {"pyproject.toml", "constraints.txt"} & changed:
        yield "What is installed: give README.md's install command once more."


def _of_lesson(lesson: Lesson, changed: set[str], old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[str]:
    folder = f"exercises/{lesson.name}"
    inner = {str(PurePosixPath(path).relative_to(folder)) for path in changed if path.startswith(f"{folder}/")}
    if (stub := f".stubs/{lesson.name}.py") in changed:
        names = _definitions_changed(old.get(stub, b""), new.get(stub, b""), lesson)
        yield f"the stub of {', '.join(f'`{name}`' for name in names)}" if names else "the stub"
    files = {f"checks/{check_file(name)}": name for name in lesson.exercises}
    if checked := [f"`{name}`" for path, name in files.items() if path in inner]:
        yield f"the checks of {', '.join(checked)}"
    elif any(path.startswith("checks/") for path in inner):
        yield "the checks"
    if "README.md" in inner:
        yield "the page"
    if any(path.endswith(".ipynb") for path in inner):
        yield "the notebook"
    if "lesson.toml" in inner:
        yield "points, minutes or hints"
    known = {*files, f"{lesson.name}.py", "README.md", "lesson.toml"}
    others = [path for path in inner - known if not path.startswith("checks/") and not path.endswith(".ipynb")]
    if others:
        yield "experiments, pictures or other files"


def _definitions_changed(old: bytes, new: bytes, lesson: Lesson) -> list[str]:
    """The exercises whose text in the stub is another one."""
    try:
        before, after = ({node.name: ast.dump(node) for node in ast.parse(text).body
                          if isinstance(node, (ast.FunctionDef, ast.ClassDef))} for text in (old, new))  # fmt: skip
    except SyntaxError:
        return []
    return [name for name in lesson.exercises if before.get(name) != after.get(name)]


def _lesson_of(path: str) -> str:
    """The lesson that a released file belongs to, "" for the rest."""
    found = re.match(r"exercises/(\w+)/|\.stubs/(\w+)\.py$", path)
    return (found[1] or found[2]) if found else ""
