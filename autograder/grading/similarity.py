"""Which submissions of a class are alike in what few of the class share.

The code of each exercise, and what it leans on, is brought into a [normal form](alike/normal_form.py) and becomes a
set of [fingerprints](alike/marks.py). Those that the stub holds, or a third of the class, say nothing and are left
out; of the rest the rarer weigh more. Two submissions are as alike as the smaller of the two is contained in the
other, so that what was added to one of them changes nothing. That is asked of each exercise and of the whole: somebody
who took half of the exercises is found although a long one is not among them.
"""

from __future__ import annotations

import ast
import csv
import io
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from autograder.checking.submission import Submission
from autograder.common.lessons import Course, Lesson
from autograder.grading.alike.marks import marks_of
from autograder.grading.alike.page import page
from autograder.grading.alike.parts import parts_of
from autograder.grading.alike.reading import Read, methods_of, read, read_all

COMMON = 1 / 3  # what so much of the class shares is the way to write it
_RARE = 10  # a fingerprint of no more submissions than this, or than the root of their number, makes pairs
_LEAST = 3  # such fingerprints that a pair shares
_SAME = 24  # fingerprints of an exercise that has a shape to speak of
_COLUMNS = ("similarity", "one", "other", "same_shape", "exercises")
_SMALL = 1 / 4  # of the class's median: who wrote less is measured as if they had written so much


@dataclass(frozen=True)
class Pair:
    """Two submissions, how much of the smaller one's rare code is in the other, and which exercises are of one shape.

    `exercises` says the same as `similarity` of each exercise that shares anything.
    """

    one: str
    other: str
    similarity: float
    same: tuple[str, ...]
    exercises: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Pairs, the most alike first, the submissions that could not be read, and why some should be read by hand."""

    pairs: list[Pair]
    unreadable: list[str]
    odd: dict[str, list[str]] = field(default_factory=dict)
    read: dict[str, Read] = field(default_factory=dict)
    rare: dict[str, float] = field(default_factory=dict)  # what says something → how much


def compare(course: Course, lesson: Lesson, submissions: Sequence[Submission]) -> Found:
    """Every pair that shares several rare fingerprints."""
    exercises = list(lesson.exercises)
    stub, methods = _given(course, lesson)
    files = {one.name: next(iter(one.files.items())) for one in submissions if one.files and not one.problem}
    known = read_all(files, exercises, methods)
    given = set().union(*(piece.marks for piece in stub.pieces.values()))
    rare = _weights(known, given)
    sizes = {name: _Sizes(one, rare) for name, one in known.items()}
    wholes = sorted(one.whole for one in sizes.values())
    least = _SMALL * wholes[len(wholes) // 2] if wholes else 0.0
    pairs = []
    for one, other in _candidates(known, rare):
        shared = _weight(_marks(known[one]) & _marks(known[other]), rare)
        whole = shared / max(min(sizes[one].whole, sizes[other].whole), least)
        each = _each(known, sizes, one, other, rare)
        part = sum(math.sqrt(min(sizes[one].each[name], sizes[other].each[name])) * how for name, how in each.items())
        mean = part / max(min(sizes[one].roots, sizes[other].roots), math.sqrt(least))
        pairs.append(Pair(one, other, min(max(whole, mean), 1.0), _same(known[one], known[other]), each))
    pairs.sort(key=lambda pair: (-pair.similarity, pair.one, pair.other))
    handed_out = {_without_line(reason) for reason in stub.odd}
    odd = {name: [why for why in one.odd if _without_line(why) not in handed_out] for name, one in known.items()}
    unreadable = [one.name for one in submissions if one.name not in known]
    return Found(pairs, unreadable, {name: why for name, why in odd.items() if why}, known, rare)


def table_csv(pairs: Iterable[Pair]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for pair in pairs:
        each = " ".join(f"{name}:{value:.2f}" for name, value in pair.exercises.items())
        writer.writerow((f"{pair.similarity:.3f}", pair.one, pair.other, " ".join(pair.same), each))
    return text.getvalue()


def pairs_of(table: str) -> list[Pair]:
    """The pairs of such a table. Raises ValueError where it is none."""
    try:
        rows = csv.reader(io.StringIO(table), strict=True)
        if tuple(next(rows, ())) != _COLUMNS:
            raise ValueError("it has other columns")
        return [
            Pair(one, other, _share(similarity), tuple(same.split()), {
                name: _share(value) for name, _, value in (part.rpartition(":") for part in exercises.split())
            })
            for similarity, one, other, same, exercises in rows
        ]  # fmt: skip
    except csv.Error as error:
        raise ValueError(f"no table of pairs: {error}") from None


def _share(text: str) -> float:
    if not 0 <= (value := float(text)) <= 1:
        raise ValueError(f"{text} is no share")
    return value


def side_by_side(lesson: Lesson, found: Found, top: int) -> str:
    """A page with the code of the pairs most alike."""
    pairs = [(pair.one, pair.other, pair.similarity, pair.exercises) for pair in found.pairs[:top]]
    pieces = {name: one.pieces for name, one in found.read.items()}
    return page(f"{lesson.title}: who shares what few others wrote", pairs, pieces, found.rare.keys(), found.odd)


def shapes_of(body: Iterable[ast.stmt], exercises: Sequence[str]) -> dict[str, list[str]]:
    """The fingerprints of every exercise that these statements define."""
    marks = marks_of(parts_of("", ast.Module(list(body), []), exercises), exercises)
    return {name: [mark.hash for mark in found] for name, found in marks.items()}


def _given(course: Course, lesson: Lesson) -> tuple[Read, list[str]]:
    """What everybody was handed: the stub, and the methods of its classes."""
    stub = course.stub(lesson.name)
    if not stub.exists():
        return Read({}, []), []
    raw = stub.read_bytes()
    methods = methods_of(ast.parse(raw))
    return read(stub.name, raw, list(lesson.exercises), methods), methods


def _without_line(reason: str) -> str:
    return reason.partition(" (line ")[0]


class _Sizes:
    """How much rare code a submission has: in all, in each exercise, and with long exercises counted for less."""

    def __init__(self, one: Read, rare: Mapping[str, float]) -> None:
        self.whole = _weight(_marks(one), rare)
        self.each = {name: _weight(piece.marks, rare) for name, piece in one.pieces.items()}
        self.roots = sum(map(math.sqrt, self.each.values()))


def _marks(one: Read) -> set[str]:
    return set().union(*(piece.marks for piece in one.pieces.values()))


def _weights(known: Mapping[str, Read], given: set[str]) -> dict[str, float]:
    """What each fingerprint says that is neither handed out nor everybody's."""
    spread = Counter(mark for one in known.values() for mark in _marks(one) - given)
    most = max(2, math.ceil(COMMON * len(known)))
    return {mark: math.log(1 + len(known) / count) ** 2 for mark, count in spread.items() if count <= most}


