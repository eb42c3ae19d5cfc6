"""The report: whole, or not a report; of this form or the first, with whatever else stands in it."""

import json
from dataclasses import replace

import pytest

from autograder.checking.digest import seed_fingerprint
from autograder.checking.report import Adjustment, NewerReport, Report, Student, Times

FIRST_FORM = (
    "submission", "lesson", "score", "max_score", "seed", "tier", "version", "seconds", "status", "reason", "key",
)  # fmt: skip


@pytest.fixture
def whole(toy):
    """A report with all that a kept one has."""
    return replace(
        toy.report(toy.with_double("return x * x"), name="zoe"),
        student=Student("zoe", "Zoë"),
        attempt=2,
        source="class/Zoë.py",
        digest="d1",
        adjustments=(Adjustment("late", -1.5, "a day late"), Adjustment("manual", 1, "spoke well")),
        late=1.0,
        times=Times("2026-03-01T12:00:00Z", "2026-02-28T23:59:00Z"),
        seed_fingerprint="f1",
        checks_digest="c1",
        engine="e1",
        versions={"torch": "2.13.0"},
        key="k1",
    )


def in_the_first_form(report, seed="7", public=True):
    """The JSON that was written before there was a schema, and, unless `public`, before checks had such a field."""
    data = json.loads(report.to_json()) | {"submission": report.submission, "seed": seed}
    data = {name: data[name] for name in (*FIRST_FORM, "checks")}
    for check in data["checks"]:
        del check["mistakes"]
        if not public:
            students_have_it, when = check.pop("public"), check.pop("visibility")
            check |= {"visibility": "visible" if students_have_it else "hidden", "show": when}
    return data


def test_it_survives_json(whole):
    assert Report.from_json(whole.to_json()) == whole
    assert "Zoë" in whole.to_json()


def test_what_it_holds(whole):
    data = json.loads(whole.to_json())
    checks = data.pop("checks")
    assert next(iter(data)) == "schema" and data == {
        "schema": 2,
        "student": {"id": "zoe", "name": "Zoë", "login": "", "email": "", "section": ""},
        "lesson": "toy",
        "attempt": 2,
        "source": "class/Zoë.py",
        "digest": "d1",
        "score": 2.0,
        "max_score": 7.0,
        "left_out": [],
        "adjustments": [
            {"kind": "late", "points": -1.5, "reason": "a day late"},
            {"kind": "manual", "points": 1, "reason": "spoke well"},
        ],
        "late": 1.0,
        "times": {"graded_at": "2026-03-01T12:00:00Z", "handed_in": "2026-02-28T23:59:00Z", "marked_late": False},
        "status": "graded",
        "reason": "",
        "tier": "none",
        "version": whole.version,
        "seconds": whole.seconds,
        "seed_fingerprint": "f1",
        "checks_digest": "c1",
        "engine": "e1",
        "versions": {"torch": "2.13.0"},
        "key": "k1",
        "notes": [],
    }
    wanted = {"name", "exercise", "points", "max_points", "outcome", "message", "public", "seconds", "visibility"}
    assert len(checks) == 9 and all(set(check) == wanted | {"mistakes"} for check in checks)
    assert sum(check["max_points"] for check in checks) == pytest.approx(data["max_score"], abs=1e-5)
    assert sum(check["points"] for check in checks) == pytest.approx(data["score"], abs=1e-5)


def test_the_score_is_the_checks_sum_and_adjustments_stand_apart(whole):
    assert (whole.score, whole.final) == (2.0, 1.5)
    assert replace(whole, adjustments=()).final == 2.0


def test_mistakes_are_the_sentences_that_a_student_reads(toy):
    squares, sign = "It squares its input instead of doubling it.", "It drops the sign."
    found = {check.name: check for check in toy.report(toy.with_double("return x * x")).checks}
    assert found["test_double_adds"].mistakes == (squares,)
    assert found["test_double_adds"].message.splitlines()[0] == squares
    general = found["test_hidden_double_of_negatives"]
    assert general.outcome == "failed" and general.mistakes == () and general.message.startswith("double ")
    assert all(check.mistakes == () for check in found.values() if check.outcome != "failed"), "blocked ones too"
    hidden = {check.name: check for check in toy.report(toy.with_double("return 2 * x.abs()")).checks}
    hidden = hidden["test_hidden_double_of_negatives"]
    assert (hidden.public, hidden.mistakes, hidden.message) == (False, (sign,), sign)


