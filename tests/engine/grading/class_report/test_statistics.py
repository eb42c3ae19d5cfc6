"""What the reports of a class say together, against hand-made examples and against other libraries."""

import ast
import random
import statistics as standard
from pathlib import Path

import pytest

import autograder
from autograder.checking.report import Adjustment
from autograder.checking.student import TimeLimits
from autograder.grading.class_report import statistics
from autograder.grading.clock import TOO_LONG

# --- the spread of scores -------------------------------------------------------------------------------------------


def test_quartiles_by_hand():
    found = statistics.spread([0.8, 0.2, 0.4, 0.6])
    # At a quarter of the way through 0.2, 0.4, 0.6, 0.8: three steps, so three quarters of the first.
    assert (found.lower, found.median, found.upper) == pytest.approx((0.35, 0.5, 0.65))
    assert (found.count, found.lowest, found.highest, found.mean) == (4, 0.2, 0.8, pytest.approx(0.5))


@pytest.mark.parametrize("count", [2, 3, 10, 101])
def test_quartiles_are_those_of_the_standard_library(count):
    draw = random.Random(count)
    values = [draw.random() for _ in range(count)]
    found = statistics.spread(values)
    quartiles = standard.quantiles(values, n=4, method="inclusive")
    assert [found.lower, found.median, found.upper] == pytest.approx(quartiles)
    assert found.median == pytest.approx(standard.median(values)) and found.mean == pytest.approx(standard.mean(values))


def test_the_spread_of_one_and_of_none():
    assert statistics.spread([0.5]) == statistics.Spread(1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5)
    assert statistics.spread([]) is None


def test_what_counts_is_the_score_with_its_adjustments(report, check):
    late = report("ann", [check("a"), check("b")], adjustments=(Adjustment("late", -0.5, ""),))
    assert statistics.share(late) == 0.75
    assert statistics.share(report("bob")) is None


# --- exercises and checks -------------------------------------------------------------------------------------------


def class_of(report, check, rows):
    """Reports of checks that pass (1) or fail (0)."""
    return [
        report(f"s{number}", [check(f"c{place}", "passed" if one else "failed") for place, one in enumerate(row)])
        for number, row in enumerate(rows)
    ]


def test_discrimination_by_hand(report, check):
    """Check a is passed by the five with 3 other points, failed by the five with 1: a perfect line."""
    rows = [(1, 1, 1, 1)] * 5 + [(0, 1, 0, 0)] * 5
    first, second, *_ = statistics.checks(class_of(report, check, rows))
    assert first.discrimination == pytest.approx(1.0)
    assert second.discrimination is None, "everybody passes it"
    reverse = [(0, 1, 1, 1)] * 5 + [(1, 1, 0, 0)] * 5
    assert statistics.checks(class_of(report, check, reverse))[0].discrimination == pytest.approx(-1.0)


def test_discrimination_is_the_point_biserial_formula_of_the_other_checks(report, check):
    """(M1 - M0) / s * sqrt(p q), with the rest of the score, as textbooks write it."""
    draw = random.Random(7)
    skills = [draw.random() for _ in range(40)]
    rows = [tuple(int(draw.random() < skill) for _ in range(6)) for skill in skills]
    found = statistics.checks(class_of(report, check, rows))
    for place, item in enumerate(found):
        rest = [sum(row) - row[place] for row in rows]
        with_it = [score for row, score in zip(rows, rest, strict=True) if row[place]]
        without = [score for row, score in zip(rows, rest, strict=True) if not row[place]]
        share = len(with_it) / len(rows)
        by_hand = (standard.mean(with_it) - standard.mean(without)) / standard.pstdev(rest)
        assert item.discrimination == pytest.approx(by_hand * (share * (1 - share)) ** 0.5)
        assert item.discrimination == pytest.approx(standard.correlation([row[place] for row in rows], rest))


def test_an_exercise_is_held_against_all_others(report, check):
    draw = random.Random(3)
    outcomes = [[draw.choice(["passed", "failed"]) for _ in range(4)] for _ in range(30)]
    reports = [
        report(f"s{number}", [
            check("a", row[0], worth=3.0), check("b", row[1]), check("c", row[2], exercise="quad", worth=2.0),
            check("d", row[3], exercise="Counter"),
        ])
        for number, row in enumerate(outcomes)
    ]  # fmt: skip
    first = statistics.exercises(reports)[0]
    own = [3.0 * (row[0] == "passed") + (row[1] == "passed") for row in outcomes]
    rest = [2.0 * (row[2] == "passed") + (row[3] == "passed") for row in outcomes]
    assert first.mean == pytest.approx(standard.mean(own) / 4)
    assert first.discrimination == pytest.approx(standard.correlation(own, rest))


