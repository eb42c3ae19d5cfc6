"""Each operator makes its changes, and none that changes nothing; `autograder mutate` says which live."""

import ast
import re

import pytest

from autograder.authoring.mutants import OPERATORS, mutants
from autograder.authoring.mutate import mutate
from autograder.common.lessons import Exercise, Lesson

pytest.importorskip("cosmic_ray")


def changes(source, operator, exercise="f"):
    """(what was, what becomes) of all that an operator does to one exercise."""
    lesson = Lesson("toy", None, "", "", 1, {exercise: Exercise(exercise, 1, 1, (), ("", "", ""))})
    return {(one.was, one.becomes) for one in mutants(source, lesson) if one.operator == operator}


def body(*lines, head="def f(x):"):
    return "\n".join([head, *(f"    {line}" for line in lines)]) + "\n"


EXAMPLES = {
    "drop a call": (body("return x.detach().sum()"), "return x.sum()"),
    "move a cast": (body("return x.float().sum()"), "return x.sum().float()"),
    "drop a statement": (body("x.zero_grad()", "return x"), "pass"),
    "drop no_grad": (body("with torch.no_grad():", "    return x"), "with __import__('contextlib').nullcontext():"),
    "another dim": (body("return x.sum(dim=-1, keepdim=True)"), "return x.sum(dim=-1, keepdim=False)"),
    "drop a keyword": (body("return x.std(dim=0, correction=0)"), "return x.std(dim=0)"),
    "scale a number": (body("return x + 1e-08"), "return x + 1.5000000000000002e-08"),
    "weaken an error": (body("if x:", "    raise ValueError('no')", "return x"), "raise ValueError('')"),
    "stop early": (body("return [y for y in x]"), "return [y for y in list(x)[:-1]]"),
    "in place": (body("return x + 1"), "return x.add_(1)"),
    "keep the first value": (body("return x + 1"), "return _first[0]"),
    "leave a mode changed": (body("return m(x)", head="def f(m: nn.Module, x):"), "m.eval()"),
}


def test_every_operator_has_an_example():
    assert EXAMPLES.keys() == OPERATORS.keys()


@pytest.mark.parametrize("operator", EXAMPLES)
def test_an_operator_makes_its_change(operator):
    source, becomes = EXAMPLES[operator]
    found = {text for _, text in changes(source, operator)}
    assert any(text == becomes or text.splitlines()[0] == becomes or text.splitlines()[-1] == becomes for text in found)


@pytest.mark.parametrize(
    ("operator", "source", "becomes"),
    [
        ("weaken an error", body("if x:", "    raise ValueError('no')", "return x"), "raise RuntimeError('no')"),
        ("scale a number", body("return x / t", head="def f(x, t: float):"), "return x / (t * 100.0)"),
        ("another dim", body("return x.sum(dim=1)"), "return x.sum(dim=-2)"),
        ("stop early", body("for y in x:", "    z = y", "return z"), "for y in list(x)[1:]:"),
        ("in place", body("x = x * 2", "return x"), "x *= 2"),
        ("in place", body("return x.masked_fill(x, 0)"), "return x.masked_fill_(x, 0)"),
        ("in place", body("return x.clamp_(0)"), "return x.clamp(0)"),
        ("ReplaceComparisonOperator_Lt_LtE", body("return x < 2"), "return x <= 2"),
        ("NumberReplacer", body("return x + 3"), "return x + 4"),
    ],
)
def test_a_change_is_made(operator, source, becomes):
    assert becomes in {text for _, text in changes(source, operator)}


@pytest.mark.parametrize(
    "source",
    [
        body('"""Twice 2.0, dim=1."""', "return x"),
        body("return x", head="def f(x: int | None = None, *, y: float = 0.0) -> int | float:"),
        body("if t < 0:", "    raise ValueError(f'{t}')", "return 1", head="def f(t: float):"),
        body("return torch.where(x == 0, 1.5, x)"),
    ],
)
def test_nothing_that_says_the_same_is_a_change(source):
    """Numbers in texts, types, what is compared with 0."""
    assert changes(source, "scale a number") == set() and changes(source, "ReplaceBinaryOperator_BitOr_BitAnd") == set()


def test_all_are_python_and_each_is_another():
    source = body("with torch.no_grad():", "    return x.detach().float().mean(dim=-1, keepdim=True) + 1e-8")
    lesson = Lesson("toy", None, "", "", 1, {"f": Exercise("f", 1, 1, (), ("", "", ""))})
    found = [one.source for one in mutants(source, lesson)]
    assert len({ast.dump(ast.parse(text)) for text in found}) == len(found) > 12
    assert ast.dump(ast.parse(source)) not in {ast.dump(ast.parse(text)) for text in found}


def test_a_helper_is_of_the_exercise_that_uses_it():
    helper = body("return x * SCALE", head="def helper(x):")
    source = "\n\n".join(["SCALE = 2.0", helper, body("return helper(x)"), body("return x - 1", head="def g(x):")])
    exercises = {name: Exercise(name, 1, 1, (), ("", "", "")) for name in ("g", "f")}
    found = mutants(source, Lesson("toy", None, "", "", 1, exercises))
    assert {one.exercise for one in found if "SCALE" in one.was or "helper" in one.was} == {"f"}
    assert {one.exercise for one in found if "- 1" in one.was} == {"g"}


