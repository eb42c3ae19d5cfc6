"""What the course knows of meets its fate in the sandbox, and the same test source says the same in process.

A reference, its stub, each misconception and each alternative of every lesson that is found by looking: as in
`autograder audit`, what is right earns full marks, and every mistake is told its sentence.

There are hundreds a lesson, so each is asked what its own code can change only: a misconception the checks of its
exercises up to the one that says its sentence, an alternative those of its exercises and of all that build on them.
With `pytest -m whole` every case is asked everything.
"""

import math
import re

import pytest

from autograder.authoring.audit import cases, evaluate, unfair
from autograder.checking.collecting import collect_checks
from autograder.checking.door import LocalTransport
from autograder.checking.report import build_report
from autograder.common.lessons import find_course

COURSE = find_course()
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
IN_PROCESS = 8  # every so many-th case runs there too, which takes as long again


def asked(lesson, checks, case):
    """The checks of what the case's own code can change."""
    if case.kind in ("reference", "stub"):
        return checks
    changed = set(case.exercises)
    if case.kind == "alternative":
        changed |= {name for name in lesson.exercises if changed & set(lesson.all_needs(name))}
    return [check for check in checks if check.exercise in changed]


def alike(here, there):
    """The same verdict, sentence and lines, and numbers in expected and got but for rounding: LAPACK adds up as
    memory is aligned, and what a mistake computes in float32 from columns that are nearly the same shows it."""
    texts = [repr(one[2:4]) for one in (here, there)]
    if here[:2] != there[:2] or here[4:] != there[4:] or len({NUMBER.sub("#", text) for text in texts}) > 1:
        return False
    pairs = zip(*(map(float, NUMBER.findall(text)) for text in texts), strict=True)
    return all(math.isclose(*pair, rel_tol=1e-5) for pair in pairs)


def faults(course, lesson, zygote, judged, part=slice(None), everything=False):
    """What is wrong with the course's known solutions, in sentences: fates not met, verdicts that differ."""
    checks, findings = collect_checks(course, lesson).checks, []
    every = cases(course, lesson)
    named = {case.sentence for case in every}
    for index, case in enumerate(every[part]):
        submission = case.submission(lesson.name)
        some = checks if everything else asked(lesson, checks, case)

        def told(verdict, case=case):
            return not everything and case.kind == "misconception" and case.sentence in verdict.sentence

        sandboxed, there = judged(lesson, some, submission, zygote.spawn, told)
        both = everything or not index % IN_PROCESS
        here = judged(lesson, some, submission, LocalTransport, told)[1] if both else there
        some = [check for check in some if check.name in sandboxed]
        for name in here:
            if not alike(here[name], there[name]):
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


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [
        (("failed", "It adds.", "0", "0.2344768261", ()), ("failed", "It adds.", "0", "0.2344768792", ()), True),
        (("failed", "It adds.", "0", "0.2344", ()), ("failed", "It adds.", "0", "0.2345", ()), False),
        (("failed", "It adds.", "0", "[1, 2]", ()), ("failed", "It adds.", "0", "[1, 2, 3]", ()), False),
        (("failed", "It adds.", "0", "-1e-07", ()), ("failed", "It adds.", "0", "1e-07", ()), False),
        (("failed", "It adds.", "0", "1", ()), ("failed", "It multiplies.", "0", "1", ()), False),
        (("failed", "It adds.", "0", "1", ()), ("blocked", "It adds.", "0", "1", ()), False),
        (("failed", "It adds.", "0", "1", ("a.py:1",)), ("failed", "It adds.", "0", "1", ("a.py:2",)), False),
    ],
)
def test_verdicts_are_the_same_but_for_rounding(here, there, same):
    assert alike(here, there) == same


def test_a_mistake_that_survives_is_a_fault(zygote, judged, toy):
    toy.write("tests/misconceptions/toy/harmless.py", '"""It is wrong."""\n\nexercise = "double"\n')
    found = list(faults(toy.course, toy.lesson, zygote, judged))
    assert "misconception harmless: no check of its exercise fails" in found


def test_what_a_case_can_change_is_asked(toy):
    checks = toy.checks()
    toy.write("tests/misconceptions/toy/double/tripled.py", '"""It triples."""\n\n\ndef double(x):\n    return 3 * x\n')
    toy.write("tests/alternatives/toy/double/sum.py", '"""A sum."""\n\n\ndef double(x):\n    return sum([x, x])\n')
    exercises = {
        case.name: {check.exercise for check in asked(toy.lesson, checks, case)}
        for case in cases(toy.course, toy.lesson)
    }
    assert exercises["double/tripled"] == {"double"}
    assert exercises["double/sum"] == {"double", "quad"}
    assert exercises["reference"] == exercises["stub"] == {"double", "quad", "Counter"}


def test_nothing_is_asked_after_the_sentence_was_said(judged, toy):
    [case] = [case for case in cases(toy.course, toy.lesson) if case.name.startswith("double/squares")]
    checks = [check for check in toy.checks() if check.exercise == "double"]
    verdicts, _ = judged(
        toy.lesson, checks, case.submission("toy"), LocalTransport, lambda verdict: case.sentence in verdict.sentence
    )
    assert len(verdicts) < len(checks)
    assert [case.sentence in verdict.sentence for verdict in verdicts.values()] == [False] * (len(verdicts) - 1) + [
        True
    ]
