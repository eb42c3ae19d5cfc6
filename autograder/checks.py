"""What the author of checks imports: marks, probes and comparisons that say in words what is wrong.

A check is a pytest function that asks for `student` (and `rng`, from which it draws its inputs), is marked
with `@exercise`, and fails with a sentence:

    @exercise("to_gigabytes")
    def test_decimal(student):
        expect_close(student.to_gigabytes(7e9), 7.0, what="to_gigabytes(7e9)",
                     mistakes={"It divides by 2**30, which gives GiB": 7e9 / 2**30})

Sentences hold no inputs and no expected values: of a hidden check, the sentence is all that a student sees.

What a call or a probe gives was made in the student's process, where it can be made up. A check passes on numbers
that follow from what it drew and are known here; never on a flag alone, or on two answers that agree with each other.
"""

from __future__ import annotations

import inspect
import math
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NoReturn, TypeVar

import pytest
import torch

from autograder.common import wire
from autograder.common.differing import SHOWN, SHOWN_WHOLE, differing, first_wrong
from autograder.common.errors import Blocked, CheckFailure, NotWritten, StudentError
from autograder.common.rng import Rng
from autograder.common.text import with_article
from autograder.former import warn

__all__ = [
    "AnyOf",
    "Blocked",
    "CheckFailure",
    "Mistakes",
    "NotWritten",
    "Rng",
    "StudentError",
    "exercise",
    "expect_accepted",
    "expect_close",
    "expect_equal",
    "expect_error",
    "fail",
    "in_drawn_order",
    "probe",
    "rejected",
]

Function = TypeVar("Function", bound=Callable[..., Any])

MAX_MISTAKES = 3  # so many sentences are said at most where several mistakes would give the same


class AnyOf:
    """Several values that one mistake may produce: `mistakes={"A sentence.": AnyOf(one, other)}`."""

    def __init__(self, *values: Any) -> None:
        self.values = values


class Mistakes(Mapping[str, Any]):
    """`mistakes` of a comparison of which nothing is computed before it has failed: that may cost more than the check.

    Made of dicts, and of functions that give one; `|` puts two together, or a dict and one.
    """

    def __init__(self, *parts: Mapping[str, Any] | Callable[[], Mapping[str, Any]]) -> None:
        self._parts = parts

    @cached_property
    def _made(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self._parts:
            found.update(part() if callable(part) else part)
        return found

    def __or__(self, other: Mapping[str, Any]) -> Mistakes:
        return Mistakes(self, other)

    def __ror__(self, other: Mapping[str, Any]) -> Mistakes:
        return Mistakes(other, self)

    def __getitem__(self, sentence: str) -> Any:
        return self._made[sentence]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True)
class Probe:
    """A function whose source is run beside the student's code. It is called through `student.run` only."""

    name: str
    source: str


def exercise(
    name: str, *, points: int = 1, requires: str | None = None, visibility: str = "visible", show: str | None = None
) -> Callable[[Function], Function]:
    """Mark a check as one of exercise `name`.

    `points` is its share of the exercise's points. `requires` names what must be there for the check to count:
    a package, "cuda" or "hub"; where it is missing, the check leaves the list and max_score. `visibility` says when
    the student sees the check's verdict: "visible", "after_due_date", "after_published" or "hidden" (never). `show`
    is what it was called before.
    """
    if show is not None:
        warn("show= of @exercise is called visibility= now: write that.")
        visibility = show
    return pytest.mark.exercise(name, points=points, requires=requires, visibility=visibility)


def probe(function: Callable[..., Any]) -> Probe:
    """Make a module-level function a probe: `student.run(it, *args)` calls it as `it(lesson, *args)`.

    It runs in the student's process, where `lesson` is the student's module. It may use torch, nn, F, math,
    `builders` (`autograder.builders`) and what it imports itself, and must return plain data.
    """
    return Probe(function.__name__, textwrap.dedent(inspect.getsource(function)))


def fail(sentence: str, *, expected: Any = None, got: Any = None, advice: str = "") -> NoReturn:
    """Fail the check with `sentence`; `expected` and `got` are shown for public checks when given."""
    raise CheckFailure(
        sentence,
        "" if expected is None else describe(expected),
        "" if got is None else describe(got),
        advice,
    )


def expect_equal(
    got: Any, expected: Any, *, what: str, mistakes: Mapping[str, Any] | None = None, advice: str = ""
) -> None:
    """Compare exactly: the same structure, numbers of the same value, tensors of the same dtype, shape and elements.

    `what` names the compared thing. `mistakes` maps a sentence to the value (or a function that gives it, or `AnyOf`
    several) that this mistake would produce; where it is what was got, the sentence is the verdict. Where several
    mistakes would produce it, their sentences are, joined by "Or:".
    """
    _expect(got, expected, what, mistakes, advice, rtol=0.0, atol=0.0)


