"""What counts beside the score: a course file, extensions, points by hand. Made anew at every run, and never twice."""

import csv
import json
import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.checking.report import Adjustment, Student, Times
from autograder.common.errors import CourseError
from autograder.grading import adjusting
from autograder.grading import term as term_module
from autograder.grading.adjusting import Rules, adjusted
from autograder.grading.grade import Settings, grade
from autograder.grading.manual import Points
from autograder.grading.policy import Policy
from autograder.grading.term import LessonTerms, Term, extended, parse_term

DUE = datetime(2026, 11, 2, 22, 59, tzinfo=UTC)
SEED = "autumn-7319-for-this-test"
COURSE_FILE = """\
drop_lowest = 0
maximum = 50
attempts = 2
[late]
per_day = 0.1
grace_minutes = 15
at_most = 0.5
[lessons.toy]
weight = 2
released = 2026-10-19T08:00:00+02:00
due = 2026-11-02T23:59:00+01:00
[extensions]
bob = 2
"""


# --- the course file ------------------------------------------------------------------------------------------------


def test_a_course_file_says_what_it_says():
    term = parse_term(COURSE_FILE, "term.toml", ["toy"])
    toy = term.of("toy")
    assert (toy.weight, toy.due, toy.policy) == (2, DUE, Policy(0.1, 15, 2, 0.5))
    assert (term.maximum, term.drop_lowest, term.extensions) == (50, 0, {"bob": "2"})
    assert term.of("another") == LessonTerms(policy=toy.policy)


def test_the_course_file_in_the_guide_has_every_key():
    guide = (Path(adjusting.__file__).parent / "TERM.md").read_text(encoding="utf-8")
    text = guide.split("```toml\n")[1].split("```")[0]
    names = tomllib.loads(text)["lessons"]
    late, *rest = [parse_term(text, "TERM.md", names).of(name) for name in names]
    assert late.due == DUE and late.maximum and late.weight > 1 and rest[0].policy.attempts == 1
    assert set(_keys(tomllib.loads(text))) == {*term_module._TOP, *term_module._LATE, *term_module._LESSON}


def _keys(data):
    for key, value in data.items():
        yield key
        if key == "lessons":
            yield from (one for lesson in value.values() for one in lesson)
        elif key == "late":
            yield from value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[late]\nper_day = -0.1", "late.per_day is -0.1: write a number from 0 to 1"),
        ("[late]\nper_day = 1.5", "late.per_day is 1.5"),
        ("[late]\nat_most = 2", "late.at_most is 2"),
        ("[late]\ngrace_minutes = -1", "late.grace_minutes is -1: write a number of 0 or more"),
        ("[late]\nper_day = nan", "late.per_day is nan: write a number"),
        ("[late]\nper_day = true", "late.per_day is True: write a number"),
        ("[late]\nper_days = 0.1", "there is no key late.per_days; there are late.per_day"),
        ("attempts = 0", "attempts is 0: write a whole number of 1 or more"),
        ("weights = 1", "there is no key weights"),
        ("lessons = 1", "write a table, [lessons]"),
        ("[lessons.other]", "lessons.other is no lesson; the lessons are toy"),
        ("[lessons.toy]\nweight = -1", "lessons.toy.weight is -1"),
        ("[lessons.toy]\nweight = 0", "lessons weigh nothing"),
        ("[lessons.toy]\nmaximum = 0", "lessons.toy.maximum is 0: write a number above 0"),
        ("[lessons.toy]\ndue = 2026-11-02T23:59:00", "lessons.toy.due has no zone: write 2026-11-02T23:59:00+01:00"),
        ("[lessons.toy]\ndue = 2026-11-02", "lessons.toy.due is '2026-11-02': write a time as"),
        ("[lessons.toy]\ndue = 'soon'", "lessons.toy.due is 'soon'"),
        (
            "[lessons.toy]\nreleased = 2026-11-03T00:00:00Z\ndue = 2026-11-02T23:59:00Z",
            "lessons.toy.due is before lessons.toy.released",
        ),
        ("drop_lowest = 1\n[lessons.toy]", "drop_lowest is 1, of 1 lessons: none would be left"),
        ("[extensions]\nann = 'later'", "extensions.ann: 'later' is neither a number of days nor a date"),
        ("[extensions]\nann = -1", "extensions.ann: -1 is no number of days"),
        ("[extensions]\nann = 2026-11-09T12:00:00", "extensions.ann: 2026-11-09T12:00:00 has no zone"),
        ("[lessons.toy\n", "line 1"),
    ],
)
def test_what_is_no_course_file_is_one_sentence_before_anything_is_graded(toy, command, text, said):
    toy.write("class/ann.py", toy.reference)
    toy.write("term.toml", text)
    code, _, err = command("grade", "toy", "class", "--out", "results", "--seed", SEED, "--term", "term.toml")
    assert code == 2 and said in err and "term.toml" in err and err.count("\n") == 1
    assert not (toy.root / "results").exists()


