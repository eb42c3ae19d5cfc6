"""Whether what was run in a kernel is what stands on the page, which is what is graded, from top to bottom.

What a kernel can know: what was run, in its order; from frontends that say so, which cell that was; and the notebook as
it was saved, where the frontend says where that is (Jupyter does in the environment, VS Code in a variable).
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autograder.common import effects
from autograder.common.notebook_code import NotANotebook, NotebookCode, cell_ids, code_cells, read_notebook, statements

JUPYTER = "JPY_SESSION_NAME"  # the environment's variable in which Jupyter Server says where the notebook is
VSCODE = "__vsc_ipynb_file__"  # the notebook's own variable in which VS Code does
_MOST = 3  # cells that are named


@dataclass(frozen=True)
class Runs:
    """What was run: the text of In [1], In [2] and so on; and of some of them, by number, the id of the page's cell."""

    texts: Sequence[str]
    cells: Mapping[int, str] = field(default_factory=dict)

    def notebook(self) -> bytes:
        """The same as a notebook that is handed in: its code cell n is In [n]."""
        return json.dumps({"cells": [{"cell_type": "code", "source": text} for text in self.texts]}).encode()


@dataclass(frozen=True)
class _Step:
    """A statement that the exercise leans on, as it is written, and the number of its cell."""

    node: ast.stmt
    text: str
    cell: int

    @property
    def replaces(self) -> frozenset[str]:
        """The names that it gives a value whatever they were before; none for what changes things in place."""
        plain = isinstance(self.node, (*effects.DEFINITIONS, *effects.IMPORTS)) or (
            isinstance(self.node, ast.Assign) and all(isinstance(one, ast.Name) for one in self.node.targets)
        )
        return frozenset(effects.names_bound(self.node)) if plain else frozenset()


def saved(variables: Mapping[str, object]) -> bytes | None:
    """The notebook as it lies on disk, where the frontend says where. Never looked for."""
    for place in (variables.get(VSCODE), os.environ.get(JUPYTER)):
        if isinstance(place, str) and place.endswith(".ipynb") and Path(place).is_file():
            return Path(place).read_bytes()
    return None


def still_true(notes: Iterable[str], runs: Runs, page: bytes | None) -> list[str]:
    """Notes on what was run, without those on cells that were mended since; cells are named as the page counts them.

    Where the page can't be seen, they are named as In [n], and one is mended when its cell ran once more.
    """
    try:
        texts = code_cells(page) if page is not None else []
    except NotANotebook:
        texts, page = [], None
    at = {text.strip(): f"code cell {number}" for number, text in enumerate(texts, start=1)}
    kept = []
    for note in notes:
        number = int((re.search(r"code cell (\d+)", note) or [0, 0])[1])
        if not number:
            kept.append(note)
            continue
        cell = runs.cells.get(number, "")
        again = cell and any(other == cell for later, other in runs.cells.items() if later > number)
        named = at.get(runs.texts[number - 1].strip(), "") if page is not None else f"In [{number}]"
        if named and not again:
            kept.append(note.replace(f"code cell {number}", named, 1))
    return kept


def differences(runs: Runs, page: bytes, exercises: Sequence[str]) -> list[str]:
    """Where what was run of these exercises is not what stands on the page: clauses that name the cell."""
    try:
        code, ids, texts = read_notebook(page), cell_ids(page), code_cells(page)
    except (NotANotebook, OSError):
        return []
    ran, stands = _last(_steps(read_notebook(runs.notebook()), exercises)), _last(_steps(code, exercises))
    new = _without(stands, ran)
    at = {text.strip(): number for number, text in enumerate(texts, start=1)}
    told, explained = [], set()
    for step in _without(ran, stands):
        known, text = runs.cells.get(step.cell, ""), runs.texts[step.cell - 1].strip()
        instead = next((one for one in new if one.replaces & step.replaces), None)
        if text in at and instead is not None:
            told.append(f"code cell {instead.cell} ran before code cell {at[text]}, which stands above it")
            explained.add(instead.cell)
        elif text in at:
            told.append(f"In [{step.cell}] ran again what stands on the page once")
        elif known in ids:
            told.append(f"code cell {ids.index(known) + 1} was edited after it ran as In [{step.cell}]")
            explained.add(ids.index(known) + 1)
        else:
            told.append(f"In [{step.cell}] is not on the saved page any more (deleted, edited, or not saved yet)")
    told += [f"code cell {step.cell} has not run as it stands" for step in new if step.cell not in explained]
    if not told:
        told = list(_turned(ran, stands))
    return list(dict.fromkeys(told))[:_MOST]


