"""The source of a notebook: `exercises/<lesson>/notebook.py`, in jupytext's percent format, read into cells.

The first word of a cell's title may say what is to stand there:

    # %% setup [LESSON ...]             the start of the notebook, and the imports of the lessons' modules
    # %% exercise [LESSON/]NAME         an exercise, out of the lesson's own module, and a cell that checks it
    # %% predict [markdown]             a question; below a line `---`, its answer, for instructors
    # %% part [LESSON ...] [markdown]   a heading; it and all up to the next part need these lessons
    # %% instructor                     a cell that only instructors get

so that no exercise is written twice. One lesson is one notebook: parts about another lesson are left out unless they
are asked for, and are that one's notebook where it has no file of its own. A lesson without either has a plain
notebook: its exercises, one by one. What is read here still holds the solutions between their markers;
`autograder.notebooks.build` and the exports make of it what they hand out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.common.effects import DEFINITIONS, names_bound, names_used
from autograder.common.errors import CourseError
from autograder.common.lessons import Course, Lesson
from autograder.common.stubs import BEGIN, END

Kind = Literal["code", "markdown"]
Role = Literal["plain", "setup", "exercise", "check", "predict", "answer", "instructor"]
SOURCE = "notebook.py"

_SETUP = """\
BACKBONE = "tiny"  # the one setting: "gpt2" takes the real one from the hub, a path takes a folder

%matplotlib inline
from autograder.notebooks.live import check, experiment  # first: it keeps libraries from chattering
import matplotlib.pyplot as plt
from autograder.backbone import load_backbone
"""


@dataclass(frozen=True)
class Cell:
    """One cell, solutions between their markers. `exercise` is (lesson, name) where the cell is or checks one."""

    kind: Kind
    role: Role
    source: str
    exercise: tuple[str, str] | None = None


def has_notebook(lesson: Lesson) -> bool:
    """Whether it has written one of its own."""
    return (lesson.folder / SOURCE).is_file()


def source_of(course: Course, lesson: Lesson) -> Path | None:
    """Where the lesson's notebook is written: in its folder, or as parts of another lesson's."""
    if has_notebook(lesson):
        return lesson.folder / SOURCE
    others = [one.folder / SOURCE for one in course.lessons.values() if has_notebook(one)]
    return next((path for path in others if lesson.name in _parts(path)), None)


def _parts(path: Path) -> set[str]:
    """The lessons that parts of a source are about."""
    titles = re.findall(r"^# %% part ([\w ]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {name for title in titles for name in title.split()}


def read_source(course: Course, lesson: Lesson, within: Sequence[Lesson] | None = None) -> list[Cell]:
    """The cells of the lesson's notebook; parts that need a lesson outside of `within` (default: this one alone) are
    left out. Raises CourseError when the source can't be what it should."""
    path = source_of(course, lesson)
    if path is None:
        return _plain(course, lesson)
    known = {one.name for one in (within or [lesson])}
    if missing := known - _parts(path) - {lesson.name}:
        raise CourseError(f"The notebook of {lesson.name} has no part about {min(missing)}: leave it out of --with.")
    kept = list(_kept(_percent_cells(path), known))
    modules = _modules(course, lesson, [names[0] for _, _, word, names, _ in kept if word == "exercise" and names])
    cells: list[Cell] = []
    if path.parent != lesson.folder:  # its parts alone, and not how the other lesson's notebook begins
        first = next(index for index, (_, _, word, _, _) in enumerate(kept) if word == "part")
        kept, cells = kept[first:], _head(course, lesson)
    for number, kind, word, names, text in kept:
        where = f"{path}, cell {number}"
        if word == "setup":
            lessons = [course.lesson(name) for name in names or [lesson.name] if name in known]
            cells.append(Cell("code", "setup", _setup(course, lessons, text)))
        elif word == "exercise":
            cells += _exercise(course, lesson, modules, names, text, where)
        elif word == "predict":
            cells += _prediction(kind, text, where)
        else:
            cells.append(Cell(kind, "instructor" if word == "instructor" else "plain", text))
    _check_order(course, cells, path)
    return cells


def _head(course: Course, lesson: Lesson) -> list[Cell]:
    return [
        Cell("markdown", "plain", f"# {lesson.title}\n\n{lesson.summary}."),
        Cell("code", "setup", _setup(course, [lesson], "")),
    ]