def test_an_extension_never_takes_time_away():
    assert extended(DUE, "") == extended(DUE, "0") == DUE
    assert extended(DUE, "1.5") == DUE + timedelta(hours=36)
    assert extended(DUE, "2026-11-09") == DUE + timedelta(days=7), "a day ends when the due date does"
    assert extended(DUE, "2026-11-09T12:00:00+01:00") == datetime(2026, 11, 9, 11, tzinfo=UTC)
    assert extended(DUE, "2026-10-01") == DUE


# --- lateness -------------------------------------------------------------------------------------------------------


@pytest.fixture
def report(toy):
    """A report of four points of seven, handed in so long after the due date."""
    made = toy.report(toy.reference.replace("return double(double(x))", "return x"), name="ann")

    def make(late=None, **changes):
        handed_in = None if late is None else (DUE + late).strftime("%Y-%m-%dT%H:%M:%SZ")
        return replace(made, times=Times("2026-12-01T00:00:00Z", handed_in), digest="d1", **changes)

    return make


def terms(attempts=None, per_day=0.1, at_most=0.5, **more):
    policy = Policy(per_day, 15, attempts, at_most)
    return Rules(Term({"toy": LessonTerms(due=DUE, policy=policy)}), **more)


def none():
    return []


@pytest.mark.parametrize(
    ("late", "days", "final"),
    [
        (timedelta(days=-3), 0, 4),
        (timedelta(minutes=15), 0, 4),
        (timedelta(minutes=16), 1, 3.6),
        (timedelta(days=2), 2, 3.2),
        (timedelta(days=40), 40, 2),
    ],
)
def test_lateness_costs_a_share_of_the_score_apart_from_it(report, late, days, final):
    new = adjusted(report(late), none, terms())
    assert (new.score, new.late, new.final) == (4, days, final)
    assert [one.kind for one in new.adjustments] == (["late"] if days else [])
    assert adjusted(new, none, terms()) == new, "never twice"
    assert adjusted(new, none, terms(per_day=0)).final == 4, "made anew by what the course file says now"
    assert adjusted(replace(new, score=2.0), none, terms()).final == pytest.approx(final / 2)


def test_extensions_days_by_hand_and_decisions_by_hand(report):
    late = report(timedelta(days=2))
    assert adjusted(late, none, terms(extensions={"ann": "2"})).final == 4
    assert adjusted(late, none, terms(extensions={"bob": "2"})).final == 3.2
    told = report(late=None)
    assert adjusted(told, none, terms()).adjustments == ()
    assert adjusted(replace(told, late=3.0), none, terms()).final == 2.8, "nobody knows when, somebody wrote how late"
    decided = replace(late, adjustments=(Adjustment("late", -0.25, "by the dean"),))
    assert adjusted(decided, none, terms()).final == 3.75


def test_without_a_course_file_nothing_changes(report):
    new = adjusted(report(timedelta(days=2)), none, terms())
    assert adjusted(new, none, Rules()) == new


# --- attempts -------------------------------------------------------------------------------------------------------