def unsure(runs: Runs, exercises: Sequence[str]) -> list[str]:
    """Without the page: which names were defined in more than one way, by cells that are not known to be the same."""
    versions: dict[str, dict[str, int]] = {}
    for step in _steps(read_notebook(runs.notebook()), exercises):
        if "NotImplementedError" in step.text:
            continue  # a stub, before it was written
        for name in step.replaces:
            versions.setdefault(name, {})[step.text] = step.cell
    told = []
    for name, found in versions.items():
        cells = sorted(set(found.values()))
        if len(cells) > 1 and len({runs.cells.get(cell, f"In {cell}") for cell in cells}) > 1:
            listed = ", ".join(f"In [{cell}]" for cell in cells)
            told.append(f"{name} was written in more than one way ({listed}), and the last that ran counts here")
    return told[:_MOST]


def _steps(code: NotebookCode, exercises: Iterable[str]) -> list[_Step]:
    chosen = statements(code.tree, exercises)
    return [_Step(node, ast.unparse(node), code.place(node.lineno)[0]) for node in chosen]


def _last(steps: Sequence[_Step]) -> list[_Step]:
    """Without what another statement further down takes the place of."""
    kept: list[_Step] = []
    replaced: set[str] = set()
    for step in reversed(steps):
        names = step.replaces
        if names and names <= replaced:
            continue
        replaced |= names
        kept.append(step)
    return kept[::-1]


def _without(steps: Sequence[_Step], others: Sequence[_Step]) -> list[_Step]:
    left = Counter(step.text for step in others)
    found = []
    for step in steps:
        left[step.text] -= 1
        if left[step.text] < 0:
            found.append(step)
    return found


def _turned(ran: Sequence[_Step], stands: Sequence[_Step]) -> Iterator[str]:
    """Cells that ran in another order than they stand in, where one does something to what the other reads or does."""
    place = {step.text: (index, step.cell) for index, step in enumerate(stands)}
    definitions = {step.node.name: step.node for step in stands if isinstance(step.node, effects.DEFINITIONS)}
    for index, later in enumerate(ran):
        for earlier in ran[:index]:
            (above, upper), (below, lower) = place[later.text], place[earlier.text]
            if above < below and upper != lower and _touch(earlier.node, later.node, definitions):
                yield f"code cell {lower} ran before code cell {upper}, which stands above it"


def _touch(one: ast.stmt, other: ast.stmt, definitions: Mapping[str, ast.stmt]) -> bool:
    does, reads = zip(*((_does(node), _needs(node, definitions)) for node in (one, other)), strict=True)
    return bool(does[0] & (does[1] | reads[1]) or does[1] & reads[0])


def _does(node: ast.stmt) -> set[str]:
    return effects.names_bound(node) | effects.names_changed(node)


def _needs(node: ast.stmt, definitions: Mapping[str, ast.stmt]) -> set[str]:
    """What a statement reads as it runs, also inside the functions that it may call."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        at_once = [*node.decorator_list, *node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        queue = [name for one in at_once for name in effects.names_used(ast.Expr(one))]
    else:
        queue = list(effects.names_read(node))
    found: set[str] = set()
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += effects.names_used(definitions[name]) if name in definitions else ()
    return found