def _plain(course: Course, lesson: Lesson) -> list[Cell]:
    """The notebook of a lesson that has written none."""
    cells = _head(course, lesson)
    modules = _modules(course, lesson, lesson.exercises)
    for name, exercise in lesson.exercises.items():
        points = f"{exercise.points} points, " if exercise.points else ""
        cells.append(Cell("markdown", "plain", f"## `{name}`\n\n{points}about {exercise.minutes} minutes"))
        cells += _exercise(course, lesson, modules, [name], "", lesson.name)
    return cells


def _kept(cells: Iterable[tuple[Kind, str, str]], known: set[str]) -> Iterator[tuple[int, Kind, str, list[str], str]]:
    """(number, kind, directive or "", its names, text) of the cells whose part needs only lessons that are there."""
    left_out = False
    for number, (kind, title, text) in enumerate(cells, start=1):
        word, *names = title.split() or [""]
        if word == "part":
            left_out = not set(names) <= known
        if not left_out:
            yield number, kind, word, names, text


def _modules(course: Course, lesson: Lesson, exercises: Iterable[str]) -> dict[str, _Module]:
    """The modules of all lessons whose exercises stand in the notebook, each told their order there."""
    order: dict[str, list[str]] = {}
    for exercise in exercises:
        owner, _, name = exercise.rpartition("/")
        order.setdefault(owner or lesson.name, []).append(name)
    return {name: _Module(course, course.lesson(name), names) for name, names in order.items()}


def _percent_cells(path: Path) -> list[tuple[Kind, str, str]]:
    """(kind, title, text) of each cell."""
    try:
        import jupytext
    except ImportError:
        raise CourseError("Notebooks need jupytext: pip install -e '.[notebooks]'.") from None
    notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
    return [
        ("markdown" if cell.cell_type == "markdown" else "code", cell.metadata.get("title", ""), cell.source)
        for cell in notebook.cells
    ]


def _setup(course: Course, lessons: Sequence[Lesson], text: str) -> str:
    """`from __future__` comes first, then the start that all notebooks share, then what the modules start with."""
    future: dict[str, str] = {}
    others: dict[str, str] = {}
    for lesson in lessons:
        for node, source in _statements(_Module(course, lesson, []).top):
            is_future = isinstance(node, ast.ImportFrom) and node.module == "__future__"
            (future if is_future else others).setdefault(ast.dump(node), source)  # what two lessons share stands once
    blocks = ["\n".join(future.values()).strip(), _SETUP.strip(), _squeezed(others.values()), text.strip()]
    return "\n\n".join(block for block in blocks if block)


def _statements(source: str) -> Iterator[tuple[ast.stmt, str]]:
    """Each top-level statement with its lines, and the comments and empty lines above it."""
    lines, start = source.split("\n"), 0
    for node in ast.parse(source).body:
        end = node.end_lineno or node.lineno
        yield node, "\n".join(lines[start:end])
        start = end


def _squeezed(parts: Iterable[str]) -> str:
    """Put together without empty lines at either end, and never two of them in a row."""
    kept: list[str] = []
    for line in "\n".join(parts).split("\n"):
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line)
    return "\n".join(kept).strip()


def _exercise(
    course: Course, lesson: Lesson, modules: dict[str, _Module], names: list[str], text: str, where: str
) -> list[Cell]:
    if len(names) != 1 or text.strip():
        raise CourseError(f"{where}: `# %% exercise NAME` takes one name, and nothing below it.")
    owner, _, name = names[0].rpartition("/")
    holder = course.lesson(owner or lesson.name)
    if name not in holder.exercises:
        raise CourseError(f"{where}: {holder.name} has no exercise {name!r}.")
    shown = name if holder.name == lesson.name else f"{holder.name}/{name}"
    exercise = (holder.name, name)
    return [
        Cell("code", "exercise", modules[holder.name].exercise(name), exercise),
        Cell("code", "check", f'check("{shown}")', exercise),
    ]


def _prediction(kind: str, text: str, where: str) -> list[Cell]:
    question, line, answer = text.partition("\n---\n")
    if kind != "markdown" or not line or not question.strip() or not answer.strip():
        raise CourseError(f"{where}: a prediction is Markdown, with a line of --- between the question and its answer.")
    return [
        Cell("markdown", "predict", f"**Predict before you run on.** {question.strip()}"),
        Cell("markdown", "answer", answer.strip()),
    ]


