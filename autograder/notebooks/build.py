"""Notebooks that the course hands out: a student's, with stubs, and an instructor's, with solutions and answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.stubs import make_stub
from autograder.notebooks.source import FOLDED, Cell, read_source, with_solutions

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # of a kernel's tracebacks
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def build(course: Course, lesson: Lesson, *, instructor: bool = False, within: Sequence[Lesson] | None = None) -> str:
    """The lesson's notebook as the text of an .ipynb file. `within`: the lessons it is about (default: this one)."""
    cells = read_source(course, lesson, within)
    return to_ipynb(_for_instructors(cells) if instructor else for_students(cells))


def for_students(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    """Stubs in place of solutions, room for predictions in place of answers."""
    made = []
    for cell in cells:
        if cell.role == "answer":
            made.append(_cell(cell, "*My prediction:*"))
        elif cell.role != "instructor":
            made.append(_cell(cell, student_source(cell)))
            if cell.role == "plain" and cell.kind == "code":  # Run All goes on where an exercise is not written yet
                made[-1]["metadata"] = {"tags": ["raises-exception"]}
    return made


def student_source(cell: Cell) -> str:
    """A cell's text without its solution."""
    return make_stub(_python(cell.source)).strip("\n") if "BEGIN SOLUTION" in cell.source else cell.source


def _python(source: str) -> str:
    """The same lines, with those that only IPython understands as comments."""
    return re.sub(r"^[%!]", "# ", source, flags=re.MULTILINE)


def _for_instructors(cells: Iterable[Cell]) -> list[dict[str, Any]]:
    made = []
    for cell in cells:
        answer = f"*Answer, for instructors:* {cell.source}" if cell.role == "answer" else None
        made.append(_cell(cell, answer or with_solutions(cell.source)))
    return made


def _cell(cell: Cell, source: str) -> dict[str, Any]:
    """A cell of nbformat, still without its id."""
    made: dict[str, Any] = {"cell_type": cell.kind, "metadata": metadata_of(cell), "source": source}
    return made | ({"execution_count": None, "outputs": []} if cell.kind == "code" else {})


def metadata_of(cell: Cell) -> dict[str, Any]:
    """What it says to editors."""
    return dict(FOLDED) if cell.role == "tables" else {}


def to_ipynb(cells: Iterable[dict[str, Any]]) -> str:
    """A whole notebook, valid by nbformat's own schema; the same cells give the same text."""
    nbformat = _nbformat()
    numbered = [{**cell, "id": cell.get("id") or f"cell-{number}"} for number, cell in enumerate(cells, start=1)]
    data = {"cells": numbered, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    notebook = nbformat.from_dict(data)
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook)}\n"


def run(text: str, folder: Path, timeout: int = 600) -> str:
    """Run a notebook from top to bottom in a kernel whose working directory is `folder`; gives it with its outputs."""
    nbformat = _nbformat()
    try:
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
    except ImportError:
        raise CourseError("Running a notebook needs nbclient: pip install -e '.[notebooks]'.") from None
    notebook = nbformat.reads(text, as_version=4)
    client = NotebookClient(notebook, timeout=timeout, kernel_name="python3", resources={"metadata": {"path": folder}})
    try:
        client.execute()
    except CellExecutionError as error:
        said = _COLOURS.sub("", str(error)).strip().splitlines()[-1:] or ["?"]
        raise CourseError(f"The notebook stops: {said[0]}") from None
    return f"{nbformat.writes(notebook)}\n"


def _nbformat() -> Any:
    try:
        import nbformat
    except ImportError:
        raise CourseError("Notebooks need nbformat: pip install -e '.[notebooks]'.") from None
    return nbformat
