"""Fingerprints of code in its normal form.

A function becomes a sequence of words: kinds of nodes, and names of libraries, which are not the student's to choose.
Windows of that sequence are hashed (Schleimer, Wilkerson and Aiken, "Winnowing", SIGMOD 2003, without the thinning:
exercises are short). Within a window the student's own names are numbered by their first use in it, so that one more
elsewhere changes nothing.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from autograder.grading.alike.parts import Part, Parts

WINDOW = 12  # words: a statement or two
_LEAST = 4  # words: what is shorter is of one shape by chance
_BUILTINS = frozenset(dir(builtins))
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_EITHER_WAY = (ast.Add, ast.Mult, ast.BitAnd, ast.BitOr, ast.BitXor)
_NEITHER = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Word(NamedTuple):
    """One word; `own` is the name where it is one that the student chose."""

    kind: str
    line: int
    own: str = ""


class Mark(NamedTuple):
    """A fingerprint, and the lines of which text it was made of."""

    hash: str
    text: int
    lines: tuple[int, ...]


def marks_of(parts: Parts, exercises: Collection[str]) -> dict[str, list[Mark]]:
    """The fingerprints of every exercise that a submission defines."""
    reached = {id(part): part for found in parts.reached.values() for part in found}
    speller = Speller(parts.modules, frozenset(exercises), _own_attributes(reached.values()))
    by_part = {key: list(speller.marks(part)) for key, part in reached.items()}
    return {name: [mark for part in found for mark in by_part[id(part)]] for name, found in parts.reached.items()}


def _own_attributes(parts: Iterable[Part]) -> frozenset[str]:
    """The names of attributes and methods that the student chose."""
    found = set()
    for part in parts:
        for node in ast.walk(part.node):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                found.add(node.attr)
            elif isinstance(node, ast.ClassDef):
                found |= {one.name for one in node.body if isinstance(one, _FUNCTIONS) and one.name[:2] != "__"}
    return frozenset(found)


@dataclass(frozen=True)
class Speller:
    """Spells code as words. `modules`: what imports give; `fixed`: names that the course chose; `own`: attributes."""

    modules: dict[str, str]
    fixed: frozenset[str]
    own: frozenset[str]

    def marks(self, part: Part) -> Iterator[Mark]:
        for words in self.sequences(part.node):
            for start in range(max(1, len(words) - WINDOW + 1)):
                window = words[start : start + WINDOW]
                if len(window) >= _LEAST:
                    yield Mark(_hash(window), part.text, tuple(sorted({word.line for word in window})))

    def sequences(self, node: ast.stmt) -> Iterator[list[Word]]:
        """A sequence for each function; methods are functions, so that their order says nothing."""
        if isinstance(node, ast.ClassDef):
            for one in node.body:
                yield from self.sequences(one)
        elif isinstance(node, _FUNCTIONS):
            yield [word for one in node.body for word in self.words(one)]
        else:
            yield self.words(node)

    def words(self, node: ast.AST) -> list[Word]:
        line = getattr(node, "lineno", 0)
        if isinstance(node, (ast.Constant, ast.expr_context, ast.JoinedStr, ast.arguments, ast.operator)):
            return []
        if isinstance(node, ast.Name):
            return [self._name(node)]
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.BinOp):
            return self._operation(node)
        if isinstance(node, ast.BoolOp):
            return [Word(type(node.op).__name__, line), *self._unordered(node.values)]
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return []  # a number below zero
        if isinstance(node, ast.UnaryOp):
            return [Word(type(node.op).__name__, line), *self.words(node.operand)]
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Expr):
            return self.words(node.value)
        if isinstance(node, ast.Assign):
            return [Word("=", line), *self._each(node.targets), *self.words(node.value)]
        if isinstance(node, ast.keyword):
            return [Word(f"{node.arg}=", node.value.lineno), *self.words(node.value)]
        if isinstance(node, _FUNCTIONS):
            return [Word("def", line), *self._each(node.body)]
        return [Word(type(node).__name__, line), *self._each(ast.iter_child_nodes(node))]

    def _each(self, nodes: Iterable[ast.AST]) -> list[Word]:
        return [word for node in nodes for word in self.words(node)]

    def _name(self, node: ast.Name) -> Word:
        if node.id in self.modules:
            return Word(f".{self.modules[node.id].rpartition('.')[2]}", node.lineno)
        if node.id in self.fixed or node.id in _BUILTINS:
            return Word(f".{node.id}", node.lineno)
        return Word("name", node.lineno, node.id)

    def _attribute(self, node: ast.Attribute) -> list[Word]:
        own = Word("attribute", node.lineno, f".{node.attr}")
        word = own if node.attr in self.own else Word(f".{node.attr}", node.lineno)
        return [word] if self._of_module(node.value) else [word, *self.words(node.value)]

    def _of_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules

    def _call(self, node: ast.Call) -> list[Word]:
        """A method and a function of the same name are one: x.sum() is torch.sum(x)."""
        keywords = sorted(node.keywords, key=lambda one: one.arg or "")
        return [Word("()", node.lineno), *self.words(node.func), *self._each(node.args), *self._each(keywords)]

    def _operation(self, node: ast.BinOp) -> list[Word]:
        word = Word(type(node.op).__name__, node.lineno)
        if not isinstance(node.op, _EITHER_WAY):
            return [word, *self.words(node.left), *self.words(node.right)]
        operands: list[ast.expr] = []
        queue: list[ast.expr] = [node]
        while queue:
            one = queue.pop()
            if isinstance(one, ast.BinOp) and type(one.op) is type(node.op):
                queue += [one.right, one.left]
            elif not (isinstance(one, ast.Constant) and one.value == (1 if isinstance(node.op, ast.Mult) else 0)):
                operands.append(one)
        if len(operands) == 1:
            return self.words(operands[0])
        if all(isinstance(one, ast.Constant) for one in operands):
            return []
        return [word, *self._unordered(operands)]

    def _comparison(self, node: ast.Compare) -> list[Word]:
        if len(node.ops) > 1:
            words = [Word(type(one).__name__, node.lineno) for one in node.ops]
            return [*words, *self._each([node.left, *node.comparators])]
        kind, sides = type(node.ops[0]), [node.left, *node.comparators]
        if kind in _FLIPPED:
            kind, sides = _FLIPPED[kind], sides[::-1]
        word = Word(kind.__name__, node.lineno)
        return [word, *(self._unordered(sides) if issubclass(kind, _NEITHER) else self._each(sides))]

    def _unordered(self, nodes: Sequence[ast.AST]) -> list[Word]:
        """In an order of their shapes. Where two are of one shape, their names would tell which came first."""
        spelt = sorted((self.words(node) for node in nodes), key=_kinds)
        alike = {key for key in map(_kinds, spelt) if sum(_kinds(other) == key for other in spelt) > 1}
        return [word._replace(own="") if _kinds(one) in alike else word for one in spelt for word in one]


def _kinds(words: Sequence[Word]) -> tuple[str, ...]:
    return tuple(word.kind for word in words)


def _hash(window: Sequence[Word]) -> str:
    numbers: dict[str, int] = {}
    spelt = [f"{one.kind}{numbers.setdefault(one.own, len(numbers))}" if one.own else one.kind for one in window]
    return blake2b("\0".join(spelt).encode(), digest_size=9).hexdigest()
