"""The result of one submission in one lesson. Everything that `grade` writes is made from a `Report`."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from typing import Any

from autograder import __version__
from autograder.checking.first_form import carried_over, is_first_form
from autograder.checking.running import Check, Outcome, Verdict, Visibility
from autograder.checking.submission import Who

SCHEMA = 2  # of what is written now; the first form said none


class NewerReport(ValueError):
    """A report that a newer engine wrote. `schema` is what it says."""

    def __init__(self, schema: int) -> None:
        super().__init__(f"its schema is {schema}, and this engine knows {SCHEMA}")
        self.schema = schema


def _unknown() -> dict[str, Any]:
    """Fields that this engine does not know: they are read, and written again."""
    return field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class CheckReport:
    """One check. `message` is what the student may read: of a hidden check, the sentence only."""

    name: str
    exercise: str
    points: float
    max_points: float
    outcome: Outcome
    message: str
    public: bool  # whether students have the check itself
    seconds: float
    visibility: Visibility = "visible"  # when the student may see this verdict
    mistakes: tuple[str, ...] = ()  # the sentences of the named mistakes in `message`; none where it is a general one
    more: dict[str, Any] = _unknown()


@dataclass(frozen=True)
class Student(Who):
    """Who handed it in, as the report keeps it."""

    more: dict[str, Any] = _unknown()


@dataclass(frozen=True)
class Times:
    """UTC, ISO 8601; None where it is not known."""

    graded_at: str | None = None
    handed_in: str | None = None
    marked_late: bool = False  # the system that it was handed in to says so, perhaps without a time
    more: dict[str, Any] = _unknown()


@dataclass(frozen=True)
class Adjustment:
    """Points that are added to the score (below 0: taken off), apart from it.

    `kind` is "late", "attempts" (more were made than count) or "manual".
    """

    kind: str
    points: float
    reason: str
    more: dict[str, Any] = _unknown()


@dataclass(frozen=True)
class Report:
    """One (submission, lesson). `status` is "graded", or "broken" with `reason` when nothing could be run.

    A field that only a kept result has (`grading.grade` fills them in) is empty in any other report.
    """

    student: Student
    lesson: str
    score: float  # the sum of the checks' points
    max_score: float
    status: str
    reason: str
    tier: str
    seconds: float
    checks: tuple[CheckReport, ...]
    version: str = __version__
    schema: int = SCHEMA
    attempt: int = 1
    source: str = ""  # the path that was handed in, from the folder of the given one
    digest: str = ""  # of what was handed in
    left_out: tuple[str, ...] = ()  # checks that the course's own solution fails on the same inputs
    adjustments: tuple[Adjustment, ...] = ()
    late: float | None = None  # days begun after the due date
    times: Times = Times()
    seed_fingerprint: str = ""  # tells secrets apart without telling them
    checks_digest: str = ""  # of the checks and of all that they import
    engine: str = ""  # a digest of its files
    versions: dict[str, str] = field(default_factory=dict)  # of the libraries whose numbers count
    key: str = ""  # of all that decides the result: the same key, the same result
    notes: tuple[str, ...] = ()  # what of a notebook was left out, in the words of its student
    more: dict[str, Any] = _unknown()

    @property
    def submission(self) -> str:
        """The name of its files."""
        return self.student.id

    @property
    def final(self) -> float:
        """The score with its adjustments: what counts."""
        return round(self.score + sum(one.points for one in self.adjustments), 6)

    def count(self, outcome: Outcome) -> int:
        return sum(check.outcome == outcome for check in self.checks)

    def to_json(self) -> str:
        return json.dumps({"schema": self.schema} | _plain(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """A report of this form or of the first one. Raises NewerReport, and ValueError on what is no whole report."""
        try:
            data = json.loads(text)
            if is_first_form(data):
                data = carried_over(data, SCHEMA)
            schema = data["schema"]
            if type(schema) is int and schema > SCHEMA:
                raise NewerReport(schema)
            if type(schema) is not int or schema != SCHEMA:
                raise ValueError(f"there is no schema {schema!r}")
            report: Report = _made(cls, data)
            return report
        except KeyError as error:
            raise ValueError(f"not a report: it has no {error}") from None
        except (TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise ValueError(f"not a report: {error}") from None


# --- its parts as JSON ----------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """A part as JSON has it, with the fields that are not known at its end."""
    if is_dataclass(value):
        held = {part.name: getattr(value, part.name) for part in fields(value)}
        more: dict[str, Any] = held.pop("more")
        return {name: _plain(one) for name, one in held.items()} | more
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


_LATER = ("left_out", "notes", "login", "email", "section", "marked_late")  # fields that such reports once lacked


def _made(kind: Any, data: Any) -> Any:
    """A part from its JSON. Raises ValueError and KeyError where that is not whole."""
    if not isinstance(data, dict):
        raise ValueError(f"not a report: {data!r} is no {kind.__name__}")
    known = {}
    for name, read in _parts(kind):
        if name in data or name not in _LATER:
            known[name] = read(data[name])
    return kind(**known, more={name: value for name, value in data.items() if name not in known})


@functools.cache
def _parts(kind: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    """The fields that a part's JSON has, and what reads each."""
    return tuple((part.name, _READERS.get(str(part.type), _text)) for part in fields(kind) if part.name != "more")


