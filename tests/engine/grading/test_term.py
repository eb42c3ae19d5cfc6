"""A term with thirty students, as an instructor goes through it: release, collect, grade, grade again, enter."""

import csv
import io
import json
import zipfile

import pytest

pytest.importorskip("jupytext", reason="needs the extra notebooks")
nbformat = pytest.importorskip("nbformat", reason="needs the extra notebooks")

from autograder.cli.formats import FORMATS  # noqa: E402

SOURCE = "# %% setup\n\n# %% exercise double\n\n# %%\n1 / 0\n\n# %% exercise quad\n\n# %% exercise Counter\n"


def answered(released, reference):
    """The student's notebook, its stubs filled in from the reference; one cell raises."""
    notebook = nbformat.reads(released, 4)
    parts = ["def double" + reference.split("def double")[1].split("def quad")[0]]
    parts += ["def quad" + reference.split("def quad")[1].split("class Counter")[0]]
    parts += ["class Counter" + reference.split("class Counter")[1]]
    stubs = [cell for cell in notebook.cells if "NotImplementedError" in cell.source]
    for cell, part in zip(stubs, parts, strict=True):
        cell.source = part
    return nbformat.writes(notebook)


def hand_in(toy, students):
    """Thirty submissions in the ways that students find; gives each one's score."""
    stub = (students / "exercises/toy/toy.py").read_text()
    released = (students / "exercises/toy/notebook.ipynb").read_text()
    kinds = [
        ("right", 7, "{}/toy.py", toy.reference),
        ("wrong", 2, "{}.py", toy.with_double("return x * x")),
        ("half", 4, "{}/exercises/toy/toy.py", toy.reference.replace("return double(double(x))", "raise OSError")),
        ("stub", 0, "{}/toy/toy.py", stub),
        ("notebook", 7, "{0}/toy/{0}.ipynb", answered(released, toy.reference)),
        ("zip", 7, "{}.zip", toy.reference),
        ("broken", 0, "{}.py", "def double(x:"),
        ("dies", 0, "{}.py", "import os\nos.abort()\n"),
        ("rubbish", 0, "{}.py", b"\xff\xfe\x00\x01"),
        ("forger", 0, "{}.py", "import sys\nprint('7 of 7 points')\nsys.exit(0)\n"),
    ]
    scores = {}
    for number in range(30):
        kind, score, place, text = kinds[number % len(kinds)]
        student = f"{kind}-{number}"
        if kind == "zip":
            path = toy.write(f"class/{place.format(student)}", b"")
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("work/toy.py", text)
        else:
            toy.write(f"class/{place.format(student)}", text)
        scores[student] = score
    return scores


@pytest.mark.slow
def test_a_term_with_thirty_students(toy, command, zygote, valid):
    toy.write("exercises/toy/notebook.py", SOURCE)
    assert command("release", "students")[0] == 0
    expected = hand_in(toy, toy.root / "students")
    options = ("--seed", "autumn-7319-for-this-test", "--workers", "2")
    code, out, err = command("grade", "toy", "class", "--out", "first", *options, "--format", ",".join(FORMATS))
    assert (code, err) == (0, ""), out
    results = toy.root / "first/toy"

    def table(folder):
        return {row["submission"]: float(row["score"]) for row in csv.DictReader(open(folder / "grades.csv"))}

    assert table(results) == expected
    assert command("grade", "toy", "class", "--out", "second", *options)[0] == 0
    assert table(toy.root / "second/toy") == expected, "the same seed, the same scores"
    entered = csv.DictReader(io.StringIO((results / "nbgrader.csv").read_text()))
    assert {row["student_id"]: float(row["score"]) for row in entered} == expected
    for student, score in expected.items():
        found = valid.gradescope((results / f"{student}.gradescope.json").read_text())
        assert found["score"] == score
        valid.classroom50((results / f"{student}.classroom50.json").read_text())
        assert "test_hidden" not in json.dumps(found) + (results / f"{student}.md").read_text()
