"""What the course knows of meets its fate in the sandbox, and the same test source says the same in process.

A reference, its stub, each misconception and each alternative of every lesson that is found by looking: as in
`autograder audit`, what is right earns full marks, and every mistake is told its sentence.

A lesson's checks all together take a second, so most cases are asked only what their own code can change: a
misconception the checks of its exercises, an alternative also those of exercises that build on them. Whatever comes
first of each exercise is asked everything, and so is every case with `pytest -m whole`.
"""

import pytest
import torch

from autograder.authoring.audit import cases, evaluate, unfair
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.report import build_report
from autograder.common.lessons import find_course

COURSE = find_course()
IN_PROCESS = 4  # every so many-th case runs there too, which takes as long again


def asked(lesson, checks, case, seen):
    """The checks that this case is asked: all of the first case of each exercise that is not in `seen` yet."""
    new = case.kind in ("reference", "stub") or not {(case.kind, name) for name in case.exercises} <= seen
    seen |= {(case.kind, name) for name in case.exercises}
    if new:
        return checks
    changed = set(case.exercises)
    if case.kind == "alternative":
        changed |= {name for name in lesson.exercises if changed & set(lesson.all_needs(name))}
    return [check for check in checks if check.exercise in changed]


def faults(course, lesson, zygote, judged, part=slice(None), everything=False):
    """What is wrong with the course's known solutions, in sentences: fates not met, verdicts that differ."""
    torch.set_num_threads(1)
    checks, seen, findings = collect_checks(course, lesson).checks, set(), []
    every = cases(course, lesson)
    named = {case.sentence for case in every}
    for index, case in enumerate(every[part]):
        submission = case.submission(lesson.name)
        some = checks if everything else asked(lesson, checks, case, seen)
        sandboxed, there = judged(lesson, some, submission, zygote.spawn)
        here = judged(lesson, some, submission, LocalTransport)[1] if everything or not index % IN_PROCESS else there
        for name in here:
            if here[name] != there[name]:
                yield f"{case.kind} {case.name}, {name}: in process {here[name]}, sandboxed {there[name]}"
        report = build_report(case.name, lesson.name, some, sandboxed, tier=zygote.tier, seconds=0.0)
        findings.append(evaluate(lesson, case, report, named))
        yield from (f"{case.kind} {case.name}: {gap}" for gap in findings[-1].gaps)
    if part == slice(None) and (problem := unfair(findings)):
        yield problem


@pytest.mark.parametrize("name", COURSE.lessons)
def test_known_solutions_meet_their_fate(zygote, judged, name):
    assert list(faults(COURSE, COURSE.lesson(name), zygote, judged)) == []


@pytest.mark.whole
@pytest.mark.parametrize("part", range(4))  # so that xdist can share them out
@pytest.mark.parametrize("name", COURSE.lessons)
def test_known_solutions_meet_their_fate_with_all_checks_both_ways(zygote, judged, name, part):
    assert list(faults(COURSE, COURSE.lesson(name), zygote, judged, slice(part, None, 4), everything=True)) == []


@pytest.mark.parametrize("everything", [False, True])
def test_the_toy_courses_solutions_meet_their_fate(zygote, judged, toy, everything):
    assert list(faults(toy.course, toy.lesson, zygote, judged, everything=everything)) == []


def test_a_mistake_that_survives_is_a_fault(zygote, judged, toy):
    toy.write("tests/misconceptions/toy/harmless.py", '"""It is wrong."""\n\nexercise = "double"\n')
    found = list(faults(toy.course, toy.lesson, zygote, judged))
    assert "misconception harmless: no check of its exercise fails" in found


def test_what_a_case_can_change_is_asked(toy):
    checks = toy.checks()
    toy.write("tests/misconceptions/toy/double/tripled.py", '"""It triples."""\n\n\ndef double(x):\n    return 3 * x\n')
    toy.write("tests/alternatives/toy/double/sum.py", '"""A sum."""\n\n\ndef double(x):\n    return sum([x, x])\n')
    seen, exercises = set(), {}
    for case in cases(toy.course, toy.lesson):
        exercises[case.name] = {check.exercise for check in asked(toy.lesson, checks, case, seen)}
    every = {"double", "quad", "Counter"}
    assert exercises.pop("double/tripled") == {"double"}
    assert exercises.pop("double/times_two") == {"double", "quad"}
    assert set(map(frozenset, exercises.values())) == {frozenset(every)}
