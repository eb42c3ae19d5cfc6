"""Code that stands in texts: `exec("...")`, base64 of it, and their like. Worked out, and never executed."""

from __future__ import annotations

import ast
import base64
import binascii
import codecs
import textwrap
import zlib
from collections.abc import Iterator, Mapping
from typing import TypeVar

RUNNERS = ("exec", "eval", "compile")
_MOST = 1 << 20  # characters: as much as a file may have
_DEPTH = 20  # operations in one another
_SHORT = 40  # a text below is a message
_Node = TypeVar("_Node", bound=ast.AST)


def assigned_texts(tree: ast.AST) -> dict[str, str]:
    """What is known of the names that are given a text."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            text = text_of(node.value, known)
            if text is not None:
                known[node.targets[0].id] = text
    return known


def text_of(node: ast.AST, known: Mapping[str, str], depth: int = 0) -> str | None:
    """The text that an expression stands for, as far as it is plain; bytes count as text of the same characters."""
    if depth > _DEPTH:
        return None
    found: str | None = None
    if isinstance(node, ast.Constant):
        if isinstance(node.value, bytes):
            found = node.value.decode("latin-1")
        elif isinstance(node.value, str):
            found = node.value
    elif isinstance(node, ast.Name):
        found = known.get(node.id)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left, known, depth + 1), text_of(node.right, known, depth + 1)
        found = None if left is None or right is None else left + right
    elif isinstance(node, ast.Subscript) and ast.unparse(node.slice) == "::-1":
        inner = text_of(node.value, known, depth + 1)
        found = None if inner is None else inner[::-1]
    elif isinstance(node, ast.Call):
        found = _called(node, known, depth)
    return found if found is None or len(found) <= _MOST else None


def _called(node: ast.Call, known: Mapping[str, str], depth: int) -> str | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0] if node.args else None
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name == "join" and owner is not None and isinstance(first, (ast.List, ast.Tuple)):
        glue, parts = text_of(owner, known, depth + 1), [text_of(one, known, depth + 1) for one in first.elts]
        return None if glue is None or None in parts else glue.join(part for part in parts if part is not None)
    if name in ("decode", "encode", "strip") and owner is not None:
        inner = text_of(owner, known, depth + 1)
        if inner is not None and name == "decode" and not inner.isascii():
            return inner.encode("latin-1", "replace").decode("utf-8", "replace")
        return inner
    inner = None if first is None else text_of(first, known, depth + 1)
    if inner is None:
        return None
    raw = inner.encode("latin-1", "replace")
    try:
        if name in ("b64decode", "standard_b64decode", "urlsafe_b64decode", "a2b_base64"):
            return base64.b64decode(raw.replace(b"-", b"+").replace(b"_", b"/")).decode("latin-1")
        if name in ("b32decode", "b85decode", "a85decode"):
            return bytes(getattr(base64, name)(raw)).decode("latin-1")
        if name in ("fromhex", "unhexlify", "b16decode"):
            return bytes.fromhex(inner).decode("latin-1")
        if name == "decompress":
            return zlib.decompressobj(wbits=47).decompress(raw, _MOST).decode("latin-1")  # zlib's and gzip's
        if name == "decode" and len(node.args) > 1 and text_of(node.args[1], {}) in ("rot13", "rot_13"):
            return codecs.decode(inner, "rot13")
    except (ValueError, binascii.Error, zlib.error):
        return None
    return {"dedent": textwrap.dedent(inner), "str": inner, "bytes": inner, "compile": inner}.get(name)


def parsed(text: str) -> list[ast.stmt]:
    """The statements of a text; none where it isn't Python."""
    try:
        return ast.parse(textwrap.dedent(text)).body
    except (SyntaxError, ValueError):
        return []


def run_here(node: ast.AST, known: Mapping[str, str]) -> str | None:
    """The text that a call of exec, eval or compile is given."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNNERS and node.args:
        return text_of(node.args[0], known)
    return None


def modules(tree: ast.AST, known: Mapping[str, str]) -> Iterator[str]:
    """The texts in a tree that define something: what is run, and what lies there as if to be run."""
    seen: set[str] = set()
    queue: list[ast.AST] = [tree]
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring may show code
        text = run_here(node, known)
        if text is None and isinstance(node, (ast.Constant, ast.Call, ast.BinOp)):
            text = text_of(node, known)
        if text is not None and len(text) >= _SHORT and text not in seen:
            if any(word in text for word in ("def ", "class ", "lambda")) and any(map(_defines, parsed(text))):
                seen.add(text)
                yield text
                continue
        queue += ast.iter_child_nodes(node)


def _defines(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assign):
        return isinstance(node.value, ast.Lambda)
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


class InPlace(ast.NodeTransformer):
    """`exec` and `eval` of a known text replaced by the code in it, on the line where it is run."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        text = run_here(node.value, self.known)
        found = parsed(text) if text is not None else []
        if found:
            return [_moved(one, node.lineno) for one in found]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        text = run_here(node, self.known)
        found = parsed(text) if text is not None else []
        if len(found) == 1 and isinstance(found[0], ast.Expr):
            return _moved(found[0], node.lineno).value
        return self.generic_visit(node)


def _moved(node: _Node, line: int) -> _Node:
    for one in ast.walk(node):
        if isinstance(one, (ast.expr, ast.stmt)):
            one.lineno = one.end_lineno = line
    return node
