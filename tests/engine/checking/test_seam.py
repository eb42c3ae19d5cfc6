"""What the course knows of meets its fate in the sandbox, and the same test source says the same in process.

A reference, its stub, each misconception and each variant of every lesson that is found by looking: as in
`autograder audit`, what is right earns full marks, and every mistake is told its sentence.
"""

import pytest
import torch

from autograder.authoring.audit import cases, evaluate
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.report import build_report
from autograder.checking.running import Run
from autograder.checking.student import Session, Student, TimeLimits
from autograder.checks import Probe
from autograder.common.lessons import find_course

COURSE = find_course()


def run(lesson, checks, submission, spawn):
    session = Session(lesson.name, submission, spawn, TimeLimits(check=60.0, submission=600.0))
    try:
        return Run(lesson, checks, session).all()
    finally:
        session.close()


def said(verdicts):
    """check → what was said of it, all but how long it took."""
    return {
        name: (verdict.outcome, verdict.sentence, verdict.expected, verdict.got, verdict.lines)
        for name, verdict in verdicts.items()
    }


def verdicts(lesson, checks, submission, spawn):
    return said(run(lesson, checks, submission, spawn))


def faults(course, lesson, zygote, part=slice(None), both=1):
    """What is wrong with the course's known solutions, in sentences: fates not met, verdicts that differ.

    Every `both`-th case runs in process too, from the first on: that takes as long again.
    """
    torch.set_num_threads(1)
    checks = collect_checks(course, lesson).checks
    for index, case in enumerate(cases(course, lesson)[part]):
        submission = case.submission(lesson.name)
        sandboxed = run(lesson, checks, submission, zygote.spawn)
        there = said(sandboxed)
        here = verdicts(lesson, checks, submission, LocalTransport) if index % both == 0 else there
        for name in here:
            if here[name] != there[name]:
                yield f"{case.kind} {case.name}, {name}: in process {here[name]}, sandboxed {there[name]}"
        report = build_report(case.name, lesson.name, checks, sandboxed, tier=zygote.tier, seconds=0.0)
        yield from (f"{case.kind} {case.name}: {gap}" for gap in evaluate(lesson, case, report).gaps)


@pytest.mark.parametrize("part", range(4))  # so that xdist can share them out
@pytest.mark.parametrize("name", COURSE.lessons)
def test_known_solutions_meet_their_fate_both_ways(zygote, name, part):
    assert list(faults(COURSE, COURSE.lesson(name), zygote, slice(part, None, 4), both=4)) == []


def test_the_toy_courses_solutions_meet_their_fate_both_ways(zygote, toy):
    assert list(faults(toy.course, toy.lesson, zygote)) == []


def test_a_mistake_that_survives_is_a_fault(zygote, toy):
    toy.write("tests/misconceptions/toy/harmless.py", '"""It is wrong."""\n\nexercise = "double"\n')
    assert "misconception harmless: no check of its exercise fails" in list(faults(toy.course, toy.lesson, zygote))


ODD = {
    "raises": "raise ValueError('no')",
    "changes its input": "return x.add_(x)",
    "no data": "return object()",
    "NaN": "return x / 0 * 0",
    "another dtype": "return (x + x).double()",
    "random": "return x + torch.rand_like(x)",
    "random in three ways": "import random, numpy; return x * random.random() + float(numpy.random.rand())",
    "state that stays": "double.calls = getattr(double, 'calls', 0) + 1; return x * double.calls",
    "grad mode left behind": "torch.set_grad_enabled(False); return x + torch.is_grad_enabled()",
    "dtype left behind": "torch.set_default_dtype(torch.float64); return x + torch.rand(1)",
    "not written inside": "return helper(x)\n\n\ndef helper(x):\n    raise NotImplementedError",
    "gone": "return x\n\n\ndel globals()['double']",
    "without an end": "return double(x)",
    "prints": "print('x' * 100_000); return x + x",
    "odd text": "return 'a\\x1b[2J\\ud800'",
    "alias": "return x",
    "keeps its input": "torch.kept = x; return x + x",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_odd_submissions_are_judged_the_same(zygote, toy, body):
    checks = toy.checks()
    submission = toy.submission(toy.with_double(body))
    here = verdicts(toy.lesson, checks, submission, LocalTransport)
    there = verdicts(toy.lesson, checks, submission, zygote.spawn)
    assert here == there


def test_a_submission_that_does_not_load_is_judged_the_same(zygote, toy):
    for source in ("def f(:", b"\xff", "import nowhere_to_be_found", "import sys; sys.exit(2)", "x = [][1]"):
        submission = toy.submission(source)
        found = [verdicts(toy.lesson, toy.checks(), submission, spawn) for spawn in (LocalTransport, zygote.spawn)]
        assert found[0] == found[1]


def test_two_calls_of_one_check_draw_the_same_both_ways(zygote, toy):
    drawn = []
    for spawn in (LocalTransport, zygote.spawn):
        session = toy.session(toy.with_double("return torch.rand(2)"), spawn)
        session.begin(5)
        student = Student(session)
        drawn.append([student.double(1).tolist(), student.double(1).tolist()])
        torch.rand(3)
        session.close()
    assert drawn[0] == drawn[1] and drawn[0][0] != drawn[0][1]


def test_the_students_draws_are_the_same_both_ways(zygote, toy):
    probe = Probe("draw", "def draw(lesson):\n    import random\n    return [torch.rand(3), random.random()]\n")
    drawn = []
    for spawn in (LocalTransport, zygote.spawn):
        session = toy.session(toy.reference, spawn)
        session.begin(5)
        drawn.append(Student(session).run(probe))
        session.close()
    assert torch.equal(drawn[0][0], drawn[1][0]) and drawn[0][1] == drawn[1][1]
