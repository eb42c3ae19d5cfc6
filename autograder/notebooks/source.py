"""The source of a notebook: `exercises/<lesson>/notebook.py`, in jupytext's percent format, read into cells.

The first word of a cell's title may say what is to stand there:

    # %% setup [LESSON ...]             the start of the notebook, and the imports of the lessons' modules
    # %% exercise [LESSON/]NAME         an exercise, out of the lesson's own module, and a cell that checks it
    # %% predict [markdown]             a question; below a line `---`, its answer, for instructors
    # %% part [LESSON ...] [markdown]   a heading; it and all up to the next part need these lessons
    # %% instructor                     a cell that only instructors get

so that no exercise is written twice. One lesson is one notebook: parts about another lesson are left out unless they
are asked for, and are that one's notebook where it has no file of its own. What an exercise needs of a lesson that
isn't there lies in that lesson's own file. A lesson without either has a plain notebook: its exercises, one by one.
Tables of constants that the module gives stand in a closed cell of their own, below a heading that says what they
hold. What is read here still holds the solutions between their markers; `autograder.notebooks.build` and the exports
make of it what they hand out.
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
from autograder.notebooks.wrapping import wrapped

Kind = Literal["code", "markdown"]
Role = Literal["plain", "setup", "tables", "exercise", "check", "predict", "answer", "instructor"]
SOURCE = "notebook.py"
FOLDED = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]}  # of a cell that editors, and books, show closed
_LONG = 5  # lines from which on a table of constants is put out of sight

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
            cells += _setup(course, lessons, text)
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
        *_setup(course, [lesson], ""),
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


def _setup(course: Course, lessons: Sequence[Lesson], text: str) -> list[Cell]:
    """`from __future__` comes first, then the start that all notebooks share, then what the modules start with."""
    future: dict[str, str] = {}
    others: dict[str, str] = {}
    tables: dict[str, _Piece] = {}
    for lesson in lessons:
        for piece in _pieces(_Module(course, lesson, []).top):
            key = ast.dump(ast.parse(piece.text))  # what two lessons share stands once
            if piece.table:
                tables.setdefault(key, piece)
            else:
                is_future = re.search("^from __future__", piece.text, re.MULTILINE)
                (future if is_future else others).setdefault(key, piece.spaced)
    blocks = ["\n".join(future.values()).strip(), _SETUP.strip(), wrapped(_squeezed(others.values())), text.strip()]
    return [Cell("code", "setup", "\n\n".join(block for block in blocks if block)), *_closed(tables.values())]


def _closed(tables: Iterable[_Piece]) -> list[Cell]:
    """A heading that says what the tables hold, and a closed cell with them; nothing where there are none."""
    pieces = list(tables)
    if not pieces:
        return []
    names = ", ".join(f"`{piece.table}`" for piece in pieces)
    lines = [f"#### Given: {names}", "", *(f"- {piece.about}" for piece in pieces), ""]
    closed = "The cell below is closed: click on its three dots, or on the bar at its left, to read it."
    return [Cell("markdown", "plain", "\n".join([*lines, closed])), Cell("code", "tables", wrapped(_joined(pieces)))]


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
        *_closed(modules[holder.name].tables(name)),
        Cell("code", "exercise", wrapped(modules[holder.name].exercise(name)), exercise),
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
    written = [cell.exercise for cell in cells if cell.role == "exercise" and cell.exercise is not None]
    lessons = {lesson for lesson, _ in written}
    seen: set[tuple[str, str]] = set()
    for lesson, name in written:
        if (lesson, name) in seen:
            raise CourseError(f"{path} holds the exercise {lesson}/{name} twice.")
        for need in course.lesson(lesson).exercises[name].needs:
            home, needed = need.split(":") if ":" in need else (lesson, need)
            if home in lessons and (home, needed) not in seen:  # else in that lesson's own file
                raise CourseError(f"{path}: {name} needs {need}, which must come before it.")
        seen.add((lesson, name))


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
            between = _pieces("\n".join(self.lines[start:first]), name)
            self._pieces += [*between, _Piece(self._text(first, end), name, name)]
            start = end
        self._pieces += _pieces("\n".join(self.lines[start:]), exercises[-1][0])
        for name in reversed(order):  # the first exercise that needs a helper has the last word
            for piece in self._needed(name):
                piece.owner = name

    def exercise(self, name: str) -> str:
        return _joined([piece for piece in self._pieces if piece.owner == name and not piece.table])

    def tables(self, name: str) -> list[_Piece]:
        """What stands in a closed cell above the exercise's."""
        return [piece for piece in self._pieces if piece.owner == name and piece.table]

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
    """Some lines of a module: an exercise, or one statement of what stands between two, with its comments."""

    def __init__(self, text: str, exercise: str, owner: str, gap: int = 2) -> None:
        self.text = text
        self.exercise = exercise  # "" for helpers
        self.owner = owner  # the exercise whose cell it stands in
        self.gap = gap  # empty lines above it
        body = ast.parse(text).body
        self.defines = {name for node in body for name in names_bound(node)}
        self.uses = {name for node in body for name in names_used(node)}
        found = _long_literal(body) if not exercise and BEGIN not in text else None
        self.table, self._entries = found or ("", 0)  # the name of a table of constants, and how many it holds

    @property
    def spaced(self) -> str:
        return "\n" * self.gap + self.text

    @property
    def about(self) -> str:
        """What a table holds: in the words of the comment that touches it from above, where there is one."""
        above = re.split(rf"^{self.table}\b", self.text, maxsplit=1, flags=re.MULTILINE)[0].split("\n\n")[-1]
        said = " ".join(line.lstrip("# ") for line in above.strip().split("\n") if not line.startswith("# ---"))
        return f"`{self.table}`, {self._entries} entries" + (f": {said}" if said else "")


def _long_literal(body: Sequence[ast.stmt]) -> tuple[str, int] | None:
    """The name and the number of entries of a table of constants that takes many lines."""
    node = body[0] if len(body) == 1 else None
    if not isinstance(node, (ast.Assign, ast.AnnAssign)) or (node.end_lineno or 0) - node.lineno + 1 < _LONG:
        return None
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    try:
        value = ast.literal_eval(node.value) if node.value is not None else None
    except ValueError:  # it calls something, or reads another name
        return None
    if not isinstance(target, ast.Name) or not isinstance(value, (dict, list, tuple, set)):
        return None
    return target.id, len(value)


def _pieces(text: str, owner: str = "") -> list[_Piece]:
    """A text cut behind each statement. A comment goes with the statement above where it touches that one only, else
    with the one below; what stands between a solution's markers stays together."""
    lines = text.split("\n")
    found: list[_Piece] = []
    start = 0
    for node in ast.parse(text).body:
        end = node.end_lineno or node.lineno
        if end <= start:  # in a solution that is a piece already
            continue
        below = end
        while below < len(lines) and re.match("#(?!##)", lines[below]):
            below += 1
        if below == len(lines) or not lines[below].strip():
            end = below
        markers = [line for line in lines[start:end] if line in (BEGIN, END)]
        if markers and markers[-1] == BEGIN:
            end = lines.index(END, end) + 1
        found.append(_piece(lines[start:end], owner))
        start = end
    return [*found, _piece(lines[start:], owner)] if any(lines[start:]) else found


def _piece(lines: Sequence[str], owner: str) -> _Piece:
    text = "\n".join(lines)
    return _Piece(text.strip("\n"), "", owner, len(text) - len(text.lstrip("\n")))


def _joined(pieces: Sequence[_Piece]) -> str:
    return "\n".join(piece.spaced for piece in pieces).strip("\n")


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
