"""Validators of other systems' result files: every key that they document, with what it may hold."""

import json
from datetime import datetime

SHOWS = {"hidden", "after_due_date", "after_published", "visible"}
TEXT_FORMATS = {"text", "html", "simple_format", "md", "ansi"}
# every key that Gradescope's documentation lists, with what it may hold
GRADESCOPE = {
    "score": (int, float),
    "execution_time": (int, float),
    "output": str,
    "output_format": TEXT_FORMATS,
    "test_output_format": TEXT_FORMATS,
    "test_name_format": TEXT_FORMATS,
    "visibility": SHOWS,
    "stdout_visibility": SHOWS,
    "extra_data": dict,
    "tests": list,
    "leaderboard": list,
}
GRADESCOPE_TEST = {
    "score": (int, float),
    "max_score": (int, float),
    "status": {"passed", "failed"},
    "name": str,
    "name_format": TEXT_FORMATS,
    "number": str,
    "output": str,
    "output_format": TEXT_FORMATS,
    "tags": list,
    "visibility": SHOWS,
    "extra_data": dict,
}
CLASSROOM50 = {
    "schema": {"classroom50/result/v1"},
    "classroom": str,
    "assignment": str,
    "assignment_type": str,
    "owner": str,
    "submission": str,
    "commit": str,
    "release": str,
    "review": str,
    "datetime": str,
    "score": int,
    "max-score": int,
    "tests": list,
}
CLASSROOM50_TEST = {"test-name": str, "passed": bool, "score": int, "max-score": int}


def assert_fits(found, schema, all_keys=False):
    assert set(found) <= set(schema) and (not all_keys or set(found) == set(schema))
    for key, value in found.items():
        wanted = schema[key]
        if isinstance(wanted, set):
            assert value in wanted, key
        else:
            assert isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool)), key


def gradescope(text):
    found = json.loads(text)
    assert_fits(found, GRADESCOPE)
    assert "score" in found or all("score" in test for test in found["tests"])
    for test in found["tests"]:
        assert_fits(test, GRADESCOPE_TEST)
    return found


def classroom50(text):
    found = json.loads(text)
    assert_fits(found, CLASSROOM50, all_keys=True)
    assert found["submission"].startswith("submit/")
    assert datetime.strptime(found["datetime"], "%Y-%m-%dT%H:%M:%SZ")
    for test in found["tests"]:
        assert_fits(test, CLASSROOM50_TEST, all_keys=True)
    assert found["score"] == sum(test["score"] for test in found["tests"])
    assert found["max-score"] == sum(test["max-score"] for test in found["tests"])
    return found
