"""The course file: what each lesson weighs and when it is due, what lateness costs, how many attempts count.

TERM.md, beside this file, has an example with every key.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from autograder.common.errors import CourseError
from autograder.grading.policy import Policy

_TOP = ("drop_lowest", "maximum", "attempts", "late", "lessons", "extensions")
_LATE = ("per_day", "grace_minutes", "at_most")
_LESSON = ("weight", "released", "due", "maximum", "attempts")


@dataclass(frozen=True)
class LessonTerms:
    """What holds for one lesson. `maximum`: the points that are all of it (None: those of its exercises)."""

    weight: float = 1.0
    due: datetime | None = None
    maximum: float | None = None
    policy: Policy = Policy()


@dataclass(frozen=True)
class Term:
    """A course file. `lessons` has those that it lists; `default` is what holds for others."""

    lessons: dict[str, LessonTerms] = field(default_factory=dict)
    default: LessonTerms = LessonTerms()
    drop_lowest: int = 0
    maximum: float = 100.0
    extensions: Mapping[str, str] = field(default_factory=dict)

    def of(self, lesson: str) -> LessonTerms:
        return self.lessons.get(lesson, self.default)


def parse_term(text: str, file: str, lessons: Iterable[str]) -> Term:
    """The course file `text`. Raises CourseError, with `file` and the key or line, on anything that is none."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{file} is no course file: {error}.") from None
    try:
        return _term(data, list(lessons))
    except (_Wrong, ValueError) as problem:
        raise CourseError(f"{file}: {problem}.") from None


class _Wrong(Exception):
    """What is wrong, with its key: the end of a sentence."""


def _term(data: Mapping[str, Any], known: list[str]) -> Term:
    _check_keys(data, _TOP, "")
    late, listed, extensions = (_table(data, name) for name in ("late", "lessons", "extensions"))
    _check_keys(late, _LATE, "late.")
    policy = Policy(
        late_per_day=_number(late, "per_day", 0.0, "late.", most=1.0),
        grace_minutes=_number(late, "grace_minutes", 0.0, "late."),
        attempts=_whole(data, "attempts", None, "", least=1),
        at_most=_number(late, "at_most", 1.0, "late.", most=1.0),
    )
    found = {}
    for name in listed:
        if name not in known:
            raise _Wrong(f"lessons.{name} is no lesson; the lessons are {', '.join(known)}")
        found[name] = _lesson(_table(listed, name, "lessons."), f"lessons.{name}.", policy)
    drop = _whole(data, "drop_lowest", 0, "", least=0) or 0
    if found and drop >= len(found):
        raise _Wrong(f"drop_lowest is {drop}, of {len(found)} lessons: none would be left")
    if found and not any(one.weight for one in found.values()):
        raise _Wrong("lessons weigh nothing: give one a weight above 0")
    maximum = _number(data, "maximum", 100.0, "", above=True)
    given = {name: _extension_text(value, f"extensions.{name}") for name, value in extensions.items()}
    return Term(found, LessonTerms(policy=policy), drop, maximum, given)


def _lesson(data: Mapping[str, Any], place: str, policy: Policy) -> LessonTerms:
    _check_keys(data, _LESSON, place)
    released, due = _time(data, "released", place), _time(data, "due", place)
    if released is not None and due is not None and due < released:
        raise _Wrong(f"{place}due is before {place}released")
    attempts = _whole(data, "attempts", policy.attempts, place, least=1)
    maximum = _number(data, "maximum", 0.0, place, above=True) if "maximum" in data else None
    weight = _number(data, "weight", 1.0, place)
    return LessonTerms(weight, due, maximum, replace(policy, attempts=attempts))


# --- extensions -----------------------------------------------------------------------------------------------------


def extended(due: datetime, extension: str) -> datetime:
    """When a student's work is due who has an extension: `days`, or until a day or a time; never before the others'.

    Raises ValueError, with the end of a sentence, on what says neither.
    """
    text = extension.strip()
    if not text:
        return due
    try:
        days = float(text)
    except ValueError:
        return max(due, _until(due, text))
    if not 0 <= days <= 3660:
        raise ValueError(f"{text} is no number of days")
    return due + timedelta(days=days)


def _until(due: datetime, text: str) -> datetime:
    try:
        until = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime.combine(until, due.timetz())  # a day ends when the due date does
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a number of days nor a date as 2026-11-09") from None
    if time.tzinfo is None:
        raise ValueError(f"{text} has no zone: write it as {text}+01:00, say")
    return time


def check_extension(extension: str) -> None:
    """Raises ValueError, with the end of a sentence, on what is no extension of any due date."""
    try:
        extended(datetime.fromisoformat("2000-01-01T00:00:00+00:00"), extension)
    except OverflowError as problem:
        raise ValueError(str(problem)) from None


def check_extensions(extensions: Mapping[str, str], place: str) -> None:
    """Raises CourseError where one of these is none; `place` is where they come from."""
    for student, extension in extensions.items():
        try:
            check_extension(extension)
        except ValueError as problem:
            raise CourseError(f"{place}: the extension of {student}: {problem}.") from None


def _extension_text(value: object, place: str) -> str:
    text = value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, bool) or not isinstance(value, (str, int, float, date)):
        raise _Wrong(f"{place} is {value!r}: write days, or a time")
    try:
        check_extension(text)
    except ValueError as problem:
        raise _Wrong(f"{place}: {problem}") from None
    return text


# --- values of the file ---------------------------------------------------------------------------------------------


def _check_keys(data: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    for key in data:
        if key not in known:
            raise _Wrong(f"there is no key {place}{key}; there are {', '.join(f'{place}{one}' for one in known)}")


def _table(data: Mapping[str, Any], key: str, place: str = "") -> Mapping[str, Any]:
    found = data.get(key, {})
    if not isinstance(found, dict):
        raise _Wrong(f"{place}{key} is {found!r}: write a table, [{place}{key}]")
    return found


def _number(
    data: Mapping[str, Any], key: str, default: float, place: str, *, most: float = math.inf, above: bool = False
) -> float:
    value = data.get(key, default)
    if type(value) not in (int, float) or not math.isfinite(value):
        raise _Wrong(f"{place}{key} is {value!r}: write a number")
    if value < 0 or value > most or (above and value == 0):
        span = f"from 0 to {most:g}" if most < math.inf else "above 0" if above else "of 0 or more"
        raise _Wrong(f"{place}{key} is {value}: write a number {span}")
    return float(value)


def _whole(data: Mapping[str, Any], key: str, default: int | None, place: str, *, least: int) -> int | None:
    value = data.get(key, default)
    if value is not None and (type(value) is not int or value < least):
        raise _Wrong(f"{place}{key} is {value!r}: write a whole number of {least} or more")
    return value


def _time(data: Mapping[str, Any], key: str, place: str) -> datetime | None:
    value = data.get(key)
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        time = None
    if not isinstance(time, datetime):
        raise _Wrong(f"{place}{key} is {str(value)!r}: write a time as 2026-11-02T23:59:00+01:00")
    if time.tzinfo is None:
        raise _Wrong(f"{place}{key} has no zone: write {time.isoformat()}+01:00, say")
    return time
