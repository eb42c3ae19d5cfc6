"""`autograder audit`: it counts kills, and exits 1 on every kind of gap."""

import re
from dataclasses import replace

import pytest
import torch

from autograder.authoring.audit import cases, evaluate, general
from autograder.checks import CheckFailure, expect_close
from autograder.grading.clock import TOO_LONG

pytestmark = pytest.mark.usefixtures("zygote")


def squeezed(text):
    return re.sub(r"\s+", " ", text)


def test_a_course_without_gaps(command):
    code, out, err = command("audit", "toy", "--workers", "2")
    assert (code, err) == (0, "")
    said = squeezed(out)
    for line in (
        "toy: Toy",
        "reference 1 of 1 with full marks",
        "stub 1 of 1 to do",
        "misconceptions 2 of 2 killed by name",
        "alternative 1 of 1 with full marks",
    ):
        assert line in said


def test_every_lesson_is_audited_by_default(toy, command):
    toy.copy_lesson("more")
    code, out, _ = command("audit")
    assert code == 0 and "toy: Toy" in out and "more: Toy" in out and "0 of 0 killed by name" in squeezed(out)


def overlay(sentence, exercise, code):
    return f'"""{sentence}"""\n\nexercise = {exercise!r}\n\n\n{code}\n'


SQUARES = "It squares its input instead of doubling it."
GAPS = {
    "a misconception survives": (
        {"tests/misconceptions/toy/fine.py": overlay("It is fine.", "double", "def double(x):\n    return 2 * x")},
        "misconception fine: no check of its exercise fails",
    ),
    "a misconception dies of something else": (
        {"tests/misconceptions/toy/cubes.py": overlay("It cubes.", "double", "def double(x):\n    return x * x")},
        f"misconception cubes: no message says its sentence; test_double_adds says: {SQUARES}",
    ),
    "the sentence of a misconception is what any wrong value is told": (
        {
            "tests/misconceptions/toy/cubes.py": overlay(
                "It has wrong values.", "double", "def double(x):\n    return x**3"
            )
        },
        "misconception cubes: its sentence names no mistake: It has wrong values.",
    ),
    "a misconception is told a stranger's sentence": (
        {
            "tests/misconceptions/toy/quad/zero.py": '"""It is zero."""\n\n\ndef quad(x):\n    return 0 * x\n',
            "exercises/toy/checks/test_quad.py": ('"It doubles only once.": 2 * x', '"It doubles only once.": 0 * x'),
        },
        "misconception quad/zero: test_quad_is_four_times tells it another mistake's sentence: It doubles only once.",
    ),
    "most misconceptions die only in hidden checks": (
        {
            "tests/misconceptions/toy/double/signless.py": (
                '"""It drops the sign."""\n\n\n'
                "def double(x):\n    return 2 * x.abs() if x.ndim == 1 and (x < 0).all() else 2 * x\n"
            )
        },
        "2 of 3 misconceptions die in a public check, less than 95%; only hidden checks kill double/signless",
    ),
    "a misconception is to do": (
        {
            "tests/misconceptions/toy/no.py": overlay(
                "It is no.", "double", "def double(x):\n    raise NotImplementedError"
            )
        },
        "misconception no: no check of its exercise fails",
    ),
    "a misconception takes another exercise along": (
        {
            "tests/misconceptions/toy/both.py": overlay(
                "It doubles only once.",
                "quad",
                "def quad(x):\n    return double(x)\n\n\n"
                "class Counter(Counter):\n    def add(self, amount):\n        return 0",
            )
        },
        "misconception both: test_counter_starts_where_told (Counter) is failed, though it does not need quad",
    ),
    "a misconception does not load": (
        {"tests/misconceptions/toy/bad.py": overlay("It is bad.", "double", "import nowhere_to_be_found")},
        "misconception bad: toy.py:",
    ),
    "an alternative fails": (
        {"tests/alternatives/toy/double/wrong.py": '"""By squaring."""\n\n\ndef double(x):\n    return x * x\n'},
        f"alternative double/wrong: test_double_adds (double) is failed: {SQUARES}",
    ),
    "a misconception of a folder survives": (
        {"tests/misconceptions/toy/double/fine.py": '"""It is fine."""\n\n\ndef double(x):\n    return 2 * x\n'},
        "misconception double/fine: no check of its exercise fails",
    ),
    "the reference fails": (
        {"solutions/toy/toy.py": ("return x + x", "return x * x")},
        f"reference reference: test_double_adds (double) is failed: {SQUARES}",
    ),
    "an exercise of the stub is written": (
        {
            "solutions/toy/toy.py": (
                "    ### BEGIN SOLUTION\n    return x + x\n    ### END SOLUTION",
                "    return x + x",
            )
        },
        "stub stub: test_double_adds (double) is passed, not to do",
    ),
    "an exercise has no check": (
        {
            "exercises/toy/lesson.toml": (
                "[exercises.Counter]",
                '[exercises.triple]\npoints = 1\nminutes = 1\nhints = ["1", "2", "3"]\n\n[exercises.Counter]',
            )
        },
        "stub stub: triple has no check",
    ),
}


@pytest.mark.parametrize(("files", "said"), GAPS.values(), ids=GAPS)
def test_each_kind_of_gap_is_named_and_ends_in_1(toy, command, files, said):
    for path, text in files.items():
        if isinstance(text, tuple):
            before = (toy.root / path).read_text()
            assert text[0] in before
            text = before.replace(*text)
        toy.write(path, text)
    code, out, err = command("audit", "toy")
    assert (code, err) == (1, "")
    assert said in out


