"""The code of a notebook as one module: the exercises' definitions, and what these lean on.

A notebook is a record of work: beside an exercise it holds trainings, plots and half-finished cells. The
module is therefore made of the exercises' definitions and of every statement that binds or changes a name that
these read, directly or not. Magics and shell lines are ignored; a cell that is not Python costs what it
defines, and no more.

Runs beside the student's code, so that nothing a student wrote is parsed on the trusted side.
"""

from __future__ import annotations

import ast
import bisect
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from autograder.common import effects
from autograder.common.effects import DEFINITIONS

_OTHER_LANGUAGE = re.compile(r"%%(?!time\b|timeit\b|capture\b|prun\b|python3?\b|py\b)\w")  # %%bash and its like
# possessive (`*+`): giving spaces back to be tried otherwise would take minutes for a long line of them
_MAGIC = re.compile(r"(\s*+)(?:[%!?]+\s?[\w./~]|[\w., ]+=\s*[%!]\s?\w|.*[\w)\]]\?{1,2}\s*$)")


class NotANotebook(Exception):
    """No code can be taken from the file; the text is the end of a sentence that begins with the file's name."""


@dataclass
class NotebookCode:
    """All code cells, one below the other. `tree` holds every statement of those that are Python."""

    source: str
    tree: ast.Module
    starts: list[int]  # the line in `source` at which each code cell starts, counted from 1
    broken: dict[str, str] = field(default_factory=dict)  # what a cell that is not Python would define → what is wrong
    unread: dict[int, str] = field(default_factory=dict)  # the number of each cell that is not Python → what is wrong

    def place(self, line: int) -> tuple[int, int]:
        """(number of the code cell, line in it), both counted from 1, of a line of `source`."""
        cell = max(bisect.bisect_right(self.starts, line), 1)
        return cell, line - self.starts[cell - 1] + 1


def read_notebook(raw: bytes) -> NotebookCode:
    """Take the code out of an .ipynb file. Raises NotANotebook."""
    lines: list[str] = []
    starts: list[int] = []
    broken: dict[str, str] = {}
    unread: dict[int, str] = {}
    for number, cell in enumerate(code_cells(raw), start=1):
        text, problem = _python(cell)
        starts.append(len(lines) + 1)
        if problem:
            unread[number] = problem
            for name in re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)", cell, flags=re.MULTILINE):
                broken.setdefault(name, f"code cell {number}, {problem}")
        lines += text.split("\n")
    source = "\n".join(lines) + "\n"
    return NotebookCode(source, ast.parse(source), starts, broken, unread)


def code_cells(raw: bytes) -> list[str]:
    """The text of each code cell, in nbformat 4 and 3. Raises NotANotebook."""
    texts = [_text(cell.get("source", cell.get("input"))) for cell in _cells(raw)]
    if not any(text.strip() for text in texts):
        raise NotANotebook("holds no code")
    return texts


def cell_ids(raw: bytes) -> list[str]:
    """The id of each code cell, "" where it has none. Raises NotANotebook."""
    return [str(cell.get("id", "")) for cell in _cells(raw)]


def _cells(raw: bytes) -> list[dict[str, object]]:
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        raise NotANotebook("is not a notebook: it is not JSON") from None
    if not isinstance(data, dict):
        raise NotANotebook("is not a notebook: it has no cells")
    sheets = data.get("worksheets")
    holders = [data] if not isinstance(sheets, list) else [sheet for sheet in sheets if isinstance(sheet, dict)]
    cells = [cell for holder in holders for cell in _list(holder.get("cells")) if isinstance(cell, dict)]
    if not cells:
        raise NotANotebook("is not a notebook: it has no cells")
    return [cell for cell in cells if cell.get("cell_type") == "code"]


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(source: object) -> str:
    """A cell's text, which may be stored as lines; a NUL or a lone surrogate could not be compiled or shown."""
    text = source if isinstance(source, str) else "".join(line for line in _list(source) if isinstance(line, str))
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.encode("utf-8", "replace").decode()


