"""What differs between two folders of results: whose score, and by which checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.checking.report import Report
from autograder.common.errors import CourseError
from autograder.grading.results import lessons_in


@dataclass(frozen=True)
class Change:
    """One submission of one lesson whose two reports differ; one of them may be missing.

    `checks` holds the checks with another outcome: name → (before, now), "" where a report has no such check.
    """

    lesson: str
    submission: str
    old: Report | None
    new: Report | None
    checks: dict[str, tuple[str, str]]

    @property
    def why(self) -> list[str]:
        """What else is different, and so may be the reason."""
        if self.old is None or self.new is None:
            return []
        old, new = self.old, self.new
        parts = {
            "what was handed in": (old.digest, new.digest),
            "the checks": (old.checks_digest, new.checks_digest),
            "the secret": (old.seed_fingerprint, new.seed_fingerprint),
            "the engine or a library": ((old.engine, old.versions), (new.engine, new.versions)),
            "the tier": (old.tier, new.tier),
            "adjustments": (old.adjustments, new.adjustments),
        }
        return [part for part, (before, now) in parts.items() if before != now]


def compare(old: Path, new: Path) -> tuple[list[Change], int, list[str]]:
    """The changes from one folder of results to another, the number of pairs compared, and what can't be read.

    A folder is what `grade` was given as --out. Lessons that only one of them has are left aside, unless they have
    none in common. Raises CourseError then, and where one has no reports at all.
    """
    (before, unread), (now, unread_now) = _reports(old), _reports(new)
    lessons = [lesson for lesson in before if lesson in now]
    if not lessons:
        raise CourseError(
            f"There is nothing to compare: {old} holds reports of {', '.join(before)}, {new} of {', '.join(now)}."
        )
    changes, pairs = [], 0
    for lesson in lessons:
        for name in sorted(before[lesson].keys() | now[lesson].keys()):
            one, other = before[lesson].get(name), now[lesson].get(name)
            pairs += one is not None and other is not None
            if (change := change_of(lesson, name, one, other)) is not None:
                changes.append(change)
    return changes, pairs, unread + unread_now


def change_of(lesson: str, submission: str, old: Report | None, new: Report | None) -> Change | None:
    """The change from one report of a submission to another; None where score and verdicts are the same."""
    checks = dict(_other_outcomes(old, new))
    if old is None or new is None or checks or (old.final, old.max_score) != (new.final, new.max_score):
        return Change(lesson, submission, old, new, checks)
    return None


def _reports(out: Path) -> tuple[dict[str, dict[str, Report]], list[str]]:
    """lesson → name → report, and a sentence for each that can't be read."""
    found: dict[str, dict[str, Report]] = {}
    left: list[str] = []
    for results in lessons_in(out):
        reports, unread = results.all()
        left += unread
        if reports:
            found[results.lesson] = {report.submission: report for report in reports}
    if not found:
        raise CourseError(f"There are no reports in {out}: give the folder that grade wrote to, its --out.")
    return found, left


def _other_outcomes(old: Report | None, new: Report | None) -> Iterator[tuple[str, tuple[str, str]]]:
    if old is None or new is None:
        return
    before = {check.name: check.outcome for check in old.checks}
    now = {check.name: check.outcome for check in new.checks}
    for name in [*before, *(name for name in now if name not in before)]:
        if before.get(name) != now.get(name):
            yield name, (before.get(name, ""), now.get(name, ""))
