"""The code of a notebook as one module: its definitions, its imports, and what these refer to.

A notebook is a record of work: beside an exercise it holds trainings, plots and half-finished cells. The
module is therefore made of the exercises' definitions and of the definitions, imports and assignments that
these lean on, directly or not. Magics and shell lines are ignored; a cell that is not Python costs what it
defines, and no more.

Runs beside the student's code, so that nothing a student wrote is parsed on the trusted side.
"""

from __future__ import annotations

import ast
import bisect
import json
import re
import symtable
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
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

    def place(self, line: int) -> tuple[int, int]:
        """(number of the code cell, line in it), both counted from 1, of a line of `source`."""
        cell = max(bisect.bisect_right(self.starts, line), 1)
        return cell, line - self.starts[cell - 1] + 1


def read_notebook(raw: bytes) -> NotebookCode:
    """Take the code out of an .ipynb file. Raises NotANotebook."""
    lines: list[str] = []
    starts: list[int] = []
    broken: dict[str, str] = {}
    for number, cell in enumerate(code_cells(raw), start=1):
        text, problem = _python(cell)
        starts.append(len(lines) + 1)
        if problem:
            for name in re.findall(r"^(?:async\s+)?(?:def|class)\s+(\w+)", cell, flags=re.MULTILINE):
                broken.setdefault(name, f"code cell {number}, {problem}")
        lines += text.split("\n")
    source = "\n".join(lines) + "\n"
    return NotebookCode(source, ast.parse(source), starts, broken)


def code_cells(raw: bytes) -> list[str]:
    """The text of each code cell, in nbformat 4 and 3. Raises NotANotebook."""
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
    texts = [_text(cell.get("source", cell.get("input"))) for cell in cells if cell.get("cell_type") == "code"]
    if not any(text.strip() for text in texts):
        raise NotANotebook("holds no code")
    return texts


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


def statements(tree: ast.Module, exercises: Iterable[str] = ()) -> list[ast.stmt]:
    """What of a notebook makes the module: the definitions of `exercises` and everything that they lean on.

    Without `exercises`, every definition counts as one.
    """
    bound = [names_bound(node) for node in tree.body]
    binders: dict[str, list[int]] = {}
    for index, names in enumerate(bound):
        for name in names:
            binders.setdefault(name, []).append(index)
    chosen = {index for index, node in enumerate(tree.body) if _opens_names(node)}
    every = (names for node, names in zip(tree.body, bound, strict=True) if isinstance(node, DEFINITIONS))
    queue = list(exercises) or [name for names in every for name in names]
    needed: set[str] = set()
    while queue:
        name = queue.pop()
        if name in needed:
            continue
        needed.add(name)
        for index in set(binders.get(name, ())) - chosen:
            chosen.add(index)
            queue += names_used(tree.body[index])
    return [tree.body[index] for index in sorted(chosen)]


def _opens_names(node: ast.stmt) -> bool:
    """An import that says nothing of which names it brings, or of how the rest is read."""
    if not isinstance(node, ast.ImportFrom):
        return False
    return node.module == "__future__" or any(alias.name == "*" for alias in node.names)


def _declares(node: ast.stmt) -> bool:
    """An `if` or a `try` that holds nothing but definitions, imports and assignments."""
    inner = list(_inner(node))
    plain = (*DEFINITIONS, *_IMPORTS, ast.Pass, ast.Assign, ast.AnnAssign)
    return bool(inner) and all(isinstance(one, plain) for one in inner)


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements under an `if` or a `try`."""
    if isinstance(node, (ast.If, ast.Try)):
        blocks = [node.body, node.orelse, getattr(node, "finalbody", [])]
        blocks += [handler.body for handler in getattr(node, "handlers", [])]
        for block in blocks:
            yield from block


def names_bound(node: ast.stmt) -> set[str]:
    """The names that a top-level statement gives a value, or changes: x = ..., x[0] = ..., x.y = ..., def x."""
    if isinstance(node, DEFINITIONS):  # @patch(Layer) changes Layer
        calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
        return {node.name, *(name.id for call in calls for name in call.args if isinstance(name, ast.Name))}
    if isinstance(node, _IMPORTS):
        return {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    if isinstance(node, (ast.If, ast.Try)):
        return set().union(*(names_bound(one) for one in _inner(node))) if _declares(node) else set()
    if not isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        return set()
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return {name for target in targets for name in _bases(target)}


def _bases(target: ast.expr) -> Iterator[str]:
    while isinstance(target, (ast.Attribute, ast.Subscript, ast.Starred)):
        target = target.value
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, (ast.Tuple, ast.List)):
        for one in target.elts:
            yield from _bases(one)


def names_used(node: ast.stmt) -> set[str]:
    """The global names that a statement reads, at once or when it is called; a function's own variables are not."""
    try:
        table = symtable.symtable(ast.unparse(node), "cell", "exec")
    except (SyntaxError, RecursionError, ValueError):  # what can be parsed and not compiled, such as a bare `return`
        return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Load)}
    found = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    tables = table.get_children()
    while tables:
        inner = tables.pop()
        found |= {symbol.get_name() for symbol in inner.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        tables += inner.get_children()
    return found
