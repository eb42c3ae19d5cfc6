"""Results as other systems take them, each held against its own schema, and what is read of their metadata."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from autograder.checking.door import LocalTransport
from autograder.checking.report import Adjustment
from autograder.cli.formats import FORMATS
from autograder.grading.files import junit_xml, student_page
from autograder.grading.policy import Policy, days_late
from autograder.systems import nbgrader
from autograder.systems.classroom50 import result as classroom50
from autograder.systems.gradescope import results as gradescope

VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


@pytest.fixture
def reports(toy):
    wrong = toy.with_double("return x * x").replace("class Counter", "class Count")
    return [toy.report(source, LocalTransport, name=name) for name, source in (("ann", toy.reference), ("bob", wrong))]


# --- gradescope -----------------------------------------------------------------------------------------------------


def test_gradescope(reports, valid):
    ann, bob = (valid.gradescope(gradescope.results_json(report)) for report in reports)
    assert ann["score"] == 7 == pytest.approx(sum(test["score"] for test in ann["tests"]))
    assert {test["status"] for test in ann["tests"]} == {"passed"} and {
        test["visibility"] for test in ann["tests"]
    } == {"visible"}
    assert bob["score"] == 0 and "0 of 7 points" in bob["output"]
    names = [test["name"] for test in bob["tests"]]
    assert "double: test_double_adds" in names and "double: hidden check 1" in names
    assert not any("test_hidden" in name for name in names)
    outputs = {test["name"]: test["output"] for test in bob["tests"]}
    assert outputs["double: test_double_adds"].startswith("It squares its input instead of doubling it.\nexpected: ")
    assert "\n" not in outputs["double: hidden check 1"], "of a hidden check, the sentence only"
    assert "blocked by double" in outputs["quad: test_quad_is_four_times"]


def test_gradescope_says_that_checks_are_left_out(reports):
    """How many, and never which: a student reads it."""
    told = gradescope.results(reports[0], left_out=2)["output"].splitlines()
    assert told[-1] == "2 of the checks can't be passed here, and are left out of this score."
    assert gradescope.results(reports[0])["output"].splitlines() == told[:-1]


def test_gradescope_of_a_broken_submission(toy, valid):
    found = valid.gradescope(gradescope.results_json(toy.report("x = (", LocalTransport)))
    assert found["score"] == 0 and "is not valid Python" in found["output"]


@pytest.mark.parametrize("visibility", sorted(VISIBILITIES))
def test_when_a_verdict_is_shown(toy, visibility, valid):
    path = toy.root / "tests/hidden/toy/test_double.py"
    path.write_text(
        path.read_text().replace(
            '@exercise("double", points=3)', f'@exercise("double", points=3, visibility="{visibility}")'
        )
    )
    report = toy.report(toy.with_double("return abs(x) + abs(x)"), LocalTransport, name="ann")
    found = valid.gradescope(gradescope.results_json(report))
    assert {test["name"]: test["visibility"] for test in found["tests"]}["double: hidden check 1"] == visibility
    page = student_page(report, toy.lesson)
    assert ("It drops the sign." in page) == (visibility != "hidden")


def test_a_visibility_that_is_none(toy, command):
    path = toy.root / "tests/hidden/toy/test_double.py"
    path.write_text(path.read_text().replace("points=3", 'visibility="sometimes"'))
    code, _, err = command("grade", "toy", "solutions", "--out", "out", "--tier", "none")
    assert code == 2 and "visibility='sometimes' is none of visible, after_due_date, after_published, hidden." in err


# --- late work and attempts -----------------------------------------------------------------------------------------

DUE = datetime(2026, 3, 1, 23, 59, tzinfo=UTC)


def metadata(late=timedelta(0), own=None, previous=()):
    users = [{"id": 1, "email": "ann@example.org", "name": "Ann"}]
    if own is not None:
        users[0]["assignment"] = {"due_date": (DUE + own).isoformat()}
    return {
        "created_at": (DUE + late).isoformat(),
        "assignment": {"due_date": DUE.isoformat(), "late_due_date": None},
        "users": users,
        "previous_submissions": [{"submission_time": DUE.isoformat(), "score": score} for score in previous],
    }


@pytest.mark.parametrize(
    ("late", "days"),
    [
        (timedelta(days=-3), 0),
        (timedelta(0), 0),
        (timedelta(seconds=1), 1),
        (timedelta(hours=24), 1),
        (timedelta(hours=24, minutes=11), 2),
    ],
)
def test_days_late(late, days):
    assert days_late(metadata(late)) == days


def test_grace_extensions_and_time_zones():
    assert days_late(metadata(timedelta(minutes=9)), grace_minutes=10) == 0
    assert days_late(metadata(timedelta(hours=30), own=timedelta(days=2))) == 0
    there = {"created_at": "2026-03-01T16:00:00.000000-08:00", "assignment": {"due_date": "2026-03-01T23:59:00+00:00"}}
    assert days_late(there) == 1
    for nothing in ({}, {"created_at": 5}, {"created_at": "soon", "assignment": {"due_date": DUE.isoformat()}}):
        assert days_late(nothing) == 0
    assert days_late({"created_at": DUE.isoformat(), "assignment": None, "users": [None]}) == 0


def test_a_late_submission_loses_a_share(reports):
    found = gradescope.results(reports[0], Policy(late_per_day=0.25), metadata(timedelta(hours=25)))
    assert found["score"] == 3.5 and "Handed in 2 days late: 50% of the points count." in found["output"]
    assert sum(test["score"] for test in found["tests"]) == pytest.approx(7)
    assert gradescope.results(reports[0], Policy(late_per_day=0.25), metadata(timedelta(days=9)))["score"] == 0
    capped = Policy(late_per_day=0.25, at_most=0.5)
    assert gradescope.results(reports[0], capped, metadata(timedelta(days=9)))["score"] == 3.5
    assert gradescope.results(reports[0], Policy(), metadata(timedelta(days=9)))["score"] == 7


def test_attempts():
    policy = Policy(attempts=2)
    assert policy.used_up(metadata(previous=["3.0"])) is None
    assert policy.used_up(metadata(previous=["3.0", 5, "6.5"])) == (
        5,
        "This is attempt 4; 2 count. The best of those stands.",
    )
    assert policy.used_up(metadata(previous=[None, "nan"]))[0] == 0


@pytest.mark.parametrize("bad", [{"late_per_day": 2}, {"grace_minutes": -1}, {"attempts": 0}, {"attempts": "two"}])
def test_what_is_no_policy(bad):
    with pytest.raises(ValueError):
        Policy.from_dict(bad)


# --- the others -----------------------------------------------------------------------------------------------------


def test_classroom50(reports, valid):
    environment = {
        "CLASSROOM": "nlp",
        "ASSIGNMENT": "toy",
        "ASSIGNMENT_TYPE": "individual",
        "OWNER": "ann",
        "SUBMISSION_TAG": "submit/2026-03-01",
        "COMMIT_URL": "https://example.org/c",
        "RELEASE_URL": "https://example.org/r",
        "REVIEW_URL": "https://example.org/v",
        "SECRET": "x",
    }
    now = datetime(2026, 3, 1, 12, 0, 5, tzinfo=UTC)
    found = valid.classroom50(json.dumps(classroom50.result(reports[0], environment, now)))
    assert (found["score"], found["max-score"], found["datetime"]) == (7, 7, "2026-03-01T12:00:05Z")
    assert found["submission"] == "submit/2026-03-01" and found["review"] == "https://example.org/v"
    assert valid.classroom50(json.dumps(classroom50.result(reports[1], {}, now)))["submission"] == "submit/bob"


def test_classroom50_counts_whole_points(toy, valid):
    report = toy.report(toy.with_double("return x + x if x.min() > 0 else x"), LocalTransport)
    assert 0 < sum(check.points for check in report.checks if check.exercise == "double") < 1
    found = valid.classroom50(classroom50.result_json(report))
    assert {test["test-name"]: (test["passed"], test["score"]) for test in found["tests"]} == {
        "double": (False, 0),
        "quad": (False, 0),
        "Counter": (True, 2),
    }


def test_nbgraders_table(reports):
    rows = list(csv.DictReader(io.StringIO(nbgrader.grades_csv(reports))))
    assert list(rows[0]) == [
        "assignment",
        "duedate",
        "timestamp",
        "student_id",
        "last_name",
        "first_name",
        "email",
        "raw_score",
        "late_submission_penalty",
        "score",
        "max_score",
    ]
    assert [(row["student_id"], float(row["score"]), float(row["max_score"])) for row in rows] == [
        ("ann", 7, 7),
        ("bob", 0, 7),
    ]


def test_adjustments_count_where_a_score_is_entered(reports, valid):
    """They stand apart from the score, which stays the checks' sum."""
    taken = (Adjustment("late", -1.5, "a day late"), Adjustment("manual", 0.5, "spoke well"))
    ann, bob = replace(reports[0], adjustments=taken), reports[1]
    (row, other) = csv.DictReader(io.StringIO(nbgrader.grades_csv([ann, bob])))
    shown = [(one["raw_score"], one["late_submission_penalty"], one["score"]) for one in (row, other)]
    assert [tuple(map(float, values)) for values in shown] == [(7, 1.5, 6), (0, 0, 0)]
    found = valid.gradescope(gradescope.results_json(ann))
    assert found["score"] == 6 and "-1.5 points (late): a day late" in found["output"]
    late = gradescope.results(ann, Policy(late_per_day=0.5), metadata(timedelta(hours=1)))
    assert late["score"] == 2.5, "lateness costs a share of what the checks gave"