def test_brackets_stay():
    dropped = {text for _, text in changes(body("return (x + y).float()"), "drop a call")}
    assert dropped == {"return (x + y)"}
    assert changes(body("return (x + y).float().sum()"), "move a cast") == set()


def test_nothing_is_asked_of_an_ungraded_exercise():
    exercises = {name: Exercise(name, points, 1, (), ("", "", "")) for name, points in (("f", 0), ("g", 1))}
    source = body("return x - 1") + "\n\n" + body("return x - 2", head="def g(x):")
    assert {one.exercise for one in mutants(source, Lesson("toy", None, "", "", 1, exercises))} == {"g"}


def test_what_keeps_its_first_value_runs():
    source = body("return x + 1") + "\n\nclass C:\n    def get(self, y):\n        return y\n"
    exercises = {name: Exercise(name, 1, 1, (), ("", "", "")) for name in ("f", "C")}
    kept = [one.source for one in mutants(source, Lesson("toy", None, "", "", 1, exercises)) if "keep" in one.operator]
    names = [{}, {}]
    for text, found in zip(kept, names, strict=True):
        exec(text, found)
    assert [names[0]["f"](1), names[0]["f"](5)] == [2, 2]
    one, other = names[1]["C"](), names[1]["C"]()
    assert [one.get(1), one.get(2), other.get(3)] == [1, 1, 3]


# --- the command -----------------------------------------------------------------------------------------------------


def squeezed(text):
    return re.sub(r"\s+", " ", text)


LISTED = """
seed = "plum"

[[right]]
exercise = "double"
was = "return x + x"
becomes = "{becomes}"
reason = "The docstring allows it."
"""


def test_a_course_whose_checks_kill_every_mutant(command, zygote):
    code, out, err = command("mutate", "toy/double", "--workers", "2")
    assert (code, err) == (0, "")
    assert re.search(r"double +│ (\d+) +│ \1 +│ 0 +│ 0 ", out)


BLIND = """
from autograder.checks import exercise, expect_equal, probe


@probe
def adding(student, amount):
    return student.Counter(0).add(amount)


@exercise("Counter")
def test_nothing_is_added(student):
    expect_equal(student.run(adding, 0), 0, what="the sum")
"""


def test_one_that_lives_is_said_and_is_none_when_it_is_listed(toy, command, zygote):
    toy.write("exercises/toy/checks/test_counter.py", BLIND)
    toy.write("tests/hidden/toy/test_counter.py", BLIND.replace("test_", "test_hidden_"))
    code, out, _ = command("mutate", "toy/Counter", "--workers", "2")
    assert code == 1
    alive = [fate.mutant for fate in mutate(toy.course, toy.lesson, "Counter", workers=2) if fate.survives]
    assert "drop a statement" in {mutant.operator for mutant in alive} and out.count("becomes") == len(alive)
    entry = "[[right]]\nexercise = 'Counter'\nwas = '''{}'''\nbecomes = '''{}'''\nreason = 'Fine.'\n"
    entries = [entry.format(mutant.was, mutant.becomes) for mutant in alive]
    toy.write("tests/mutants/toy.toml", "\n".join(entries))
    code, out, _ = command("mutate", "toy/Counter", "--workers", "2")
    assert code == 0 and re.search(rf"Counter +│ \d+ +│ \d+ +│ {len(alive)} +│ 0 ", out)


def test_a_sample_is_the_same_for_a_seed(toy, zygote):
    def drawn(seed):
        return [fate.mutant.identity for fate in mutate(toy.course, toy.lesson, seed=seed, count=4)]

    assert drawn("a") == drawn("a") and len(drawn("a")) == 4
    assert len({tuple(drawn(seed)) for seed in "abcd"}) > 1


@pytest.mark.parametrize(
    ("files", "target", "sentence"),
    [
        ({}, "nothing", "There is no lesson 'nothing'; the lessons are: toy."),
        ({}, "toy/nothing", "There is no exercise 'nothing' in toy; there are: double, quad, Counter."),
        (
            {"tests/mutants/toy.toml": LISTED.format(becomes="return 7 * x")},
            "toy",
            "no mutant of double turns 'return x + x' into 'return 7 * x' any more; remove the entry.",
        ),
        ({"tests/mutants/toy.toml": "[[right]]\nexercise = 'double'\n"}, "toy", "each [[right]] has exercise, was, "),
        (
            {"tests/mutants/toy.toml": LISTED.format(becomes="x").replace("The docstring allows it.", " ")},
            "toy",
            "no reason",
        ),
        ({"tests/mutants/toy.toml": "seed = "}, "toy", "is not valid TOML"),
        (
            {"solutions/toy/toy.py": "def double(x):\n    return 3 * x\n"},
            "toy",
            "The reference of toy fails its own check",
        ),
    ],
)
def test_bad_input_is_one_sentence(toy, command, zygote, files, target, sentence):
    for path, text in files.items():
        toy.write(path, text)
    code, _, err = command("mutate", target)
    assert code == 2 and err.count("\n") == 1 and sentence in err
