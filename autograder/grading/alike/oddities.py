"""What makes a submission one to read by hand: code that is not there as plain definitions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from autograder.grading.alike import texts

_CALLS = (*texts.RUNNERS, "__import__", "globals", "__builtins__")
_DECODERS = frozenset(
    "base64 binascii codecs zlib gzip bz2 lzma marshal pickle dill cloudpickle importlib ctypes".split()
)
_PACKED = re.compile(r"[A-Za-z0-9+/=_\-\s]{300,}")
_MUCH = 100  # nodes: below, there is too little code for a share of it to say anything
_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def oddities(tree: ast.Module, exercises: Sequence[str], notebook: bool) -> list[str]:
    """Each reason once, as the end of a sentence that begins with the submission's name."""
    return list(dict.fromkeys([*_anywhere(tree), *_strings(tree), *_top_level(tree, exercises, notebook)]))


def _anywhere(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _CALLS and isinstance(node.ctx, ast.Load):
            yield f"uses {node.id} (line {node.lineno})"
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "builtins" or (node.value.id, node.attr) in (
                ("types", "FunctionType"),
                ("types", "CodeType"),
            ):
                yield f"uses {node.value.id}.{node.attr} (line {node.lineno})"
        elif isinstance(node, _IMPORTS):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            yield from (f"imports {name} (line {node.lineno})" for name in names if name.split(".")[0] in _DECODERS)
            if any(alias.name == "*" for alias in node.names):
                yield f"imports * (line {node.lineno})"


def _strings(tree: ast.Module) -> Iterator[str]:
    for text in texts.modules(tree, texts.assigned_texts(tree)):
        lines = len(text.strip().splitlines())
        yield f"holds {lines} {'line' if lines == 1 else 'lines'} of code in a string"
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            text = node.value if isinstance(node.value, str) else node.value.decode("latin-1")
            if len(text) >= 300 and " " not in text.strip() and _PACKED.fullmatch(text):
                yield f"holds {len(text):,} characters of packed data (line {node.lineno})"


def _top_level(tree: ast.Module, exercises: Sequence[str], notebook: bool) -> Iterator[str]:
    for node in tree.body:
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if value is not None and isinstance(target, ast.Name):
                if isinstance(value, ast.Lambda) or target.id in exercises:
                    what = "a lambda" if isinstance(value, ast.Lambda) else "an assignment"
                    yield f"makes {target.id} by {what} (line {node.lineno})"
    if notebook:  # a record of work, beside the exercises
        return
    sizes = {True: 0, False: 0}
    for node in tree.body:
        if not isinstance(node, _IMPORTS) and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            sizes[isinstance(node, _DEFINITIONS)] += sum(1 for _ in ast.walk(node))
    if sizes[False] > max(_MUCH, sizes[True]):
        yield f"has {sizes[False] / sum(sizes.values()):.0%} of its code at top level"
