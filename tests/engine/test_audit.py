"""`autograder audit`: it counts kills, and exits 1 on every kind of gap."""

import re

import pytest

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
        "variant 1 of 1 with full marks",
    ):
        assert line in said


def test_every_lesson_is_audited_by_default(toy, command):
    for path in ("lesson.toml", "toy.py", "test_toy.py"):
        text = (toy.root / "exercises/toy" / path).read_text()
        toy.write(f"exercises/more/{path.replace('toy', 'more')}", text)
    toy.write("solutions/more/more.py", toy.reference)
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
    "a variant fails": (
        {"tests/variants/toy/wrong.py": overlay("By squaring.", "double", "def double(x):\n    return x * x")},
        f"variant wrong: test_double_adds (double) is failed: {SQUARES}",
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
@pytest.mark.parametrize("folder", ["misconceptions", "variants"])
def test_a_file_that_says_not_what_it_is(toy, command, folder, text):
    toy.write(f"tests/{folder}/toy/odd.py", text)
    code, _, err = command("audit", "toy")
    assert code == 2
    assert re.fullmatch(rf"autograder: [^\n]*tests/{folder}/toy/odd\.py[^\n]*\n", err), err


def test_a_misconception_may_name_several_exercises(toy, command):
    code = "def double(x):\n    return x * x\n\n\ndef quad(x):\n    return x"
    toy.write("tests/misconceptions/toy/two.py", overlay(SQUARES, ("double", "quad"), code))
    assert command("audit", "toy")[0] == 0