def _of(*kinds: type) -> Callable[[Any], Any]:
    """A reader of values of exactly these kinds, finite where they are numbers."""

    def read(value: Any) -> Any:
        if type(value) not in kinds or (type(value) is float and not math.isfinite(value)):
            raise ValueError(f"not a report: {value!r} is no {kinds[0].__name__}")
        return value

    return read


def _tuple(read: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda values: tuple(read(value) for value in _of(list)(values))


def _texts(values: Any) -> dict[str, str]:
    return {name: _text(value) for name, value in _of(dict)(values).items()}


_text = _of(str)
_READERS: dict[str, Callable[[Any], Any]] = {  # by the field's type; all others are texts
    "int": _of(int),
    "float": _of(float, int),
    "bool": _of(bool),
    "str | None": _of(str, type(None)),
    "float | None": _of(float, int, type(None)),
    "dict[str, str]": _texts,
    "tuple[str, ...]": _tuple(_text),
    "Student": lambda data: _made(Student, data),
    "Times": lambda data: _made(Times, data),
    "tuple[Adjustment, ...]": _tuple(lambda data: _made(Adjustment, data)),
    "tuple[CheckReport, ...]": _tuple(lambda data: _made(CheckReport, data)),
}


# --- from verdicts --------------------------------------------------------------------------------------------------


def build_report(
    submission: str,
    lesson: str,
    checks: Iterable[Check],
    verdicts: dict[str, Verdict],
    *,
    tier: str,
    seconds: float,
    key: str = "",
) -> Report:
    """Count the verdicts against the checks that were collected: one without a verdict is a failed check."""
    rows, score, max_score, reason = [], Fraction(0), Fraction(0), ""
    pairs = [(check, verdicts.get(check.name) or Verdict("failed", "This check was not reached.")) for check in checks]
    ran = any(not verdict.broken for _, verdict in pairs)
    for check, verdict in pairs:
        earned = check.worth if verdict.outcome == "passed" else Fraction(0)
        score, max_score = score + earned, max_score + check.worth
        reason = verdict.sentence if verdict.broken else reason
        if verdict.broken and ran:  # what it says then is the student's own text, and would stand among sentences
            verdict = Verdict("failed", "Your code ended its process, and did not load once more.")
        rows.append(
            CheckReport(
                name=check.name,
                exercise=check.exercise,
                points=_rounded(earned),
                max_points=_rounded(check.worth),
                outcome=verdict.outcome,
                message=public_message(check, verdict),
                public=check.public,
                seconds=round(verdict.seconds, 6),
                visibility=check.visibility,
                mistakes=verdict.mistakes if verdict.outcome == "failed" else (),
            )
        )
    return Report(
        student=Student(submission, submission),
        lesson=lesson,
        score=_rounded(score),
        max_score=_rounded(max_score),
        status="graded" if ran else "broken",
        reason="" if ran else reason,
        tier=tier,
        seconds=round(seconds, 6),
        checks=tuple(rows),
        version=__version__,
        key=key,
    )


def public_message(check: Check, verdict: Verdict) -> str:
    """What the student may read of a verdict. Texts from the student's process could carry a hidden check's inputs."""
    if verdict.outcome == "passed":
        return ""
    lines = [verdict.sentence]
    if check.public and verdict.outcome == "failed" and not verdict.broken:
        lines += [f"expected: {verdict.expected}"] if verdict.expected else []
        lines += [f"got: {verdict.got}"] if verdict.got else []
        lines += [f"differs: {verdict.differs}"] if verdict.differs else []
        lines += [f"at {line}" for line in verdict.lines]
        lines += [verdict.advice] if verdict.advice else []
    lines += [verdict.cause] if verdict.cause else []
    return "\n".join(lines)


def _rounded(points: Fraction) -> float:
    return round(float(points), 6)
