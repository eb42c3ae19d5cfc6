"""Docstrings are split into sentences; `autograder contract` names those that nothing keeps."""

import tomllib

import pytest

from autograder.authoring.contract import contract_path, split

pytest.importorskip("cosmic_ray")

DOCSTRING = """Doubles a number (Ann et al. 2020). It keeps the shape.

    The input stays as it was, and is
    read once.

    Args:
        x: any shape. Not changed.
        scale: how often.
            "one": as it is.
            "two": twice.

    Returns:
        dict with exactly these keys:
            sum: all of it,
                in fp32.
            mean: the mean.

    Raises:
        ValueError: no numbers.

    - One thing. Another one.
    - The last.

    Example, x = [1, 2]:

        y = [[1, 2],
             [3, 4]]
    """


def test_a_docstring_is_split_into_sentences():
    assert split(DOCSTRING) == [
        "Doubles a number (Ann et al. 2020).",
        "It keeps the shape.",
        "The input stays as it was, and is read once.",
        "x: any shape.",
        "Not changed.",
        "scale: how often.",
        '"one": as it is.',
        '"two": twice.',
        "dict with exactly these keys:",
        "sum: all of it, in fp32.",
        "mean: the mean.",
        "ValueError: no numbers.",
        "- One thing.",
        "Another one.",
        "- The last.",
        "Example, x = [1, 2]:",
        "y = [[1, 2], [3, 4]]",
    ]
    assert split("") == []


@pytest.fixture
def begun(toy, command):
    """The toy course with an entry to be filled in for each sentence."""
    code, out, err = command("contract", "toy", "--add")
    assert (code, err) == (1, "") and "entries to be filled in" in out
    return contract_path(toy.course, toy.lesson)


def test_what_has_no_entry_is_said_and_gets_one(toy, command):
    code, out, _ = command("contract", "toy")
    assert code == 1 and "has no entry" in out and not contract_path(toy.course, toy.lesson).exists()
    command("contract", "toy", "--add")
    entries = tomllib.loads(contract_path(toy.course, toy.lesson).read_text())["sentence"]
    assert {entry["exercise"].partition(".")[0] for entry in entries} == {"double", "quad", "Counter"}
    code, out, _ = command("contract", "toy")
    assert code == 1 and "has no entry" not in out and out.count("has neither what dies nor a reason") == len(entries)


def test_a_contract_that_is_kept(begun, command):
    begun.write_text(begun.read_text().replace('reason = ""', 'reason = "It says what it is."'))
    code, out, err = command("contract", "toy")
    assert (code, err) == (0, "") and "double" in out


def test_what_dies_is_a_misconception_of_the_exercise(begun, command):
    begun.write_text(begun.read_text().replace('reason = ""', 'dies = ["double/squares"]'))
    assert command("contract", "toy/double")[0] == 0
    code, out, _ = command("contract", "toy/quad")
    assert code == 1 and "names double/squares, which is no misconception of quad" in out


def test_a_mutant_is_one_that_is_not_listed_as_right(toy, begun, command):
    entry = 'mutants = [{was = "return x + x", becomes = "return x - x"}]'
    begun.write_text(begun.read_text().replace('reason = ""', entry))
    assert command("contract", "toy/double")[0] == 0
    right = "[[right]]\nexercise = 'double'\nwas = 'return x + x'\nbecomes = 'return x - x'\nreason = 'Never.'\n"
    toy.write("tests/mutants/toy.toml", right)
    code, out, _ = command("contract", "toy/double")
    assert code == 1 and "names a mutant that is listed as right: 'return x - x'" in out


@pytest.mark.parametrize(
    ("target", "change", "sentence"),
    [
        ("nothing", ("", ""), "There is no lesson 'nothing'"),
        ("toy/nothing", ("", ""), "There is no exercise 'nothing' in toy"),
        ("toy", ('text = "', 'text = "Once: '), "does not say 'Once: "),
        ("toy", ('exercise = "double"', 'exercise = "halve"'), "toy has no exercise halve; take out its entries."),
        ("toy", ('reason = ""', 'mutants = [{was = "x", becomes = "y"}]'), "no mutant turns 'x' into 'y' any more"),
        ("toy", ('reason = ""', 'mutants = [{was = "x"}]'), "each [[sentence]] has exercise, text, and dies, mutants"),
        ("toy", ('reason = ""', 'dies = "double/squares"'), "each [[sentence]] has exercise, text, and dies, mutants"),
        ("toy", ('reason = ""', "unknown = 1"), "each [[sentence]] has exercise, text, and dies, mutants"),
        ("toy", ('reason = ""', "reason = "), "is not valid TOML"),
    ],
)
def test_bad_input_is_one_sentence(begun, command, target, change, sentence):
    begun.write_text(begun.read_text().replace(*change))
    code, _, err = command("contract", target)
    assert code == 2 and err.count("\n") == 1 and sentence in err


def test_an_entry_that_stands_twice_is_said(begun, command):
    begun.write_text(begun.read_text() * 2)
    code, _, err = command("contract", "toy")
    assert code == 2 and "stands there twice" in err


def test_students_have_no_references(toy, command):
    (toy.root / "solutions/toy/toy.py").unlink()
    code, _, err = command("contract", "toy")
    assert code == 2 and "contract needs the instructor's repository" in err
