"""The report: whole, or not a report."""

import json
from dataclasses import replace

import pytest

from autograder.checking.report import Report


def test_it_survives_json(toy):
    report = toy.report(toy.with_double("return x * x"), name="Zoë")
    assert Report.from_json(report.to_json()) == report
    assert "Zoë" in report.to_json()


def test_what_it_holds(toy):
    data = json.loads(toy.report(toy.with_double("return x * x"), seed="7").to_json())
    assert {"submission", "lesson", "score", "max_score", "seed", "tier", "version", "seconds", "checks"} <= set(data)
    assert (data["lesson"], data["seed"], data["tier"], data["status"], data["reason"]) == (
        "toy",
        "7",
        "none",
        "graded",
        "",
    )
    wanted = {"name", "exercise", "points", "max_points", "outcome", "message", "public", "seconds", "visibility"}
    assert len(data["checks"]) == 9 and all(set(check) == wanted for check in data["checks"])
    assert sum(check["max_points"] for check in data["checks"]) == pytest.approx(data["max_score"], abs=1e-5)
    assert sum(check["points"] for check in data["checks"]) == pytest.approx(data["score"], abs=1e-5)


def test_the_same_seed_gives_the_same_report_and_another_other_draws(toy):
    def judged(seed):
        report = toy.report(toy.with_double("return 2 * x.abs()"), seed=seed)
        return [replace(check, seconds=0.0) for check in report.checks]

    assert judged("1") == judged("1")
    drawn, other = ([check.message for check in judged(seed)] for seed in ("1", "2"))
    assert drawn != other, "visible messages show what was drawn"


def test_counts(toy):
    report = toy.report(toy.with_double("return x * x"))
    counts = {outcome: report.count(outcome) for outcome in ("passed", "failed", "todo", "blocked")}
    assert counts == {"passed": 3, "failed": 4, "todo": 0, "blocked": 2}


@pytest.mark.parametrize("text", ["", "{", "null", "5", "[]", "{}", '"text"', '{"checks": []}'])
def test_what_is_not_a_whole_report_is_refused(text):
    with pytest.raises(ValueError):
        Report.from_json(text)


def test_a_cut_or_changed_report_is_refused(toy):
    text = toy.report(toy.reference).to_json()
    for length in range(0, len(text) - 2, 97):
        with pytest.raises(ValueError):
            Report.from_json(text[:length])
    data = json.loads(text)
    for changed in (
        {key: value for key, value in data.items() if key != "key"},
        {**data, "more": 1},
        {**data, "checks": 5},
        {**data, "checks": [1]},
        {**data, "checks": [{"name": "a"}]},
    ):
        with pytest.raises(ValueError):
            Report.from_json(json.dumps(changed))