def test_where_two_mistakes_fit_both_are_listed(toy):
    path = toy.root / "exercises/toy/checks/test_quad.py"
    both = '{"It doubles only once.": 2 * x, "It adds itself.": x + x}'
    path.write_text(path.read_text().replace('{"It doubles only once.": 2 * x}', both))
    report = toy.report(toy.reference.replace("double(double(x))", "double(x)"))
    check = next(check for check in report.checks if check.name == "test_quad_is_four_times")
    assert check.mistakes == ("It doubles only once.", "It adds itself.")
    assert check.message.splitlines()[0] == "It doubles only once. Or: It adds itself."
    assert json.loads(report.to_json())["checks"][report.checks.index(check)]["mistakes"] == list(check.mistakes)


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


# --- other forms ----------------------------------------------------------------------------------------------------


def test_what_is_not_known_is_kept(whole):
    """A newer engine may add fields, and so may an instructor: at the top, in a check, and in every other part."""
    data = json.loads(whole.to_json())
    data["comment"] = {"by": "Ms Lee", "text": [1, None, "ü"]}
    for part in (data["checks"][3], data["student"], data["times"], data["adjustments"][1]):
        part["more"] = 5
    report = Report.from_json(json.dumps(data))
    assert json.loads(report.to_json()) == data
    assert json.loads(replace(report, score=1.0).to_json()) == data | {"score": 1.0}


@pytest.mark.parametrize("public", [True, False])
def test_a_report_of_the_first_form_is_carried_over(toy, public):
    """Before `public`, `visibility` said whether students have the check, and `show` when they see its verdict."""
    path = toy.root / "tests/hidden/toy/test_double.py"
    path.write_text(path.read_text().replace("points=3", 'points=3, visibility="after_published"'))
    report = toy.report(toy.with_double("return 2 * x.abs()"), name="zoe")
    data = in_the_first_form(report, public=public)
    found = Report.from_json(json.dumps(data))
    bare = tuple(replace(check, mistakes=()) for check in report.checks)
    assert found == replace(report, checks=bare, seed_fingerprint=seed_fingerprint("7", "toy"))
    hidden = next(check for check in found.checks if check.name == "test_hidden_double_of_negatives")
    assert (hidden.public, hidden.visibility) == (False, "after_published")
    other = next(check for check in found.checks if check.name == "test_double_adds")
    assert (other.public, other.visibility) == (True, "visible")
    assert (found.attempt, found.times, found.late, found.digest) == (1, Times(None, None), None, "")
    again = json.loads(found.to_json())
    assert again["schema"] == 2 and not {"seed", "submission"} & set(again)


def test_what_is_not_known_in_the_first_form_is_kept(whole):
    data = in_the_first_form(whole) | {"comment": "good"}
    data["checks"][0]["note"] = 1
    again = json.loads(Report.from_json(json.dumps(data)).to_json())
    assert again["comment"] == "good" and again["checks"][0]["note"] == 1


def test_a_newer_report_says_so(whole):
    data = json.loads(whole.to_json()) | {"schema": 3}
    with pytest.raises(NewerReport, match="its schema is 3, and this engine knows 2"):
        Report.from_json(json.dumps(data))
    with pytest.raises(NewerReport):  # whatever it holds: nobody here knows
        Report.from_json('{"schema": 99}')


# --- what is no report ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "{", "null", "5", "[]", "{}", '"text"', '{"checks": []}', "[" * 100_000, '{"schema": 2}']
)
def test_what_is_not_a_whole_report_is_refused(text):
    with pytest.raises(ValueError):
        Report.from_json(text)


def refused(data):
    with pytest.raises(ValueError) as error:
        Report.from_json(json.dumps(data))
    assert not isinstance(error.value, NewerReport)


def test_a_cut_or_changed_report_is_refused(whole):
    text = whole.to_json()
    for length in range(0, len(text) - 2, 97):
        with pytest.raises(ValueError):
            Report.from_json(text[:length])
    data = json.loads(text)
    for name in data:
        if name not in ("left_out", "notes"):  # which came later
            refused({key: value for key, value in data.items() if key != name})
        refused(data | {name: {"a": 1} if name != "versions" else "1"})
    for name in data["checks"][0]:
        refused(data | {"checks": [{key: value for key, value in data["checks"][0].items() if key != name}]})
        refused(data | {"checks": [data["checks"][0] | {name: None}]})
    others = ({"schema": 0}, {"schema": 1}, {"schema": "2"}, {"schema": True}, {"checks": 5}, {"checks": [1]})
    for changed in (*others, {"score": float("nan")}, {"score": True}, {"attempt": 1.5}, {"adjustments": [{}]}):
        refused(data | changed)


def test_a_damaged_report_of_the_first_form_is_refused(whole):
    data = in_the_first_form(whole)
    for name in data:
        refused({key: value for key, value in data.items() if key != name})
        refused(data | {name: None})
    for check in data["checks"]:
        check.pop("public")
    refused(data)
