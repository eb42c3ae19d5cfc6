"""The list of pairs that are alike."""

import ast
import json

import pytest

from autograder.checking.submission import collect
from autograder.grading.alike import page
from autograder.grading.alike.reading import Piece
from autograder.grading.similarity import compare, shapes_of

ODD = """
def double(x):
    pieces = []
    for index in range(len(x)):
        value = x[index]
        if value is None:
            continue
        pieces.append(value * 3 - value)
    if not pieces:
        return x
    result = torch.stack(pieces)
    return result.reshape(x.shape)
"""
RENAMED = '''
def double(numbers: torch.Tensor) -> torch.Tensor:
    """Mine, all mine."""
    out = []  # collect
    for i in range(len(numbers)):
        n = numbers[i]
        if n is None:
            continue
        out.append(n * 4 - n)

    if not out:
        return numbers
    stacked = torch.stack(out)
    return stacked.reshape(numbers.shape)
'''
WAYS = [
    "return x + x",
    "return 2 * x",
    "return x * 2",
    "return torch.add(x, x)",
    "return x.mul(2)",
    "return sum([x, x])",
]


@pytest.fixture
def alike(toy):
    for number, way in enumerate(WAYS):
        toy.write(f"class/honest{number}.py", toy.with_double(way))
    toy.write("class/source.py", toy.reference + ODD)
    toy.write("class/copy.py", toy.reference + RENAMED)
    return toy


def test_a_renamed_copy_is_on_top(alike):
    found = compare(alike.course, alike.lesson, collect([alike.root / "class"], "toy"))
    top, *rest = found.pairs
    assert {top.one, top.other} == {"source", "copy"} and top.similarity > 0.9 and "double" in top.same
    assert all(pair.similarity < 0.5 for pair in rest)
    assert found.unreadable == []


def test_a_copy_in_a_notebook_is_found(alike):
    (alike.root / "class/copy.py").unlink()
    cells = [
        {"cell_type": "code", "source": f"%matplotlib inline\n{alike.reference}"},
        {"cell_type": "code", "source": RENAMED},
    ]
    alike.write("class/copy.ipynb", json.dumps({"cells": cells}))
    top = compare(alike.course, alike.lesson, collect([alike.root / "class"], "toy")).pairs[0]
    assert {top.one, top.other} == {"source", "copy"} and top.similarity > 0.9


def test_what_a_notebook_came_with_says_nothing(alike):
    """Two of a class hand in the notebook; its own functions, which no exercise uses, are not theirs."""
    handed_out = "def draw(rows):\n    for row in rows:\n        print(row.name, [cell * 2 for cell in row.cells])\n"
    for name, code in (("untouched", alike.stub), ("solved", alike.reference)):
        cells = [{"cell_type": "code", "source": text} for text in (code, handed_out)]
        alike.write(f"class/{name}.ipynb", json.dumps({"cells": cells}))
    pairs = compare(alike.course, alike.lesson, collect([alike.root / "class"], "toy")).pairs
    assert all({pair.one, pair.other} != {"untouched", "solved"} for pair in pairs)


def test_what_everybody_writes_says_nothing(toy):
    for number in range(9):
        toy.write(f"class/s{number}.py", toy.reference)
    assert compare(toy.course, toy.lesson, collect([toy.root / "class"], "toy")).pairs == []


def test_the_shape_of_code():
    def shapes(source):
        return shapes_of(ast.parse(source).body, ["double"])

    assert shapes(ODD) == shapes(RENAMED)
    assert shapes("def double(x):\n    return x.sum()") != shapes("def double(x):\n    return x.mean()")


@pytest.mark.parametrize("bad", ["x = (", "\0", "x = " + "-" * 200_000 + "1", "def f(:", "x=1" + "+1" * 100_000])
def test_what_can_not_be_parsed_stops_nothing(alike, bad, command):
    alike.write("class/bad.py", bad)
    code, out, err = command("similarity", "toy", "class", "--out", "pairs.csv")
    assert (code, err) == (0, "") and "source" in out
    assert "Left out: bad" in out or bad.startswith("x=1")
    assert (alike.root / "pairs.csv").read_text().startswith("similarity,one,other,same_shape,exercises\n")


@pytest.mark.parametrize("text", ["\t\n" * 30_000, "x = '%" + "0" * 30_000 + "'", "x = 1\n" * 9_000])
def test_colouring_code_is_bounded(text, monkeypatch):
    """Pygments takes half a minute for some texts of 40 kB: what it gets has no long run of blanks and no long line."""
    given = []
    monkeypatch.setattr(page, "highlight", lambda text, *_: given.append(text) or text)
    page._code(Piece(text, {}), [])
    lines = given[0].split("\n")
    assert len(lines) <= 2_001 and max(map(len, lines)) <= 1_000 and "\t\n" not in given[0]


def test_no_submission_is_imported(toy, command, monkeypatch):
    """Whoever compares may stand in the class's folder, where a submission is called like a module of Python's."""
    for name in ("ann", "bob"):
        toy.write(f"class/{name}.py", toy.reference)
    for name in ("json", "ast", "csv", "autograder"):
        toy.write(f"class/{name}.py", f"open({str(toy.root / 'imported')!r}, 'a').close()\n" + toy.reference)
    monkeypatch.chdir(toy.root / "class")
    code, out, _ = command("similarity", "toy", ".", "--out", "../alike.csv")
    assert code == 0 and not (toy.root / "imported").exists()
    assert "Left out" not in out
