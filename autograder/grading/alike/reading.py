"""Reads submissions in a process of its own, with bounded time and memory: parsing can end a Python process."""

from __future__ import annotations

import ast
import base64
import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograder.common.notebook_code import NotANotebook, read_notebook, statements
from autograder.grading.alike.marks import Mark, marks_of
from autograder.grading.alike.oddities import oddities
from autograder.grading.alike.parts import Parts, parts_of
from autograder.sandbox.setup import command

_SECONDS, _BYTES = 20, 1 << 30  # to read one submission
_DEEP = 20_000  # Python's calls in one another; ours stay off C's stack


@dataclass(frozen=True)
class Piece:
    """The code of one exercise, and on which of its lines each fingerprint lies."""

    text: str
    marks: dict[str, list[int]]


@dataclass(frozen=True)
class Read:
    """A submission that could be read: its exercises, and why somebody should read it, too."""

    pieces: dict[str, Piece]
    odd: list[str]


def read(name: str, raw: bytes, exercises: Sequence[str], methods: Collection[str]) -> Read:
    """Take one file apart. Raises what parsing raises; call it in this process for the course's own files only."""
    if name.endswith(".ipynb"):
        code = read_notebook(raw)
        # The rest of a notebook, such as the pictures' code, was handed out with it.
        source, tree = code.source, ast.Module(statements(code.tree, exercises), [])
    else:
        source = raw.decode("utf-8-sig")
        tree = ast.parse(source)
    odd = oddities(tree, exercises, name.endswith(".ipynb"))
    parts = parts_of(source, tree, exercises, methods)
    marks = marks_of(parts, exercises)
    return Read({exercise: _piece(parts, exercise, marks[exercise]) for exercise in parts.reached}, odd)


def methods_of(tree: ast.Module) -> list[str]:
    """What a stub's classes define, and checks call."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return sorted({one.name for node in classes for one in node.body if isinstance(one, kinds)})


def read_all(
    files: Mapping[str, tuple[str, bytes]], exercises: Sequence[str], methods: Collection[str]
) -> dict[str, Read]:
    """Every submission that can be read. `files`: for each submission, its file's name and bytes.

    One process reads as many as it can; where one ends it, another goes on with the next.
    """
    found: dict[str, Read] = {}
    left = list(files)
    # Not -m: it imports from the working directory first, where a submission may be called json.py.
    start = command("autograder.grading.alike.reading", json.dumps([list(exercises), sorted(methods), _SECONDS]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    while left:
        asked = "".join(_question(*files[name]) for name in left)
        try:
            done = subprocess.run(
                start, input=asked.encode(), capture_output=True, timeout=_SECONDS * (len(left) + 1), env=environment
            ).stdout
        except subprocess.TimeoutExpired as late:
            done = late.stdout or b""
        answers = done.split(b"\n")[:-1]
        for name, answer in zip(left, answers, strict=False):
            if (known := _answer(answer)) is not None:
                found[name] = known
        left = left[len(answers) + 1 :]  # the one that has no answer ended the process
    return found


def _question(name: str, raw: bytes) -> str:
    return json.dumps([name, base64.b64encode(raw).decode()]) + "\n"


def _answer(line: bytes) -> Read | None:
    try:
        pieces, odd = json.loads(line)
        return Read({exercise: Piece(text, marks) for exercise, (text, marks) in pieces.items()}, odd)
    except (ValueError, TypeError):  # null: it could not be read
        return None


def _piece(parts: Parts, exercise: str, marks: Iterable[Mark]) -> Piece:
    """The lines of an exercise's parts one below the other, and where its fingerprints lie in them."""
    lines: list[str] = []
    places: dict[tuple[int, int], int] = {}
    sources = [text.splitlines() for text in parts.texts]
    for part in parts.reached[exercise]:
        for line in range(part.first, part.last + 1):
            if (part.text, line) not in places and line <= len(sources[part.text]):
                lines.append(sources[part.text][line - 1])
                places[part.text, line] = len(lines)
    found: dict[str, list[int]] = {}
    for mark in marks:
        found.setdefault(mark.hash, []).extend(places.get((mark.text, line), 0) for line in mark.lines)
    return Piece("\n".join(lines), found)


def main(argument: str) -> None:
    """Reads submissions from stdin, one a line, and answers each with a line. `argument`: what `command` was given."""
    exercises, methods, seconds = json.loads(argument)
    sys.setrecursionlimit(_DEEP)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
    except (ImportError, ValueError):  # not on this system
        pass
    for question in sys.stdin:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, seconds)  # which ends the process
        name, raw = json.loads(question)
        try:
            known = read(name, base64.b64decode(raw), exercises, methods)
            answer = json.dumps([{one: (piece.text, piece.marks) for one, piece in known.pieces.items()}, known.odd])
        except (NotANotebook, SyntaxError, ValueError, RecursionError, MemoryError):
            answer = "null"
        print(answer, flush=True)
