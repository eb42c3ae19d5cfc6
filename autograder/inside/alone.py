"""What a lesson's file leans on that is not handed in with it, said in a student's own run, where it still works."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path

_INSTALLED = ("site-packages", "dist-packages")


def notes(tree: ast.Module, path: str) -> list[str]:
    """A sentence for each thing that the file at `path` takes from beside it. Imports nothing."""
    file = Path(path).name
    found = {}
    for node in ast.walk(tree):
        for name in _modules(node):
            if name not in found and _is_beside(name, {Path.cwd(), Path(path).resolve().parent}):
                found[name] = (
                    f"{path}:{getattr(node, 'lineno', 1)} imports {name}, which lies beside your work: {file} alone is "
                    f"handed in, and stops at this import when it is graded. Copy what you need of it into {file}."
                )
        if isinstance(node, ast.Name) and node.id == "__file__":
            found["__file__"] = (
                f"{path}:{node.lineno} uses __file__ to find other files: {file} alone is handed in, and nothing lies "
                f"beside it when it is graded. Write what you need into {file}."
            )
    return list(found.values())


def _modules(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module


def _is_beside(module: str, folders: set[Path]) -> bool:
    """Whether a module would be taken out of one of these folders, and is not installed there, nor the engine."""
    top = module.split(".")[0]
    if top in ("autograder", *sys.stdlib_module_names):
        return False
    try:
        spec = PathFinder.find_spec(top)
    except (ImportError, ValueError):
        return False
    if spec is None:
        return False
    places = [*(spec.submodule_search_locations or ()), *([spec.origin] if spec.origin else [])]
    return any(
        Path(place).is_relative_to(folder) and not set(_INSTALLED) & set(Path(place).parts)
        for place in places
        for folder in folders
    )
