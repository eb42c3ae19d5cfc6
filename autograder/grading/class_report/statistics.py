"""What the reports of a class say together. Nothing here knows of pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from autograder.checking.report import CheckReport, Report
from autograder.checking.running import Outcome
from autograder.grading.clock import TOO_LONG

LEAST = 10  # submissions without which a correlation says nothing
OUT_OF_TIME = (  # all that a failed check says where time ran out
    "It did not answer in time.",
    "Your code did not finish in time.",
    "Not run: other exercises took too long.",
    "The time for the whole submission is used up.",
    TOO_LONG,
)


def share(report: Report) -> float | None:
    """What counts of a report, as a share of the points; None where there are none to be had."""
    return report.final / report.max_score if report.max_score else None


def ran(reports: Iterable[Report]) -> list[Report]:
    """The reports of submissions that could be run."""
    return [report for report in reports if report.status != "broken"]


@dataclass(frozen=True)
class Spread:
    """Where the values of a class lie: mean and quartiles, by linear interpolation between the two nearest values."""

    count: int
    mean: float
    lowest: float
    lower: float
    median: float
    upper: float
    highest: float


def spread(values: Sequence[float]) -> Spread | None:
    if not values:
        return None
    return Spread(len(values), float(np.mean(values)), *map(float, np.quantile(values, (0, 0.25, 0.5, 0.75, 1))))


@dataclass(frozen=True)
class Item:
    """How the class did on one check, or on an exercise, whose `name` is "".

    `mean` is the mean share of its points, None where it is worth none; `unnamed` counts failures that no named mistake
    explains.
    """

    exercise: str
    name: str
    public: bool
    points: float
    outcomes: dict[Outcome, int]
    mean: float | None
    discrimination: float | None
    unnamed: int


def checks(reports: Sequence[Report]) -> list[Item]:
    """Every check of these reports, in their order."""
    rows: dict[str, list[tuple[Report, CheckReport]]] = {}
    for report in reports:
        for check in report.checks:
            rows.setdefault(check.name, []).append((report, check))
    return [_item(found[0][1].name, [(report, (check,)) for report, check in found]) for found in rows.values()]


def exercises(reports: Sequence[Report]) -> list[Item]:
    """Every exercise of these reports, in their order."""
    rows: dict[str, list[tuple[Report, tuple[CheckReport, ...]]]] = {}
    for report in reports:
        for name in dict.fromkeys(check.exercise for check in report.checks):
            rows.setdefault(name, []).append((report, tuple(one for one in report.checks if one.exercise == name)))
    return [_item("", found) for found in rows.values()]


def _item(name: str, rows: Sequence[tuple[Report, tuple[CheckReport, ...]]]) -> Item:
    """`rows`: who was asked, and the checks that count together."""
    worth = [(sum(one.points for one in asked), sum(one.max_points for one in asked)) for _, asked in rows]
    first = rows[0][1][0]
    rests = [_rest(report, *points) for (report, _), points in zip(rows, worth, strict=True)]
    earned = [_earned(asked) for _, asked in rows]
    failed = [one for _, asked in rows for one in asked if one.outcome == "failed"]
    return Item(
        exercise=first.exercise,
        name=name,
        public=first.public,
        points=worth[0][1],
        outcomes=dict(Counter(_together(asked) for _, asked in rows)),
        mean=_mean([points / of for points, of in worth if of]),
        discrimination=correlation([(one, rest) for one, rest in zip(earned, rests, strict=True) if rest is not None]),
        unnamed=sum(not one.mistakes for one in failed),
    )


def _together(asked: Sequence[CheckReport]) -> Outcome:
    """The outcome of checks that count together, as a student's page tells it of an exercise."""
    outcomes = {check.outcome for check in asked}
    if len(outcomes) == 1:
        return next(iter(outcomes))
    return "blocked" if "blocked" in outcomes else "failed"


def _earned(asked: Sequence[CheckReport]) -> float:
    """The share of their points, or where they are worth none, of the checks that pass."""
    of = sum(check.max_points for check in asked)
    if of:
        return sum(check.points for check in asked) / of
    return sum(check.outcome == "passed" for check in asked) / len(asked)


def _rest(report: Report, points: float, of: float) -> float | None:
    """The share of the points that all other checks gave."""
    left = report.max_score - of
    return (report.score - points) / left if left > 1e-9 else None


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def correlation(pairs: Sequence[tuple[float, float]]) -> float | None:
    """Pearson's r, which of a verdict and a score is the point-biserial correlation; None where it says nothing.

    That is with fewer than `LEAST` pairs, and where one side is the same for all.
    """
    table = np.array(pairs, dtype=float).reshape(-1, 2)
    if len(table) < LEAST or min(np.ptp(table, axis=0)) < 1e-9:
        return None
    return float(np.corrcoef(table.T)[0, 1])


@dataclass(frozen=True)
class Mistake:
    """A named mistake in an exercise, and the submissions that have it."""

    exercise: str
    sentence: str
    who: tuple[str, ...]


def mistakes(reports: Sequence[Report]) -> list[Mistake]:
    """The named mistakes of a class, the most frequent first."""
    who: dict[tuple[str, str], dict[str, None]] = {}
    for report in reports:
        for check in report.checks:
            for sentence in check.mistakes:
                who.setdefault((check.exercise, sentence), {})[report.submission] = None
    found = [Mistake(exercise, sentence, tuple(names)) for (exercise, sentence), names in who.items()]
    return sorted(found, key=lambda one: (-len(one.who), one.exercise, one.sentence))


@dataclass(frozen=True)
class TimeOut:
    """A submission that ran out of time, in which exercises, and the sentence of the first."""

    submission: str
    exercises: tuple[str, ...]
    sentence: str


def time_outs(reports: Sequence[Report]) -> list[TimeOut]:
    found = []
    for report in reports:
        late = [(check.exercise, said) for check in report.checks if (said := _said(check)) in OUT_OF_TIME]
        if late:
            found.append(TimeOut(report.submission, tuple(dict.fromkeys(name for name, _ in late)), late[0][1]))
    return found


def _said(check: CheckReport) -> str:
    return check.message.partition("\n")[0] if check.outcome == "failed" else ""