def test_no_discrimination_in_a_small_class_or_without_a_rest(report, check):
    rows = [(1, 1), (0, 0)] * 5
    assert statistics.checks(class_of(report, check, rows))[0].discrimination == pytest.approx(1.0)
    assert statistics.checks(class_of(report, check, rows[:9]))[0].discrimination is None
    alone = class_of(report, check, [(number % 2,) for number in range(20)])
    assert statistics.checks(alone)[0].discrimination is None, "there is no other check"


def test_outcomes_are_counted(report, check):
    outcomes = ["passed", "failed", "failed", "todo", "blocked"]
    reports = [report(f"s{number}", [check("a", one)]) for number, one in enumerate(outcomes)]
    reports.append(report("explained", [check("a", "failed", mistakes=["It squares."])]))
    (item,) = statistics.checks(reports)
    assert item.outcomes == {"passed": 1, "failed": 3, "todo": 1, "blocked": 1}
    assert item.mean == pytest.approx(1 / 6) and item.unnamed == 2


@pytest.mark.parametrize(
    ("outcomes", "together"),
    [
        (["passed", "passed"], "passed"),
        (["passed", "failed"], "failed"),
        (["todo", "todo"], "todo"),
        (["todo", "passed"], "failed"),
        (["blocked", "failed"], "blocked"),
    ],
)
def test_what_became_of_an_exercise(report, check, outcomes, together):
    (item,) = statistics.exercises([report("ann", [check(f"c{n}", one) for n, one in enumerate(outcomes)])])
    assert item.outcomes == {together: 1} and item.name == ""


def test_an_ungraded_exercise_has_no_mean(report, check):
    reports = [report(f"s{n}", [check("a", "passed" if n % 2 else "failed", worth=0.0), check("b", "passed" if n % 2
               else "failed")]) for n in range(10)]  # fmt: skip
    item = statistics.checks(reports)[0]
    assert item.mean is None and item.discrimination == pytest.approx(1.0)


def test_who_has_other_checks_is_counted_where_asked(report, check):
    (first, second) = statistics.checks(
        [report("ann", [check("a")]), report("bob", [check("a"), check("b", "failed")])]
    )
    assert (first.outcomes, second.outcomes) == ({"passed": 2}, {"failed": 1})


# --- mistakes and time ----------------------------------------------------------------------------------------------


def test_mistakes_are_counted_once_a_student_the_most_frequent_first(report, check):
    squares, drops = "It squares.", "It drops the sign."
    reports = [
        report("ann", [check("a", "failed", mistakes=[drops]), check("b", "failed", mistakes=[drops])]),
        report("bob", [check("a", "failed", mistakes=[squares, drops])]),
        report("cid", [check("c", "failed", exercise="quad", mistakes=[drops])]),
    ]
    found = [(one.exercise, one.sentence, one.who) for one in statistics.mistakes(reports)]
    assert found == [
        ("double", drops, ("ann", "bob")),
        ("double", squares, ("bob",)),
        ("quad", drops, ("cid",)),
    ]


def test_time_outs_are_told_by_their_sentence(report, check):
    slow, none = statistics.OUT_OF_TIME[0], statistics.OUT_OF_TIME[2]
    reports = [
        report("ann", [check("a", "failed", message=slow), check("b", "failed", exercise="quad", message=none)]),
        report("bob", [check("a", "failed")]),
    ]
    assert statistics.time_outs(reports) == [statistics.TimeOut("ann", ("double", "quad"), slow)]


def test_every_sentence_about_time_that_the_engine_has_is_known():
    """All that is raised as ExecutorTimeout or ComparedTooLong with a text of its own, and what stands for none."""
    said = {"Your code did not finish in time.", TOO_LONG}
    for path in Path(autograder.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ExecutorTimeout", "ComparedTooLong"):
                said |= {one.value for one in node.args if isinstance(one, ast.Constant)}
    assert said == set(statistics.OUT_OF_TIME)


def test_a_real_time_out_is_found(toy, zygote):
    limits = TimeLimits(load=10.0, check=0.3, submission=5.0)
    run = toy.run(toy.with_double("while True: pass"), spawn=zygote.spawn, limits=limits)
    first = next(iter(run.checks.values()))
    sentence = run.verdict(first).sentence
    run.session.close()
    assert sentence in statistics.OUT_OF_TIME
