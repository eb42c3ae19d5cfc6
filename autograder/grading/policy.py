"""What a course does about late work and about attempts. Only where a format carries the times and the attempts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Policy:
    """`late_per_day`: the share of the score that each day begun after the due date costs; `attempts`: how many."""

    late_per_day: float = 0.0
    grace_minutes: float = 0.0
    attempts: int | None = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Policy:
        """Raises ValueError on what is no policy."""
        policy = cls(float(data.get("late_per_day", 0)), float(data.get("grace_minutes", 0)), data.get("attempts"))
        if not 0 <= policy.late_per_day <= 1 or policy.grace_minutes < 0:
            raise ValueError("late_per_day is a share from 0 to 1, grace_minutes 0 or more")
        if policy.attempts is not None and (type(policy.attempts) is not int or policy.attempts < 1):
            raise ValueError("attempts is a whole number above 0")
        return policy

    def kept(self, metadata: Mapping[str, Any]) -> tuple[float, str]:
        """The share of the score that lateness leaves, and a sentence about it (none when nothing is lost)."""
        days = days_late(metadata, self.grace_minutes)
        share = max(0.0, 1.0 - self.late_per_day * days)
        if share == 1.0:
            return 1.0, ""
        return share, f"Handed in {days} day{'s' if days > 1 else ''} late: {share:.0%} of the points count."

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
    handed_in, due = _time(metadata.get("created_at")), _due(metadata)
    if handed_in is None or due is None:
        return 0
    return max(0, math.ceil(((handed_in - due).total_seconds() - 60 * grace_minutes) / 86_400))


def _due(metadata: Mapping[str, Any]) -> datetime | None:
    """The assignment's due date, or a user's own where there is an extension (the latest of a group's)."""
    users = metadata.get("users")
    own = [user.get("assignment") for user in users if isinstance(user, Mapping)] if isinstance(users, list) else []
    holders = [one for one in [*own, metadata.get("assignment")] if isinstance(one, Mapping)]
    times = [time for one in holders if (time := _time(one.get("due_date"))) is not None]
    return max(times, default=None)


def _time(text: object) -> datetime | None:
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
