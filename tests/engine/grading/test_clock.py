"""The grader's own clock: an answer that takes long to look at costs its check, and no more."""

import itertools
import signal
import time

import pytest

from autograder.checking.student import TimeLimits
from autograder.checking.submission import collect
from autograder.common.errors import ComparedTooLong, Overloaded
from autograder.grading.clock import Clock
from autograder.grading.grade import Settings, grade
from autograder.grading.pool import Job, grade_many

PAIRS = """
import itertools
from autograder.checks import exercise, expect_equal, probe

@probe
def many(student):
    return student.Counter().add(7)

@exercise("Counter")
def test_no_two_are_alike(student):
    found = student.run(many)
    if not isinstance(found, list):
        return
    try:
        alike = [pair for pair in itertools.permutations(found, 3) if pair[0] is pair[1]]
    except Exception:  # a check may be careless in this way, too
        return
    expect_equal(len(alike), 0, what="how many are alike")

@exercise("double")
def test_another(student):
    expect_equal(student.double(2), 4, what="double")
"""


def test_a_flood_of_pairs_costs_its_check(toy):
    toy.write("mine/test_mine.py", PAIRS)
    flood = toy.reference.replace("self.value += amount\n        return self.value", "return [0.0] * 18_000")
    toy.write("class/ann.py", flood)
    toy.write("class/bob.py", toy.reference)
    limits = TimeLimits(comparing=0.5)
    settings = Settings(private=toy.root / "mine", limits=limits)
    ann, bob = grade(toy.course, toy.lesson, collect([toy.root / "class"], "toy"), toy.root / "out", settings).reports
    said = {check.name: check.message for check in ann.checks}
    assert said["test_no_two_are_alike"] == "Looking at what your code gave took too long."
    assert said["test_another"] == "" and bob.score == bob.max_score


def test_the_clock_rings_for_one_check_and_for_all_together():
    before = signal.getsignal(signal.SIGPROF)
    clock = Clock(each=0.2, together=0.5)
    for _ in range(2):
        with pytest.raises(ComparedTooLong), clock():
            for _ in itertools.count():
                pass
    with clock():
        pass
    with pytest.raises(ComparedTooLong), clock():
        began = time.process_time()
        for _ in itertools.count():
            pass
    assert time.process_time() - began < 0.18, "of half a second a tenth was left"
    with pytest.raises(ComparedTooLong), clock():
        raise AssertionError("nothing is run when all is used up")
    assert signal.getsignal(signal.SIGPROF) is before and signal.getitimer(signal.ITIMER_PROF)[0] == 0.0


def test_a_timer_that_rings_early_used_up_what_it_rang_for(monkeypatch):
    set_timer = signal.setitimer
    monkeypatch.setattr(signal, "setitimer", lambda which, seconds, *each: set_timer(which, seconds / 2, *each))
    clock = Clock(each=0.2, together=0.2)
    with pytest.raises(ComparedTooLong), clock():
        for _ in itertools.count():
            pass
    with pytest.raises(ComparedTooLong), clock():
        raise AssertionError("nothing is run when all is used up")


def test_sleeping_is_not_looking():
    clock = Clock(each=0.1, together=0.1)
    with clock():
        time.sleep(0.3)


def test_a_submission_for_which_the_machine_has_no_time_is_tried_again_and_then_lost(toy, tmp_path):
    class Client:
        def spawn(self):
            with open(tmp_path / "tries", "a") as file:
                file.write("x")
            raise Overloaded("The machine is too busy.")

    toy.write("class/ann.py", toy.reference)
    (ann,) = collect([toy.root / "class"], "toy")
    job = Job(toy.lesson, toy.checks(), "0", "none")
    assert list(grade_many(job, [(ann, "")], [Client()])) == [(0, None)]
    assert (tmp_path / "tries").read_text() == "xxx"