def test_a_check_that_never_ends_is_told_as_that(toy):
    """The student's sentence would say that it was the reference."""
    report = toy.report(toy.reference)
    stuck = replace(report.checks[0], outcome="failed", message=TOO_LONG)
    reference = next(case for case in cases(toy.course, toy.lesson) if case.kind == "reference")
    assert evaluate(toy.lesson, reference, report).gaps == []
    found = evaluate(toy.lesson, reference, replace(report, checks=[stuck, *report.checks[1:]]))
    said = f"{stuck.name} ({stuck.exercise}) is failed: {TOO_LONG} Does a loop of the check itself never end?"
    assert found.gaps == [said]


@pytest.mark.parametrize(
    "text",
    [
        "exercise = 'double'\n",
        '"""A sentence."""\n',
        '"""A sentence."""\nexercise = "triple"\n',
        '"""A sentence."""\nexercise = ("double", "triple")\n',
        '"""A sentence."""\nexercise = ()\n',
        '"""A sentence."""\nexercise = 3\n',
        '"""A sentence."""\nexercise = double\n',
        '"""A sentence."""\nexercise = "double"\ndef double(:\n',
        b"\xff\xfe",
    ],
    ids=repr,
)
@pytest.mark.parametrize("folder", ["misconceptions", "alternatives"])
def test_a_file_that_says_not_what_it_is(toy, command, folder, text):
    toy.write(f"tests/{folder}/toy/odd.py", text)
    code, _, err = command("audit", "toy")
    assert code == 2
    assert re.fullmatch(rf"autograder: [^\n]*tests/{folder}/toy/odd\.py[^\n]*\n", err), err


def test_a_misconception_may_name_several_exercises(toy, command):
    code = "def double(x):\n    return x * x\n\n\ndef quad(x):\n    return x"
    toy.write("tests/misconceptions/toy/two.py", overlay(SQUARES, ("double", "quad"), code))
    assert command("audit", "toy")[0] == 0


def test_a_sentence_that_is_true_of_a_mistake_too_is_no_strangers(toy, command):
    text = f'"""It cubes."""\nalso = ({SQUARES!r},)\n\n\ndef double(x):\n    return x * x\n'
    toy.write("tests/misconceptions/toy/double/cubes.py", text)
    code, out, _ = command("audit", "toy")
    assert code == 1 and "no message says its sentence" in out and "another mistake's sentence" not in out


@pytest.mark.parametrize("name", ["triple", "shared", "."])
def test_a_folder_that_is_named_after_no_exercise_says_none(toy, command, name):
    toy.write(f"tests/misconceptions/toy/{name}/odd.py", '"""A sentence."""\n\n\ndef double(x):\n    return x * x\n')
    code, _, err = command("audit", "toy")
    assert code == 2 and err.count("\n") == 1
    assert "odd.py must open with its sentence, and lie in a folder named after an exercise, or set `exercise`" in err


def found(toy, kind):
    return {case.name: case.exercises for case in cases(toy.course, toy.lesson) if case.kind == kind}


def test_a_case_is_of_the_exercise_whose_folder_it_lies_in_or_of_those_that_it_names(toy):
    toy.write("tests/misconceptions/toy/plain.py", overlay(SQUARES, "double", "pass"))
    toy.write("tests/misconceptions/toy/quad/wide.py", overlay(SQUARES, ("double", "quad"), "pass"))
    toy.write("tests/alternatives/toy/Counter/other.py", '"""Another way."""\n')
    assert found(toy, "misconception") == {
        "double/squares": ("double",),
        "plain": ("double",),
        "quad/once": ("quad",),
        "quad/wide": ("double", "quad"),
    }
    assert found(toy, "alternative") == {"Counter/other": ("Counter",), "double/times_two": ("double",)}


def test_the_former_folder_of_alternatives_is_said(toy, command):
    """Its cases would be passed over in silence."""
    toy.write("tests/variants/toy/double/times_two.py", '"""A product in place of the sum."""\n')
    code, _, err = command("audit", "toy")
    assert code == 2
    folder = toy.root / "tests/variants"
    assert err == f"autograder: {folder} is called alternatives now: git mv tests/variants tests/alternatives\n"


RIGHT = {"a": [1.0, torch.ones(2)], "b": True}
WRONG = {
    "wrong values": {**RIGHT, "a": [1.0, torch.zeros(2)]},
    "the wrong shape": {**RIGHT, "a": [1.0, torch.ones(3)]},
    "NaN": {**RIGHT, "a": [1.0, torch.full((2,), torch.nan)]},
    "the wrong value": {**RIGHT, "a": [2.0, torch.ones(2)]},
    "the wrong length": {**RIGHT, "a": [1.0]},
    "the wrong keys": {"a": RIGHT["a"]},
    "wrong": {**RIGHT, "b": False},
}


@pytest.mark.parametrize("what", ["What it gives", "The scales"])
@pytest.mark.parametrize("end", WRONG)
def test_what_any_wrong_value_is_told_names_no_mistake(end, what):
    with pytest.raises(CheckFailure) as failure:
        expect_close(WRONG[end], RIGHT, what=what)
    assert failure.value.sentence.endswith(f" {end}.") and general(failure.value.sentence)


def test_what_an_error_or_a_part_of_a_sentence_says_names_no_mistake():
    assert general("Your code raises ValueError where it should not.")
    assert general("The averages of two texts")
    assert not general("The sum has the wrong sign; entropy is 0 or more.")
    assert not general("It raises ValueError without a message; it must say what is wrong.")
