"""Makes each lesson's stub from its reference, so that the two can't drift.

In `solutions/<lesson>/<lesson>.py` everything between `### BEGIN SOLUTION` and `### END SOLUTION` is
the solution; the stub has a `raise NotImplementedError` there (nothing, at the top level).

    autograder stubs            writes every stub
    autograder stubs --check    says which differ, exit 1
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from autograder.common.errors import CourseError
from autograder.common.lessons import Course

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def make_stub(source: str) -> str:
    """The stub of a reference. Raises CourseError when the markers don't pair up."""
    names = _names(source)
    kept: list[str] = []
    inside = False
    for number, line in enumerate(source.splitlines(keepends=True), start=1):
        marker = line.strip()
        if marker == (END if not inside else BEGIN):
            raise CourseError(f"Line {number} of the reference has {marker} out of turn.")
        if marker == BEGIN:
            inside = True
            if placeholder := _placeholder(line, names.get(number)):
                kept.append(placeholder + "\n")
        elif marker == END:
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise CourseError("The reference has a BEGIN SOLUTION without an end.")
    return "".join(kept)


def placeholders(source: str) -> dict[int, str]:
    """What a stub holds in the place of each solution: the line of its BEGIN marker → a line, or nothing."""
    names = _names(source)
    lines = enumerate(source.splitlines(), start=1)
    return {number: _placeholder(line, names.get(number)) for number, line in lines if line.strip() == BEGIN}


def _placeholder(line: str, name: str | None) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return f'{indent}raise NotImplementedError("{name} is not written yet")' if indent and name else ""


def _names(source: str) -> dict[int, str]:
    try:
        return _qualified_names(source)
    except SyntaxError as error:
        raise CourseError(f"The reference is not valid Python (line {error.lineno}: {error.msg}).") from None


def _qualified_names(source: str) -> dict[int, str]:
    """Line → dotted name of the innermost function around it, empty where that is a class."""
    names: dict[int, str] = {}
    lines = source.splitlines()

    def walk(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                name = f"{prefix}{child.name}"
                span = range(child.lineno, (child.end_lineno or 0) + 2)  # a body may end in a comment, not in the tree
                inside = [number for number in span if _indent(lines, number) > child.col_offset]
                names.update(dict.fromkeys(inside, "" if isinstance(child, ast.ClassDef) else name))
                walk(child, f"{name}.")

    walk(ast.parse(source), "")
    return names


def _indent(lines: list[str], number: int) -> int:
    line = lines[number - 1] if number <= len(lines) else ""
    return len(line) - len(line.lstrip())


def drifted_stubs(course: Course) -> dict[Path, str]:
    """The stubs that are not what their references give, and what they should hold. Raises CourseError."""
    drifted = {}
    for lesson in course.lessons:
        if not course.reference(lesson).exists():
            raise CourseError(f"There is no {course.reference(lesson)}: stubs are made in the instructor's repository.")
        stub = make_stub(course.reference(lesson).read_text(encoding="utf-8"))
        path = course.stub(lesson)
        if not path.exists() or path.read_text(encoding="utf-8") != stub:
            drifted[path] = stub
    return drifted


def write_stubs(course: Course) -> list[Path]:
    """Write every stub that is not what its reference gives; those that were written."""
    drifted = drifted_stubs(course)
    for path, stub in drifted.items():
        path.write_text(stub, encoding="utf-8")
    return list(drifted)


if __name__ == "__main__":  # as the former module was started
    print("Stubs are made by the command `autograder stubs` now; `--check` says which differ.", file=sys.stderr)
    sys.exit(2)