def _weight(marks: Iterable[str], rare: Mapping[str, float]) -> float:
    return sum(rare.get(mark, 0.0) for mark in marks)


def _candidates(known: Mapping[str, Read], rare: Mapping[str, float]) -> list[tuple[str, str]]:
    """The pairs that share several of the rarest fingerprints, by an index from these to who has them.

    Each fingerprint makes pairs of no more than a root of the class, so that the work grows less than quadratically.
    """
    index: dict[str, list[str]] = {}
    for name in sorted(known):
        for mark in _marks(known[name]):
            if mark in rare:
                index.setdefault(mark, []).append(name)
    most = max(_RARE, math.isqrt(len(known)))
    together: Counter[tuple[str, str]] = Counter()
    for names in index.values():
        if 2 <= len(names) <= most:
            together.update(itertools.combinations(names, 2))
    return [pair for pair, count in together.items() if count >= _LEAST]


def _each(
    known: Mapping[str, Read], sizes: Mapping[str, _Sizes], one: str, other: str, rare: Mapping[str, float]
) -> dict[str, float]:
    """How much of each exercise the two share, for those of which they share anything."""
    found = {}
    for name, piece in known[one].pieces.items():
        if name in known[other].pieces:
            shared = _weight(piece.marks.keys() & known[other].pieces[name].marks.keys(), rare)
            if shared:
                found[name] = shared / min(sizes[one].each[name], sizes[other].each[name])
    return found


def _same(one: Read, other: Read) -> tuple[str, ...]:
    """The exercises of the same shape, where there is enough of it for that to say anything."""
    shared = [name for name in one.pieces if name in other.pieces and len(one.pieces[name].marks) >= _SAME]
    return tuple(name for name in shared if one.pieces[name].marks.keys() == other.pieces[name].marks.keys())
