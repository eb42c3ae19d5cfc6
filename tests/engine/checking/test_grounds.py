"""An exercise that needs one of another lesson: that one's public checks run first, and block it where they fail."""

import zipfile

import pytest

from autograder.checking.collecting import collect_checks, grounds_of
from autograder.checking.door import LocalTransport
from autograder.checking.running import Run
from autograder.checking.student import Session, TimeLimits
from autograder.checking.submission import Submission

ABOVE = """\
title = "Above"
module = "2"
order = 1
summary = "Eight times, by what the toy has"
uses = ["toy"]

[exercises.eight]
points = 4
minutes = 5
needs = ["toy:quad"]
hints = ["1", "2", "3"]

[exercises.nine]
points = 1
minutes = 5
needs = ["eight"]
hints = ["1", "2", "3"]

[exercises.ten]
points = 1
minutes = 5
hints = ["1", "2", "3"]
"""
EIGHT = """\
def eight(x):
    return 2 * __tools__.quad(x)


def nine(x):
    return eight(x) + x


def ten(x):
    return 10 * x
"""
CHECKS = """\
from autograder.checks import exercise, expect_close


@exercise("{name}")
def test_{name}(student, rng):
    x = rng.randn(3)
    expect_close(student.{name}(x), {times} * x, what="{name}(x)")
"""
TIMES = {"eight": 8, "nine": 9, "ten": 10}


@pytest.fixture
def above(toy):
    toy.write("exercises/above/lesson.toml", ABOVE)
    toy.write("exercises/above/above.py", EIGHT)
    toy.write("solutions/above/above.py", EIGHT)
    for name, times in TIMES.items():
        toy.write(f"exercises/above/checks/test_{name}.py", CHECKS.format(name=name, times=times))
    return toy


def outcomes(course, spawn=LocalTransport, source=EIGHT, **files):
    lesson = course.course.lesson("above")
    collected = collect_checks(course.course, lesson)
    files = {"above/above.py": source.encode()} | {f"{name}/{name}.py": raw.encode() for name, raw in files.items()}
    session = Session.of(lesson, Submission("ann", course.root, files), spawn, TimeLimits())
    try:
        verdicts = Run(lesson, collected.checks, session, grounds=collected.grounds).all()
    finally:
        session.close()
    return {name.removeprefix("test_"): (verdict.outcome, verdict.sentence) for name, verdict in verdicts.items()}


PASSED = dict.fromkeys(TIMES, ("passed", ""))


def test_it_is_asked_of_the_same_submission_in_process_and_sandboxed(above, zygote):
    for spawn in (LocalTransport, zygote.spawn):
        assert outcomes(above, spawn, toy=above.reference) == PASSED
        wrong = outcomes(above, spawn, toy=above.reference.replace("double(double(x))", "double(x)"))
        assert wrong == PASSED | dict.fromkeys(("eight", "nine"), ("blocked", "blocked by quad (toy)"))


def test_what_the_needed_one_needs_is_asked_too(above):
    wrong = outcomes(above, toy=above.with_double("return x * x"))
    assert wrong["eight"] == ("blocked", "blocked by quad (toy)") and wrong["ten"] == ("passed", "")


def test_other_exercises_of_that_lesson_are_not_asked(above):
    (ground,) = grounds_of(above.course, above.course.lesson("above"))
    assert ground.lesson.name == "toy" and {check.exercise for check in ground.checks} == {"double", "quad"}
    assert all(check.public for check in ground.checks)
    broken = above.reference.replace("self.value += amount", "pass")
    assert outcomes(above, toy=broken) == PASSED


def test_a_lesson_without_needs_elsewhere_has_no_grounds(above):
    assert grounds_of(above.course, above.lesson) == ()


def test_a_file_that_was_not_handed_in_is_asked_for(above):
    said = "blocked by quad (toy): hand in toy/toy.py beside this file"
    assert outcomes(above) == PASSED | dict.fromkeys(("eight", "nine"), ("blocked", said))


@pytest.mark.parametrize("source", ["1 / 0", "def quad(:", "import os\nos._exit(3)"])
def test_a_file_that_can_not_be_loaded_blocks(above, zygote, source):
    assert outcomes(above, zygote.spawn, toy=source)["eight"] == ("blocked", "blocked by quad (toy)")


def test_what_is_unwritten_itself_is_to_do(above):
    source = EIGHT.replace("return 2 * __tools__.quad(x)", "raise NotImplementedError")
    assert outcomes(above, source=source)["eight"][0] == "todo"


def test_a_students_own_run_says_the_same(above):
    above.solve(above.stub)
    done = above.pytest("exercises/above", "-q")
    assert "  blocked  eight  0/4 points, blocked by quad (toy)" in done.stdout and done.returncode == 1
    assert "1 passed, 2 blocked" in done.stdout
    above.solve(above.reference)
    assert above.pytest("exercises/above", "-q").returncode == 0


def test_grade_says_what_to_hand_in(above, command):
    for name, toy in {"ann": above.reference, "ben": above.stub}.items():
        above.write(f"class/{name}/above.py", EIGHT)
        above.write(f"class/{name}/toy.py", toy)
    with zipfile.ZipFile(above.root / "class/eve.zip", "w") as archive:
        archive.writestr("above.py", EIGHT)
    code, _, err = command("grade", "above", "class", "--out", "out")
    assert (code, err) == (0, "")
    pages = {name: (above.root / "out/above" / f"{name}.md").read_text() for name in ("ann", "ben", "eve")}
    assert "locked" not in pages["ann"]
    assert "locked by quad (toy)" in pages["ben"]
    assert "locked by quad (toy): hand in toy/toy.py beside this file" in pages["eve"]


def test_changed_checks_below_are_other_checks(above):
    lesson = above.course.lesson("above")
    before = collect_checks(above.course, lesson).digest
    place = above.root / "exercises/toy/checks/test_quad.py"
    place.write_text(place.read_text() + "# another\n")
    assert collect_checks(above.course, lesson).digest != before
