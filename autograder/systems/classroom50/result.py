"""Classroom 50: `result.json` from a report and the environment that its runner sets.

Whole points only: a test is an exercise, and what it earns is rounded down. The bundle that runs there is publicly
readable, so it holds public checks alone, and the score is feedback: grades come from `autograder grade`.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from autograder.checking.report import Report

SCHEMA = "classroom50/result/v1"
_FROM_ENVIRONMENT = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}


def result(report: Report, environment: Mapping[str, str], now: datetime) -> dict[str, Any]:
    """Exactly the keys of the schema. What the environment lacks is an empty text, the tag `submit/<submission>`."""
    found: dict[str, Any] = {"schema": SCHEMA}
    found |= {key: environment.get(name, "") for key, name in _FROM_ENVIRONMENT.items()}
    if not found["submission"].startswith("submit/"):
        found["submission"] = f"submit/{report.submission}"
    tests: list[dict[str, Any]] = []
    for exercise in dict.fromkeys(check.exercise for check in report.checks):
        checks = [check for check in report.checks if check.exercise == exercise]
        worth = round(sum(check.max_points for check in checks))
        if worth:
            earned = math.floor(sum(check.points for check in checks) + 1e-3)  # points are rounded to 6 digits
            passed = all(check.outcome == "passed" for check in checks)
            tests.append({"test-name": exercise, "passed": passed, "score": earned, "max-score": worth})
    return found | {
        "datetime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }


def result_json(report: Report) -> str:
    return json.dumps(result(report, os.environ, datetime.now(UTC)), indent=2, ensure_ascii=False) + "\n"