def _python(cell: str) -> tuple[str, str]:
    """The cell with as many lines, magics taken out; or nothing but its lines, and what is wrong with it."""
    nothing = "\n" * cell.count("\n")
    if _OTHER_LANGUAGE.match(cell.lstrip()):
        return nothing, ""
    problem = ""
    for text in (cell, _without_magics(cell)):
        try:
            ast.parse(text)
            return text, ""
        except SyntaxError as error:
            problem = f"line {error.lineno or 1} is not valid Python ({error.msg})"
        except (RecursionError, MemoryError, ValueError):
            problem = "it can't be compiled"
    return nothing, problem


def _without_magics(cell: str) -> str:
    """IPython's own lines as `pass`, so that lines keep their numbers. For a cell that is not Python as it stands."""
    kept: list[str] = []
    continues = False
    for line in cell.split("\n"):
        magic = None if continues else _MAGIC.match(line)
        if continues:
            kept.append("")
        else:
            kept.append(f"{magic.group(1) or ''}pass" if magic else line)
        continues = (continues or magic is not None) and line.endswith("\\")
    return "\n".join(kept)


@dataclass
class Chosen:
    """The statements that make the module, and the calls that may change what it leans on, and are left out."""

    statements: list[ast.stmt]
    doubtful: list[tuple[ast.stmt, str, str]]  # the statement, the name that it gives away, and to what


def statements(tree: ast.Module, exercises: Iterable[str] = ()) -> list[ast.stmt]:
    """What of a notebook makes the module: the definitions of `exercises` and everything that they lean on.

    Without `exercises`, every definition counts as one.
    """
    return choose(tree, exercises).statements


def choose(tree: ast.Module, exercises: Iterable[str] = ()) -> Chosen:
    """The same as `statements`, with what had to be left out."""
    graded = set(exercises)
    definitions = {node.name: node for node in tree.body if isinstance(node, DEFINITIONS)}
    imports = [one for node in tree.body for one in ast.walk(node) if isinstance(one, effects.IMPORTS)]
    modules = {name for one in imports for name in effects.names_bound(one)}
    setters = {name: effects.names_declared_global(node) for name, node in definitions.items() if name not in graded}
    bound = [_affected(node, modules, definitions, setters) for node in tree.body]
    binders: dict[str, list[int]] = {}
    for index, names in enumerate(bound):
        for name in names:
            binders.setdefault(name, []).append(index)
    chosen = {index for index, node in enumerate(tree.body) if _opens_names(node)}
    every = (names for node, names in zip(tree.body, bound, strict=True) if isinstance(node, DEFINITIONS))
    queue = list(graded) or [name for names in every for name in names]
    needed: set[str] = set()
    while queue:
        name = queue.pop()
        if name in needed:
            continue
        needed.add(name)
        for index in set(binders.get(name, ())) - chosen:
            chosen.add(index)
            queue += effects.names_read(tree.body[index])
    data = needed - modules - definitions.keys()
    doubtful = [
        (node, name, function)
        for index, node in enumerate(tree.body)
        if index not in chosen
        for name, function in effects.given_away(node)
        if name in data and name in binders
    ]
    return Chosen([tree.body[index] for index in sorted(chosen)], doubtful)


def _affected(
    node: ast.stmt, modules: Collection[str], definitions: Collection[str], setters: Mapping[str, set[str]]
) -> set[str]:
    """The names that a statement binds or changes, also by calling a function that has them as `global`."""
    try:
        found = effects.names_bound(node) | effects.names_changed(node, modules, definitions)
        called = set() if isinstance(node, DEFINITIONS) else effects.names_called(node)
    except RecursionError:  # an `if` with hundreds of branches
        return set()
    return found.union(*(setters[name] for name in called if name in setters))


def _opens_names(node: ast.stmt) -> bool:
    """An import that says nothing of which names it brings, or of how the rest is read."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module == "__future__" or any(alias.name == "*" for alias in node.names)