def test_junit_is_read_by_a_reader_of_it(reports):
    junitparser = pytest.importorskip("junitparser", reason="needs the extra dev")
    suites = list(junitparser.JUnitXml.fromstring(junit_xml(reports).encode()))
    assert [suite.name for suite in suites] == ["ann.toy", "bob.toy"]
    for suite, report in zip(suites, reports, strict=True):
        failed = {case.name: case.result[0].message for case in suite if not case.is_passed}
        assert failed == {one.name: one.message.split("\n")[0] for one in report.checks if one.outcome != "passed"}
        assert (suite.tests, suite.failures) == (len(report.checks), len(failed))
        assert {case.classname for case in suite} == {"toy.double", "toy.quad", "toy.Counter"}
        assert all(case.time >= 0 for case in suite)
    assert not any(case.result for case in suites[0]) and any(case.result for case in suites[1])


def test_grade_writes_every_format(toy, command, zygote, valid):
    for name, source in (("ann", toy.reference), ("bob", "x = (")):
        toy.write(f"class/{name}.py", source)
    assert command("grade", "toy", "class", "--out", "out", "--format", ",".join(FORMATS))[0] == 0
    for name in ("ann", "bob"):
        valid.gradescope((toy.root / f"out/toy/{name}.gradescope.json").read_text())
        valid.classroom50((toy.root / f"out/toy/{name}.classroom50.json").read_text())
    assert {"grades.csv", "junit.xml", "nbgrader.csv"} <= {path.name for path in (toy.root / "out/toy").iterdir()}
    (toy.root / "out/toy/grades.csv").unlink()
    again = command("grade", "toy", "class", "--out", "out", "--format", "gradescope")
    assert again[0] == 0 and "2 of them kept" in again[1], "another format of the same results grades nothing again"
    student = json.loads((toy.root / "out/toy/ann.json").read_text())["student"]
    assert (student["id"], student["name"]) == ("ann", "ann")
    assert (toy.root / "out/toy/grades.csv").exists(), "--format adds files; the table is always there"
