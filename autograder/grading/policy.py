"""What a course does about late work and about attempts, for every way of grading: here, and in Gradescope's container.

`grading.adjusting` applies it to reports, with the times that a hand-in carries; Gradescope's metadata carry theirs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Policy:
    """`late_per_day`: the share of the score that each day begun after the due date costs, `at_most` that share in all;
    `attempts`: how many count."""

    late_per_day: float = 0.0
    grace_minutes: float = 0.0
    attempts: int | None = None
    at_most: float = 1.0

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Policy:
        """Raises ValueError on what is no policy."""
        shares = (float(data.get("late_per_day", 0)), float(data.get("grace_minutes", 0)))
        policy = cls(*shares, data.get("attempts"), float(data.get("at_most", 1)))
        if not 0 <= policy.late_per_day <= 1 or not 0 <= policy.grace_minutes < math.inf:
            raise ValueError("late_per_day is a share from 0 to 1, grace_minutes 0 or more")
        if not 0 <= policy.at_most <= 1:
            raise ValueError("at_most is a share from 0 to 1")
        if policy.attempts is not None and (type(policy.attempts) is not int or policy.attempts < 1):
            raise ValueError("attempts is a whole number above 0")
        return policy

    def lost(self, days: int) -> float:
        """The share of the score that so many days begun cost."""
        return min(self.at_most, self.late_per_day * days)

    def kept(self, metadata: Mapping[str, Any]) -> tuple[float, str]:
        """The share of the score that lateness leaves, and a sentence about it (none when nothing is lost)."""
        days = days_late(metadata, self.grace_minutes)
        share = 1.0 - self.lost(days)
        return share, said_of_late(days, share)

    def used_up(self, metadata: Mapping[str, Any]) -> tuple[float, str] | None:
        """The score that stands and a sentence, when the attempts that count are used up; else None."""
        earlier = metadata.get("previous_submissions") or []
        if self.attempts is None or len(earlier) < self.attempts:
            return None
        scores: list[Any] = [one.get("score") for one in earlier[: self.attempts] if isinstance(one, Mapping)]
        stands = max((float(score) for score in scores if _is_number(score)), default=0.0)
        return stands, f"This is attempt {len(earlier) + 1}; {self.attempts} count. The best of those stands."


def days_late(metadata: Mapping[str, Any], grace_minutes: float = 0.0) -> int:
    """Days begun between the due date and the time of handing in, as Gradescope's metadata gives them; 0 without."""
    handed_in, due = zoned(metadata.get("created_at")), _due(metadata)
    return 0 if handed_in is None or due is None else days_begun(handed_in, due, grace_minutes)


def days_begun(handed_in: datetime, due: datetime, grace_minutes: float) -> int:
    """Days begun after the due date and the minutes that cost nothing."""
    return max(0, math.ceil(((handed_in - due).total_seconds() - 60 * grace_minutes) / 86_400))


def said_of_late(days: int, share: float) -> str:
    """A sentence where lateness leaves less than all of the score."""
    return (
        "" if share == 1.0 else f"Handed in {days} day{'s' if days > 1 else ''} late: {share:.0%} of the points count."
    )


def _due(metadata: Mapping[str, Any]) -> datetime | None:
    """The assignment's due date, or a user's own where there is an extension (the latest of a group's)."""
    users = metadata.get("users")
    own = [user.get("assignment") for user in users if isinstance(user, Mapping)] if isinstance(users, list) else []
    holders = [one for one in [*own, metadata.get("assignment")] if isinstance(one, Mapping)]
    times = [time for one in holders if (time := zoned(one.get("due_date"))) is not None]
    return max(times, default=None)


def zoned(text: object) -> datetime | None:
    """The time that a text in ISO 8601 says, None where it says none or no zone."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (TypeError, ValueError):
        return False