def expect_close(
    got: Any,
    expected: Any,
    *,
    what: str,
    rtol: float = 1e-5,
    atol: float = 1e-6,
    mistakes: Mapping[str, Any] | None = None,
    advice: str = "",
) -> None:
    """Like `expect_equal`, with |got - expected| ≤ atol + rtol·|expected| for numbers and floating-point tensors."""
    _expect(got, expected, what, mistakes, advice, rtol=rtol, atol=atol)


@contextmanager
def expect_error(
    *types: str, what: str, advice: str = "", explained: bool = False, named: Sequence[Any] = (), unnamed: str = ""
) -> Iterator[None]:
    """The student's code must raise one of the exception `types` (by name), or one derived from it, inside the block.

    `explained` asks for a message, too; what it says is the student's, but for what is `named`: numbers and words that
    must stand in it, or `unnamed` is the sentence. Of a tuple or list of them one is enough. A number counts as a whole
    (7 is not in 17 or 7.0) and whatever its sign (as the text "-7" with it), a word in upper or lower case.
    """
    names = " or ".join(types)
    try:
        yield
    except StudentError as error:
        if not {error.type, *error.bases} & set(types):
            raise CheckFailure(f"{what} must raise {names}.", names, str(error), advice) from None
        if explained and not error.message.strip():
            sentence = f"{what} raises {error.type} without a message; say why."
            raise CheckFailure(sentence, advice=advice) from None
        if not all(_stands_in(error.message, one) for one in named):
            raise CheckFailure(unnamed, got=error.message, advice=advice) from None
    else:
        raise CheckFailure(f"{what} must raise {names}.", names, "no error", advice)


def _stands_in(message: str, one: Any) -> bool:
    """Whether this number or word stands in a message, or one of several."""
    if isinstance(one, (tuple, list)):
        return any(_stands_in(message, each) for each in one)
    text = message.lower()
    if isinstance(one, str):
        return one.lower() in {*re.findall(r"-?\w+", text), *re.findall(r"\w+", text), *re.findall(r"[a-z]+\d*", text)}
    return not {str(abs(one)), f"{abs(one):g}"}.isdisjoint(re.findall(r"\d+(?:\.\d+)?", text))


@contextmanager
def expect_accepted(sentence: str, *types: str) -> Iterator[None]:
    """Fail with the sentence if the student's code raises, inside the block, one of the exception `types` (by name), or
    one derived from it; any, where no type is named. What is not told, as with an empty sentence, goes its way."""
    try:
        yield
    except StudentError as error:
        if not sentence or (types and not {error.type, *error.bases} & set(types)):
            raise
        fail(sentence, expected="no error", got=str(error))


def in_drawn_order(rng: Rng, *questions: Callable[[], Any]) -> None:
    """Ask each of these in an order that is drawn, so that no answer is known by its place among the calls."""
    for ask in rng.permutation(questions):
        ask()


def rejected(
    call: Callable[[], Any],
    what: str,
    *named: Any,
    kind: str = "ValueError",
    unnamed: str = "",
    advice: str = "",
    explained: bool = True,
) -> Callable[[], None]:
    """A question for `in_drawn_order`: whether this call raises an error of that kind, as `expect_error` has it."""

    def ask() -> None:
        with expect_error(kind, what=what, advice=advice, explained=explained, named=named, unnamed=unnamed):
            call()

    return ask


def describe(value: Any, limit: int = 600, at: int = 0) -> str:
    """A value as a student reads it: tensors with dtype and shape, long things cut. Of a tensor that is not shown
    whole, some elements from number `at` on."""
    if isinstance(value, torch.Tensor):
        kind = str(value.dtype).removeprefix("torch.")
        flat = torch.round(value.detach().double() * 1e5) / 1e5 if value.dtype.is_floating_point else value.detach()
        body = str(flat.tolist()) if value.numel() <= SHOWN_WHOLE else _some(flat.reshape(-1), at)
        text = f"{body}  ({kind}, shape {tuple(value.shape)})"
    elif isinstance(value, float):
        text = f"{value:.10g}"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key!r}: {describe(item, limit)}" for key, item in value.items()) + "}"
    elif isinstance(value, (list, tuple)) and _holds_numbers(value):
        text = "[" + ", ".join(describe(item, limit) for item in value) + "]"
    else:
        text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 4] + " ..."


def _some(flat: torch.Tensor, at: int) -> str:
    """A few elements of a long row, from number `at` on, or from its start where that is near."""
    start = at if at >= SHOWN else 0
    end = min(start + SHOWN, len(flat))
    body = ", ".join(map(str, flat[start:end].tolist()))
    return f"[{'..., ' if start else ''}{body}{', ...' if end < len(flat) else ''}]"


def _holds_numbers(value: Any) -> bool:
    """Whether a tensor or a float is anywhere inside; Python would show those in another way."""
    if isinstance(value, (list, tuple)):
        return any(map(_holds_numbers, value))
    return isinstance(value, (torch.Tensor, float))