def test_the_best_of_the_attempts_that_count_stands(report):
    first = replace(report(timedelta(days=1)), digest="a", score=7.0)
    second = replace(report(timedelta(days=3)), digest="b", score=6.0)
    regraded = replace(first, score=5.0)
    third = replace(report(timedelta(days=9)), digest="c", score=6.5, attempt=3)
    new = adjusted(third, lambda: [first, second, regraded], terms(attempts=2))
    assert new.final == pytest.approx(4.5), "of the first attempt's newest report, less its own lateness"
    assert [one.kind for one in new.adjustments] == ["attempts"] and "attempt 3; 2 count" in new.adjustments[0].reason
    assert adjusted(new, lambda: [first, second, regraded], terms(attempts=2)) == new
    again = replace(third, digest="a")
    assert adjusted(again, lambda: [second, first], terms(attempts=2)).adjustments[0].kind == "late"
    assert adjusted(third, lambda: [first, second], terms(attempts=3)).adjustments[0].kind == "late"


# --- points by hand -------------------------------------------------------------------------------------------------


def row(points, student="ann", exercise="", extra=False):
    return Points(2, student, "toy", exercise, points, "well said", extra)


def test_points_stand_apart_and_leave_neither_end(report):
    def made(*rows, late=None):
        return adjusted(report(late), none, terms(points=rows))

    assert made(row(2)).final == 6 and made(row(2, student="bob")).final == 4
    assert made(row(2), row(3)).final == 7 and "2 of 3 points have room" not in made(row(2)).adjustments[0].reason
    assert "(1 of 3 points have room)" in made(row(2), row(3)).adjustments[1].reason
    assert made(row(2), row(3, extra=True)).final == 9
    assert made(row(-3), row(-3)).final == 0
    assert made(row(1), late=timedelta(days=1)).final == pytest.approx(4.6)
    assert made(row(1, exercise="quad")).adjustments[0].reason == "quad: well said"


def test_a_changed_table_takes_the_place_of_what_came_from_it(report):
    own = Adjustment("manual", 0.5, "written into the report")
    new = adjusted(report(adjustments=(own,)), none, Rules(points=[row(1)]))
    assert new.final == 5.5 and adjusted(new, none, Rules(points=[row(1)])) == new
    assert adjusted(new, none, Rules(points=[row(2)])).final == 6.5
    assert adjusted(new, none, Rules(points=[])).adjustments == (own,)


HEAD = "student,lesson,exercise,points,comment\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "zoe,toy,,1,x\n", "line 2: zoe is no student of these results"),
        (HEAD + ",toy,,1,x\n", "line 2: it names no student"),
        (HEAD + "ann,other,,1,x\n", "line 2: there is no lesson 'other'"),
        (
            HEAD + "ann,toy,treble,1,x\n",
            "line 2: toy has no exercise 'treble'; its exercises are double, quad",
        ),
        (HEAD + "ann,toy,quad,3.5,x\n", "line 2: 3.5 points are more than the 3 of quad"),
        (HEAD + "ann,toy,,-8,x\n", "line 2: -8 points are more than the 7 of toy"),
        (HEAD + "ann,toy,,one,x\n", "line 2: 'one' is no number of points"),
        (HEAD + 'ann,toy,,"1,5",x\n', "line 2: '1,5' is no number of points"),
        (HEAD + "ann,toy,,nan,x\n", "line 2: 'nan' is no number of points"),
        (HEAD + "ann,toy,,inf,x\n", "line 2: 'inf' is no number of points"),
        (HEAD + "ann,toy,,1,x,y\n", "line 2: there are 6 cells below 5 columns"),
        (HEAD + 'ann,toy,,1,"x"y\n', "line 2"),
        (HEAD.replace("comment", "coment") + "ann,toy,,1,x\n", "line 1: there is no column comment"),
        (HEAD.replace("comment", "comment,comments") + "ann,toy,,1,x\n", "line 1: there is no column 'comments'"),
        (HEAD.replace("comment", "comment,extra") + "ann,toy,,1,x,maybe\n", "line 2: extra is 'maybe'"),
        ("", "is empty"),
    ],
)
def test_points_for_nobody_or_that_are_none_are_one_sentence(toy, command, text, said):
    toy.write("class/ann.py", toy.reference)
    toy.write("manual.csv", text)
    code, _, err = command("grade", "toy", "class", "--out", "results", "--seed", SEED, "--manual", "manual.csv")
    assert code == 2 and said in err and "manual.csv" in err and err.count("\n") == 1
    assert not (toy.root / "results").exists()


