"""The result of one submission in one lesson. Everything that `grade` writes is made from a `Report`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from autograder import __version__
from autograder.checking.running import Check, Outcome, Verdict, Visibility

_KINDS: dict[str, tuple[type, ...]] = {"float": (int, float), "bool": (bool,)}  # of a field; all others are texts


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


@dataclass(frozen=True)
class Report:
    """One (submission, lesson). `status` is "graded", or "broken" with `reason` when nothing could be run."""

    submission: str
    lesson: str
    score: float
    max_score: float
    seed: str
    tier: str
    version: str
    seconds: float
    status: str
    reason: str
    key: str  # of the submission's content, the checks, the seed and the tier: the same key, the same result
    checks: tuple[CheckReport, ...]

    def count(self, outcome: Outcome) -> int:
        return sum(check.outcome == outcome for check in self.checks)

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Raises ValueError when the text is not a whole report."""
        try:
            data: dict[str, Any] = json.loads(text)
            if {field.name for field in fields(cls)} != set(data):
                raise ValueError("fields are missing")
            checks = tuple(CheckReport(**_carried_over(check)) for check in data.pop("checks"))
            report = cls(**data, checks=checks)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"not a report: {error}") from None
        for part in (report, *checks):
            for field in fields(part):
                value, kinds = getattr(part, field.name), _KINDS.get(str(field.type), (str,))
                if field.name != "checks" and type(value) not in kinds:
                    raise ValueError(f"not a report: {field.name} is {value!r}")
        return report


def _carried_over(check: dict[str, Any]) -> dict[str, Any]:
    """A check as it is written now, of a report from when `visibility` said whether it was public and `show` when."""
    if "show" not in check:
        return check
    kept = {key: value for key, value in check.items() if key not in ("visibility", "show")}
    return kept | {"public": check["visibility"] == "visible", "visibility": check["show"]}


def build_report(
    submission: str,
    lesson: str,
    checks: Iterable[Check],
    verdicts: dict[str, Verdict],
    *,
    seed: str,
    tier: str,
    key: str,
    seconds: float,
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
            )
        )
    return Report(
        submission=submission,
        lesson=lesson,
        score=_rounded(score),
        max_score=_rounded(max_score),
        seed=seed,
        tier=tier,
        version=__version__,
        seconds=round(seconds, 6),
        status="graded" if ran else "broken",
        reason="" if ran else reason,
        key=key,
        checks=tuple(rows),
    )


def public_message(check: Check, verdict: Verdict) -> str:
    """What the student may read of a verdict. Texts from the student's process could carry a hidden check's inputs."""
    if verdict.outcome == "passed":
        return ""
    lines = [verdict.sentence]
    if check.public and verdict.outcome == "failed" and not verdict.broken:
        lines += [f"expected: {verdict.expected}"] if verdict.expected else []
        lines += [f"got: {verdict.got}"] if verdict.got else []
        lines += [f"at {line}" for line in verdict.lines]
        lines += [verdict.advice] if verdict.advice else []
    return "\n".join(lines)


def _rounded(points: Fraction) -> float:
    return round(float(points), 6)
