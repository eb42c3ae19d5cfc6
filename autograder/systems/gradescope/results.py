"""Gradescope's `results.json`, made from a report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from autograder.checking.report import CheckReport, Report
from autograder.common.text import number
from autograder.grading.policy import Policy


def results_json(report: Report) -> str:
    return json.dumps(results(report), indent=2, ensure_ascii=False) + "\n"


def results(
    report: Report, policy: Policy | None = None, metadata: Mapping[str, Any] | None = None, left_out: int = 0
) -> dict[str, Any]:
    """One test for each check. `score` stands at the top, since a late submission's is not the tests' sum."""
    policy, metadata = policy or Policy(), metadata or {}
    share, late = policy.kept(metadata)
    lines = [f"{number(report.score)} of {number(report.max_score)} points"]
    lines += [line for line in (report.reason, late) if line]
    lines += [f"{one.points:+g} points ({one.kind}): {one.reason}" for one in report.adjustments]
    lines += report.notes
    if left_out:
        lines.append(f"{left_out} of the checks can't be passed here, and are left out of this score.")
    hidden: dict[str, int] = {}
    return {
        "score": round(report.score * share + report.final - report.score, 6),
        "execution_time": round(report.seconds, 3),
        "output": "\n".join(lines),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {
            "lesson": report.lesson,
            "tier": report.tier,
            "version": report.version,
            "key": report.key,
            "late_share": share,
        },
        "tests": [_test(check, number, hidden) for number, check in enumerate(report.checks, start=1)],
    }


def _test(check: CheckReport, number: int, hidden: dict[str, int]) -> dict[str, Any]:
    """A hidden check has no name there, only a number within its exercise."""
    label = check.name
    if not check.public:
        hidden[check.exercise] = hidden.get(check.exercise, 0) + 1
        label = f"hidden check {hidden[check.exercise]}"
    return {
        "name": f"{check.exercise}: {label}",
        "number": str(number),
        "score": check.points,
        "max_score": check.max_points,
        "status": "passed" if check.outcome == "passed" else "failed",
        "output": check.message,
        "visibility": check.visibility,
        "tags": [check.exercise, check.outcome],
    }