# --- the commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def graded(toy, command, zygote, tmp_path):
    """Grades ann, two days late, and bob, who has two days more; gives `graded(**settings)`."""
    toy.write("term.toml", COURSE_FILE)

    def run(source=toy.reference, **more):
        handed_in = (DUE + timedelta(days=1, hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = {"ann": {"handed_in": handed_in}, "bob": {"handed_in": handed_in}, "cem": {"marked_late": True}}
        place = toy.root / "class"
        submissions = [replace(toy.submission(source, name), origin=place, **more) for name, more in told.items()]
        return grade(toy.course, toy.lesson, submissions, toy.root / "results", Settings(seed=SEED, **more))

    return run


def finals(toy):
    with open(toy.root / "results/toy/grades.csv") as file:
        return {row["submission"]: (row["score"], row["final"]) for row in csv.DictReader(file)}


def test_what_was_given_once_holds_at_every_run(toy, command, graded):
    graded()
    assert finals(toy) == {name: ("7", "7") for name in ("ann", "bob", "cem")}
    toy.write("points.csv", HEAD + "ann,toy,quad,1,nice\ncem,toy,,-1,late?\n")
    code, out, err = command("tables", "results", "--term", "term.toml", "--manual", "points.csv")
    assert (code, err) == (0, "") and "cem is marked late in toy, without a time: nothing was taken off" in " ".join(
        out.split()
    )
    expected = {"ann": ("7", "6.6"), "bob": ("7", "7"), "cem": ("7", "6")}
    assert finals(toy) == expected
    before = {path: path.read_bytes() for path in (toy.root / "results").rglob("*") if path.is_file()}
    assert command("tables", "results")[0] == 0
    assert {path: path.read_bytes() for path in before} == before, "the same rules change nothing"
    page = (toy.root / "results/toy/ann.md").read_text()
    assert "- -1.4 points (late): Handed in 2 days late: 80% of the points count." in page
    assert "- +1 points (manual): quad: nice" in page and "**6.6 points count**" in page
    rules = adjusting.rules(lambda: toy.course, toy.root / "results")
    outcome = graded(source=toy.with_double("return x * x"), rules=rules)
    assert finals(toy)["ann"] == ("2", "2.6") and len(outcome.doubts) == 1, "of a regrade, too"
    toy.write("points.csv", HEAD + "ann,toy,,2,nicer\n")
    assert command("tables", "results", "--manual", "points.csv")[0] == 0
    assert finals(toy) == {"ann": ("2", "3.6"), "bob": ("2", "2"), "cem": ("2", "2")}
    with open(toy.root / "results/toy/exercises.csv") as file:
        ann = next(csv.DictReader(file))
    assert [ann[name] for name in ("double", "score", "late", "manual", "final", "comments")] == [
        "0", "2", "-0.4", "2", "3.6", "nicer",
    ]  # fmt: skip


def test_points_wait_for_a_report_and_a_formula_is_guarded(toy, command, graded):
    toy.copy_lesson("other")
    graded()
    toy.write("points.csv", HEAD + "ann,toy,,-1,=cmd()\nbob,other,,1,early\n")
    code, _, err = command("tables", "results", "--manual", "points.csv")
    assert code == 1 and err == "autograder: The points of line 3 wait: bob has no report in other.\n"
    assert "'=cmd()" in (toy.root / "results/toy/exercises.csv").read_text()


def test_a_time_that_is_known_later_reaches_a_report_that_is_kept(toy, graded):
    submission = toy.submission(toy.reference, "ann")
    out = toy.root / "results"
    for handed_in, late in ((None, None), ("2026-11-05T12:00:00Z", 3.0)):
        told = replace(submission, origin=toy.root / "class", handed_in=handed_in)
        rules = Rules(parse_term(COURSE_FILE, "t", ["toy"]))
        outcome = grade(toy.course, toy.lesson, [told], out, Settings(seed=SEED, rules=rules))
        assert outcome.reports[0].late == late
    assert outcome.reused == 1 and outcome.reports[0].final == pytest.approx(4.9)
    assert json.loads((out / "toy/ann.json").read_text())["times"]["handed_in"] == "2026-11-05T12:00:00Z"


def test_extensions_of_a_roster_are_kept_and_checked(toy, graded):
    graded()
    out = toy.root / "results"
    toy.write("results/term.toml", COURSE_FILE)
    rules = adjusting.rules(lambda: toy.course, out, extensions={"ann": "2"})
    rules.keep(out)
    kept = adjusting.rules(lambda: toy.course, out)
    assert kept.extensions == {"bob": "2", "ann": "2"}
    with pytest.raises(CourseError, match="the roster: the extension of ann: 'soon'"):
        adjusting.rules(lambda: toy.course, out, extensions={"ann": "soon"})
    toy.write("results/extensions.json", "[")
    with pytest.raises(CourseError, match="extensions.json is damaged"):
        adjusting.rules(lambda: toy.course, out)


def test_shards_take_their_rules_when_they_are_merged(toy, command):
    toy.write("class/ann.py", toy.reference)
    toy.write("term.toml", COURSE_FILE)
    options = ("--out", "results", "--seed", SEED, "--shard", "1/2", "--term", "term.toml")
    code, _, err = command("grade", "toy", "class", *options)
    assert code == 2 and "once the shards are merged" in err


def test_merging_makes_what_a_folder_keeps_anew(toy, command, zygote):
    toy.write("class/ann.py", toy.with_double("return x * x"))
    toy.write("class/bob.py", toy.reference)
    for part in ("1", "2"):
        options = ("--out", f"shards/{part}", "--seed", SEED, "--shard", f"{part}/2")
        assert command("grade", "toy", "class", *options)[0] == 0
    assert command("merge", "results", "shards/1", "shards/2")[0] == 0
    toy.write("points.csv", HEAD + "ann,toy,,1,nice\n")
    assert command("tables", "results", "--manual", "points.csv")[0] == 0
    (toy.root / "results/toy/ann.json").unlink()
    (toy.root / "results/manual.csv").write_text(HEAD + "bob,toy,,-1,hm\n")
    assert command("merge", "results", "shards/1", "shards/2")[0] == 0
    assert finals(toy) == {"ann": ("2", "2"), "bob": ("7", "6")}


# --- the total ------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(
    shares=st.lists(st.tuples(st.integers(0, 28), st.integers(1, 5)), min_size=1, max_size=6),
    drop=st.integers(0, 3),
)
def test_the_total_is_the_weighted_mean_of_what_is_not_dropped(shares, drop):
    from autograder.grading.term_table import _Column, _total

    term = Term(drop_lowest=drop)
    student = Student("ann", "ann")
    made = [
        _Column(f"l{index}", 28.0, {"ann": _report(student, points)}, LessonTerms(weight=weight))
        for index, (points, weight) in enumerate(shares)
    ]
    kept = sorted(shares, key=lambda one: (one[0], -one[1]))[min(drop, len(shares) - 1) :]
    expected = 100 * sum(points / 28 * weight for points, weight in kept) / sum(weight for _, weight in kept)
    total, maximum = _total(made, "ann", term)
    assert (total, maximum) == (pytest.approx(expected), 100)
    assert _total(made, "bob", term)[0] == 0


def _report(student, score):
    from autograder.checking.report import Report

    return Report(student, "toy", float(score), 28.0, "graded", "", "none", 0.0, ())


def test_a_lessons_maximum_is_all_of_it_and_extra_points_are_more():
    from autograder.grading.term_table import _Column, _share

    def share(score, extra=0.0):
        report = _report(Student("ann", "ann"), score)
        more = (Adjustment("manual", extra, ""),) if extra else ()
        column = _Column("toy", 28.0, {"ann": replace(report, adjustments=more)}, LessonTerms(maximum=20.0))
        return _share(column, "ann")

    assert [share(10), share(20), share(28)] == [0.5, 1.0, 1.0]
    assert share(28, 7.0) == pytest.approx(35 / 28)
