"""Which submissions of a class are alike in what few of the class share.

The code of each exercise becomes a sequence of node kinds, with names numbered by their first use and without
constants, comments, annotations and docstrings. Windows of that sequence are hashed (Schleimer, Wilkerson and Aiken,
"Winnowing", SIGMOD 2003, without the thinning: exercises are short). Windows that the stub holds, or a third of the
class, say nothing and are left out; of the rest the rarer weigh more.

Submissions are parsed in a process of their own, with bounded time and memory: parsing what a student wrote can
end a Python process.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from autograder.checking.submission import Submission
from autograder.common.lessons import Course, Lesson
from autograder.common.notebook_code import DEFINITIONS, NotANotebook, read_notebook, statements
from autograder.sandbox.setup import command

WINDOW = 12  # nodes: a statement or two
COMMON = 1 / 3  # what so much of the class shares is the way to write it
_SECONDS, _BYTES = 20, 1 << 30  # to parse one submission


@dataclass(frozen=True)
class Pair:
    """Two submissions, what share of their rare code they have in common, and which exercises are of one shape."""

    one: str
    other: str
    similarity: float
    same: tuple[str, ...]


@dataclass(frozen=True)
class Found:
    """Pairs, the most alike first, and the submissions that could not be read."""

    pairs: list[Pair]
    unreadable: list[str]


Shapes = dict[str, list[str]]  # exercise → the kinds of its nodes in order


def compare(course: Course, lesson: Lesson, submissions: Sequence[Submission]) -> Found:
    """Every pair that shares anything rare."""
    known: dict[str, Shapes] = {}
    unreadable = []
    for submission in submissions:
        shapes = _shapes_apart(submission, lesson)
        if shapes is None:
            unreadable.append(submission.name)
        else:
            known[submission.name] = shapes
    stub = _given(course, lesson)
    prints = {name: _prints(shapes) - stub for name, shapes in known.items()}
    spread = Counter(mark for marks in prints.values() for mark in marks)
    most = max(2, math.ceil(COMMON * len(prints)))
    rare = {mark: math.log(1 + len(prints) / count) for mark, count in spread.items() if count <= most}
    pairs = []
    names = sorted(prints)
    for index, one in enumerate(names):
        for other in names[index + 1 :]:
            shared = sum(rare.get(mark, 0.0) for mark in prints[one] & prints[other])
            whole = sum(rare.get(mark, 0.0) for mark in prints[one] | prints[other])
            if shared:
                same = tuple(name for name in lesson.exercises if _same(known[one], known[other], name))
                pairs.append(Pair(one, other, shared / whole, same))
    pairs.sort(key=lambda pair: (-pair.similarity, pair.one, pair.other))
    return Found(pairs, unreadable)


def table_csv(pairs: Iterable[Pair]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("similarity", "one", "other", "same_shape"))
    for pair in pairs:
        writer.writerow((f"{pair.similarity:.3f}", pair.one, pair.other, " ".join(pair.same)))
    return text.getvalue()


def _same(one: Shapes, other: Shapes, exercise: str) -> bool:
    """The same shape, where there is enough of it for that to say anything."""
    return len(one.get(exercise, ())) >= 3 * WINDOW and one[exercise] == other.get(exercise)


def _prints(shapes: Shapes) -> set[str]:
    return {
        blake2b("\0".join(shape[start : start + WINDOW]).encode(), digest_size=12).hexdigest()
        for shape in shapes.values()
        for start in range(max(1, len(shape) - WINDOW + 1))
    }


def _given(course: Course, lesson: Lesson) -> set[str]:
    """What everybody was handed: the stub."""
    stub = course.stub(lesson.name)
    if not stub.exists():
        return set()
    return _prints(shapes_of(ast.parse(stub.read_text(encoding="utf-8")).body, list(lesson.exercises)))


# --- one submission -------------------------------------------------------------------------------------------------


def shapes_of(body: Iterable[ast.stmt], exercises: Sequence[str]) -> Shapes:
    """The shape of every exercise that these statements define, and of all their other definitions together, as ``."""
    found: Shapes = {}
    for node in body:
        if isinstance(node, DEFINITIONS):
            name = node.name if node.name in exercises else ""
            found.setdefault(name, []).extend(_shape(node))
    return found


def _shape(node: ast.AST) -> list[str]:
    kinds: list[str] = []
    numbers: dict[str, int] = {}

    def named(text: str) -> str:
        return f"n{numbers.setdefault(text, len(numbers))}"

    stack: list[ast.AST] = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            continue  # a docstring
        if isinstance(one, ast.Name):
            kinds.append(named(one.id))
        elif isinstance(one, ast.Attribute):
            kinds.append(f".{one.attr}")  # a library's names are not the student's to choose
        elif isinstance(one, ast.arg):
            kinds.append(named(one.arg))
            continue  # without its annotation
        elif not isinstance(one, (ast.expr_context, ast.Constant)):
            kinds.append(type(one).__name__)
        children = [
            child
            for field, value in ast.iter_fields(one)
            if field not in ("returns", "annotation", "type_comment")
            for child in (value if isinstance(value, list) else [value])
            if isinstance(child, ast.AST)
        ]
        stack += reversed(children)
    return kinds


def _shapes_apart(submission: Submission, lesson: Lesson) -> Shapes | None:
    """The shapes of a submission, parsed in another process; None where that is impossible."""
    if submission.problem or not submission.files:
        return None
    (name, raw), *_ = submission.files.items()
    # Not -m: it imports from the working directory first, where a submission may be called json.py.
    start = command("autograder.grading.similarity", json.dumps([name, *lesson.exercises]))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(start, input=raw, capture_output=True, timeout=_SECONDS, env=environment)
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        return None


def main(argument: str) -> None:
    """Reads a submission's file from stdin and writes its shapes to stdout. `argument`: its name and the exercises."""
    name, *exercises = json.loads(argument)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_BYTES, _BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    except (ImportError, ValueError):  # not on this system
        pass
    raw = sys.stdin.buffer.read()
    try:
        if name.endswith(".ipynb"):  # the rest of a notebook, such as the pictures' code, was handed out with it
            body = statements(read_notebook(raw).tree, exercises)
        else:
            body = ast.parse(raw.decode("utf-8-sig")).body
        json.dump(shapes_of(body, exercises), sys.stdout)
    except (NotANotebook, SyntaxError, ValueError, RecursionError, MemoryError):
        sys.exit(1)
