"""Source code as what it does: without comments, docstrings, types and layout, and only what something leans on.

What is kept for a piece of code stays true while these stay the same; a better comment must not throw it away.
"""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path


@cache
def parsed(raw: bytes) -> ast.Module:
    """The AST of a file's bytes, which must not be changed: it is read once. Raises SyntaxError."""
    return ast.parse(raw)


_SAYS_NOTHING = ("annotation", "returns", "type_comment", "type_params", "kind")  # fields of an AST
_TYPES = ("__future__", "typing", "collections.abc")


@cache
def normalised(code: ast.AST) -> str:
    """What an AST says, the same in every version of Python that reads it: no comment, docstring, type or position."""
    said = []
    for name, value in ast.iter_fields(code):
        if name == "body" and isinstance(value, list):
            if isinstance(code, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                value = value[1:] if ast.get_docstring(code, clean=False) is not None else value
            value = [statement for statement in value if not _is_for_types(statement)]
        if value not in (None, []) and name not in _SAYS_NOTHING:
            said.append(f"{name}={_normalised(value)}")
    return f"{type(code).__name__}({' '.join(said)})"


def _normalised(value: object) -> str:
    if isinstance(value, list):
        return f"[{' '.join(map(_normalised, value))}]"
    return normalised(value) if isinstance(value, ast.AST) else repr(value)


def _is_for_types(statement: ast.stmt) -> bool:
    """Whether a statement imports what only annotations need."""
    if isinstance(statement, ast.If):
        return isinstance(statement.test, ast.Name) and statement.test.id == "TYPE_CHECKING"
    return isinstance(statement, ast.ImportFrom) and statement.module in _TYPES


@cache
def names_in(code: ast.AST) -> frozenset[str]:
    """Every name and attribute that the code mentions."""
    nodes = list(ast.walk(code))
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    return frozenset(names | {node.attr for node in nodes if isinstance(node, ast.Attribute)})


def leaned_on(files: Mapping[str, bytes], names: Iterable[str]) -> str:
    """What of `files` these names lean on, normalised: top-level statements that bind them, and so on from there.

    An attribute counts as a name of any of the files, as `tools.apply_lora` may mean another lesson's: rather too much
    than too little. Raises SyntaxError.
    """
    statements = [(name, statement) for name in sorted(files) for statement in parsed(files[name]).body]
    wanted, chosen = set(names), set[int]()
    while new := {
        index
        for index, (_, statement) in enumerate(statements)
        if index not in chosen and not wanted.isdisjoint(_bound(statement))
    }:
        chosen |= new
        wanted = wanted.union(*(names_in(statements[index][1]) for index in new))
    return "\n".join(f"{name}: {normalised(statement)}" for name, statement in (statements[i] for i in sorted(chosen)))


@cache
def _bound(statement: ast.stmt) -> frozenset[str]:
    """The names that a top-level statement binds."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return frozenset({statement.name})
    nodes = list(ast.walk(statement))
    aliases = {node.asname or node.name.split(".")[0] for node in nodes if isinstance(node, ast.alias)}
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    defined = {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))}
    return frozenset(aliases | stored | defined)


def imported_files(path: Path, packages: Iterable[str]) -> list[Path]:
    """A file, and all that it imports, directly or not, from its own folder or from one of `packages`.

    Found by reading, wherever in a file the import stands; sorted.
    """
    found, waiting, packages = {path}, [path], tuple(packages)
    other: Path | None
    while waiting:
        file = waiting.pop()
        for name in imported_names(file.read_bytes()):
            if name.startswith("."):
                other = file.parent / f"{name[1:]}.py"
            elif any(name == package or name.startswith(f"{package}.") for package in packages):
                other = _file_of(name)
            else:
                continue
            if other is not None and other.is_file() and other not in found:
                found.add(other)
                waiting.append(other)
    return sorted(found)


@cache
def imported_names(raw: bytes) -> frozenset[str]:
    """The modules that a file may import, those of its own folder with a dot before them."""
    found = set[str]()
    for node in ast.walk(parsed(raw)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level <= 1:
            start = "." * node.level + (node.module or "")
            found |= {start, *(f"{start}{'' if start.endswith('.') else '.'}{alias.name}" for alias in node.names)}
    return frozenset(found)


@cache
def _file_of(module: str) -> Path | None:
    """Where a module lies that can be imported; nothing for what is only a name in one."""
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(found.origin) if found is not None and found.origin else None
