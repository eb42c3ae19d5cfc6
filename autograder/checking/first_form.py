"""Reports as they were written before `schema`: flat, with the seed itself, one folder for each lesson."""

from __future__ import annotations

from typing import Any

from autograder.checking.digest import seed_fingerprint

FIELDS = frozenset(
    {
        "submission", "lesson", "score", "max_score", "seed", "tier", "version", "seconds", "status", "reason", "key",
        "checks",
    }
)  # fmt: skip


def is_first_form(data: Any) -> bool:
    """Whether this JSON is a report of the first form, by its fields: it says nothing of its own form."""
    return isinstance(data, dict) and "schema" not in data and data.keys() >= FIELDS


def carried_over(data: dict[str, Any], schema: int) -> dict[str, Any]:
    """The same report in the present form; what nobody wrote down is empty. Its seed becomes a fingerprint.

    Raises ValueError, KeyError, TypeError or AttributeError where it is damaged.
    """
    name, lesson, seed = data["submission"], data["lesson"], data["seed"]
    if not all(isinstance(text, str) for text in (name, lesson, seed)):
        raise ValueError("submission, lesson and seed are texts")
    return {
        "schema": schema,
        "student": {"id": name, "name": name},
        "attempt": 1,
        "source": "",
        "digest": "",
        "adjustments": [],
        "late": None,
        "times": {"graded_at": None, "handed_in": None},
        "seed_fingerprint": seed_fingerprint(seed, lesson),
        "checks_digest": "",
        "engine": "",
        "versions": {},
        **{key: value for key, value in data.items() if key not in ("submission", "seed")},
        "checks": [_check(check) for check in data["checks"]],
    }


def _check(check: dict[str, Any]) -> dict[str, Any]:
    """A check; before `public`, `visibility` said whether it was public, and `show` when its verdict was shown."""
    known = {"mistakes": []} | check
    if "show" not in check:
        return known
    kept = {key: value for key, value in known.items() if key not in ("visibility", "show")}
    return kept | {"public": check["visibility"] == "visible", "visibility": check["show"]}