def _check_order(course: Course, cells: Iterable[Cell], path: Path) -> None:
    seen: set[tuple[str, str]] = set()
    for cell in cells:
        if cell.role != "exercise" or cell.exercise is None:
            continue
        lesson, name = cell.exercise
        if cell.exercise in seen:
            raise CourseError(f"{path} holds the exercise {lesson}/{name} twice.")
        for need in course.lesson(lesson).exercises[name].needs:
            if (lesson, need) not in seen:
                raise CourseError(f"{path}: {name} needs {need}, which must come before it.")
        seen.add(cell.exercise)


class _Module:
    """A lesson's reference, taken apart: its top, its exercises, and the helpers that stand between them.

    A helper goes with the first exercise of the notebook that uses it, itself or through other helpers; one that none
    uses, with the exercise below it in the module.
    """

    def __init__(self, course: Course, lesson: Lesson, order: Sequence[str]) -> None:
        path = course.reference(lesson.name)
        if not path.exists():
            raise CourseError(f"There is no {path}: notebooks are made in the instructor's repository.")
        self.lines = path.read_text(encoding="utf-8").splitlines()
        tree = ast.parse("\n".join(self.lines))
        docstring = tree.body[0] if ast.get_docstring(tree) is not None else None
        definitions = [(name, node) for node in tree.body if (name := _defined(node, lesson)) is not None]
        exercises = [(name, node) for name, node in definitions if name in lesson.exercises]
        if missing := set(lesson.exercises) - {name for name, _ in exercises}:
            raise CourseError(f"{path} defines no {missing.pop()} at its top level.")
        start = self._top_end(definitions[0][1])
        self.top = self._text(docstring.end_lineno or 0 if docstring is not None else 0, start)
        self._pieces: list[_Piece] = []  # in the order of the module
        for name, node in exercises:
            first, end = self._first(node), self._end(node.end_lineno or node.lineno)
            self._pieces += [_Piece(self._text(start, first), "", name), _Piece(self._text(first, end), name, name)]
            start = end
        self._pieces.append(_Piece(self._text(start, len(self.lines)), "", exercises[-1][0]))
        for name in reversed(order):  # the first exercise that needs a helper has the last word
            for piece in self._needed(name):
                piece.owner = name

    def exercise(self, name: str) -> str:
        return "\n\n\n".join(piece.text for piece in self._pieces if piece.owner == name and piece.text)

    def _needed(self, name: str) -> list[_Piece]:
        """The helpers that an exercise uses, directly or through other helpers."""
        found: list[_Piece] = []
        queue = [piece for piece in self._pieces if piece.exercise == name]
        while queue:
            used = queue.pop().uses
            more = [
                piece for piece in self._pieces if not piece.exercise and piece not in found and piece.defines & used
            ]
            found += more
            queue += more
        return found

    def _text(self, first: int, end: int) -> str:
        return "\n".join(self.lines[first:end]).strip("\n")

    def _first(self, node: ast.stmt) -> int:
        """The line, counted from 0, at which a definition begins with its decorators."""
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        return min([node.lineno, *(decorator.lineno for decorator in decorators)]) - 1

    def _top_end(self, node: ast.stmt) -> int:
        """The line at which the first definition begins, with the comments and the marker above it."""
        first = self._first(node)
        while first and self.lines[first - 1].startswith("#"):
            first -= 1
        return first

    def _end(self, line: int) -> int:
        """Behind a body that ends in comments, such as a marker."""
        end = line
        for index in range(line, len(self.lines)):
            if self.lines[index].startswith((" ", "\t")):
                end = index + 1
            elif self.lines[index].strip():
                break
        return end


class _Piece:
    """Some lines of a module: one exercise, or what stands between two."""

    def __init__(self, text: str, exercise: str, owner: str) -> None:
        self.text = text
        self.exercise = exercise  # "" for helpers
        self.owner = owner  # the exercise whose cell it stands in
        body = ast.parse(text).body
        self.defines = {name for node in body for name in names_bound(node)}
        self.uses = {name for node in body for name in names_used(node)}


def _defined(node: ast.stmt, lesson: Lesson) -> str | None:
    """The name of a function or class, or of an exercise that is a value, such as a table."""
    if isinstance(node, DEFINITIONS):
        return node.name
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    names = [target.id for target in targets if isinstance(target, ast.Name)]
    return next((name for name in names if name in lesson.exercises), None)


def with_solutions(source: str) -> str:
    """The cell as instructors read it: the solutions, without their markers."""
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))