def _expect(
    got: Any, expected: Any, what: str, mistakes: Mapping[str, Any] | None, advice: str, rtol: float, atol: float
) -> None:
    problem = _difference(got, expected, rtol, atol)
    if problem is None:
        return
    # Two mistakes may come to the same here. Naming one of them could send a student to the wrong place.
    known = [
        sentence.strip()
        for sentence, wrong in (mistakes or {}).items()
        if any(_difference(got, value, rtol, atol) is None for value in _values_of(wrong))
    ]
    said = tuple(dict.fromkeys(known))[:MAX_MISTAKES]
    sentence = " Or: ".join(said) or f"{what} {_agreeing(problem, what)}."
    at = first_wrong(got, expected, rtol, atol) or 0
    raise CheckFailure(
        sentence,
        describe(expected, at=at),
        describe(got, at=at),
        advice,
        said,
        lambda: differing(got, expected, lambda one, other: _difference(one, other, rtol, atol) is None, rtol, atol),
    )


# Where the subject of a `what` ends and what says more of it begins.
_SUBJECT_ENDS = re.compile(
    r",|:| (?:of|in|at|after|before|for|on|with|without|that|whose|where|while|from|to|as|out|against|times|over)\b"
)
_PLURAL_VERBS = {"has": "have", "is": "are", "holds": "hold"}


def _agreeing(problem: str, what: str) -> str:
    """`problem`, which begins with a verb, in the number of its subject: "The codes of zeros" have wrong values."""
    subject = _SUBJECT_ENDS.split(what, maxsplit=1)[0]
    last = subject.split(" ")[-1]
    plural = last.endswith("s") and not last.endswith(("ss", "us", "is", "ias", "'s")) and "_" not in last
    if subject.startswith(("What ", "How ")) or not (plural or " and " in subject):
        return problem
    verb, _, rest = problem.partition(" ")
    return f"{_PLURAL_VERBS.get(verb, verb)} {rest}"


def _values_of(wrong: Any) -> Iterator[Any]:
    """The values that a mistake may produce; a function is called for them, one after the other, as far as needed."""
    for one in wrong.values if isinstance(wrong, AnyOf) else (wrong,):
        if isinstance(found := one() if callable(one) else one, AnyOf):
            yield from _values_of(found)
        else:
            yield found


def _difference(got: Any, expected: Any, rtol: float, atol: float) -> str | None:
    """What is wrong with `got`, as the end of a sentence without values; None when it agrees."""
    if isinstance(expected, torch.Tensor):
        return _tensor_difference(got, expected, rtol, atol)
    if isinstance(expected, bool) or expected is None or isinstance(expected, (str, bytes)):
        return None if type(got) is type(expected) and got == expected else "is wrong"
    if isinstance(expected, (int, float)):
        if isinstance(got, torch.Tensor) and got.numel() == 1 and got.ndim == 0:
            got = got.item()
        if isinstance(got, bool) or not isinstance(got, (int, float)):
            return f"must be a number, not {_kind(got)}"
        return None if _close(got, expected, rtol, atol) else "has the wrong value"
    if isinstance(expected, dict):
        if not isinstance(got, dict):
            return f"must be a dict, not {_kind(got)}"
        if got.keys() != expected.keys():
            return "has the wrong keys"
        return next(filter(None, (_difference(got[key], expected[key], rtol, atol) for key in expected)), None)
    if isinstance(expected, (list, tuple)):
        if not isinstance(got, (list, tuple)):
            return f"must be {_kind(expected)}, not {_kind(got)}"
        if len(got) != len(expected):
            return "has the wrong length"
        return next(filter(None, (_difference(*pair, rtol, atol) for pair in zip(got, expected, strict=True))), None)
    raise TypeError(f"a check can't compare with {expected!r}")


def _tensor_difference(got: Any, expected: torch.Tensor, rtol: float, atol: float) -> str | None:
    if not isinstance(got, torch.Tensor):
        return f"must be a tensor, not {_kind(got)}"
    if got.shape != expected.shape:
        return "has the wrong shape"
    if got.dtype != expected.dtype:
        return f"has dtype {got.dtype}, not {expected.dtype}".replace("torch.", "")
    if not expected.dtype.is_floating_point and not expected.dtype.is_complex or rtol == atol == 0.0:
        return None if wire.same(got, expected) or torch.equal(got, expected) else "has wrong values"
    got, expected = got.detach().double(), expected.detach().double()
    if torch.isnan(got).any() and not torch.isnan(expected).any():
        return "holds NaN"
    return None if torch.allclose(got, expected, rtol=rtol, atol=atol, equal_nan=True) else "has wrong values"


def _close(got: float, expected: float, rtol: float, atol: float) -> bool:
    if got == expected or (math.isnan(got) and math.isnan(expected)):
        return True
    try:
        return abs(got - expected) <= atol + rtol * abs(expected)
    except OverflowError:  # an integer beyond the range of floats
        return False


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    name = {"Tensor": "tensor", "str": "text", "bytes": "bytes"}.get(type(value).__name__, type(value).__name__)
    return with_article(name)
