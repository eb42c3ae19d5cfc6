"""The export to nbgrader, with nbgrader itself: its commands run on it, and its scores are ours."""

import csv
import json
import re
import tomllib
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("nbgrader", reason="needs the extra instructor")
pytest.importorskip("jupytext", reason="needs the extra notebooks")

import nbformat  # noqa: E402
from nbgrader.nbgraderformat import MetadataValidator  # noqa: E402

from autograder.checking.submission import collect  # noqa: E402
from autograder.common.lessons import load_course  # noqa: E402
from autograder.grading.grade import Settings as GradeSettings  # noqa: E402
from autograder.grading.grade import grade  # noqa: E402
from autograder.notebooks.live import GRADING  # noqa: E402
from autograder.notebooks.source import read_source  # noqa: E402
from autograder.systems import Settings, export  # noqa: E402

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.fixture
def nbgrader(jupyter_tool):
    return partial(jupyter_tool, "nbgrader")


def hand_in(course, lesson, folder, students):
    """Each student's notebook: the released one with answers. `students`: name → (exercise, solution) → text."""
    released = (folder / f"release/{lesson.name}/{lesson.name}.ipynb").read_text()
    solutions = {cell.exercise: cell.source for cell in read_source(course, lesson) if cell.role == "exercise"}
    for student, change in students.items():
        notebook = nbformat.reads(released, 4)
        for cell in notebook.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
            for (owner, name), solution in solutions.items():
                if grade_id == f"{owner}-{name}-answer":
                    cell.source = change(name, solution) or cell.source
        place = folder / f"submitted/{student}/{lesson.name}"
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{lesson.name}.ipynb")


def theirs(nbgrader, folder):
    nbgrader(folder, "export")
    with open(folder / "grades.csv", newline="") as file:
        return {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}


def ours(course, lesson, folder):
    outcome = grade(
        course,
        lesson,
        collect([folder / "submitted"], lesson.name),
        folder / f"ours-{lesson.name}",
        GradeSettings(workers=2),
    )
    return {report.submission: (report.score, report.max_score) for report in outcome.reports}


def assert_same(found, expected):
    """Score and best score of every student, to the digits that nbgrader keeps."""
    assert set(found) == set(expected)
    for student, pair in expected.items():
        assert found[student] == pytest.approx(pair, abs=1e-4), student


def assert_valid(path):
    """By nbgrader's own validator, and by what it says of keys."""
    notebook = nbformat.read(path, 4)
    MetadataValidator().validate_nb(notebook)
    schema = {"schema_version", "grade", "solution", "locked", "task", "grade_id", "points", "checksum", "cell_type"}
    found = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    assert len({one["grade_id"] for one in found}) == len(found) > 0
    for one in found:
        assert set(one) <= schema and re.fullmatch(r"[a-zA-Z0-9_\-]+", one["grade_id"])
    return found


def right(name, solution):
    return solution


STUDENTS = {
    "ann": right,
    "bob": lambda name, solution: solution.replace("return x + x", "return x * x"),
    "dee": lambda name, solution: "def quad(:\n    pass" if name == "quad" else solution,
    "fay": lambda name, solution: solution.replace("return x + x", "return x + x if x.shape == (3,) else x"),
    "gil": lambda name, solution: None,  # untouched
}


@pytest.mark.slow
def test_a_toy_assignment_from_release_to_gradebook(toy, tmp_path, zygote, nbgrader):
    folder = tmp_path / "course 101"
    table = "LEVELS = (\n    1,\n    2,\n    3,\n)"
    toy.write("solutions/toy/toy.py", toy.reference.replace("import torch\n", f"import torch\n\n{table}\n", 1))
    toy.write(
        "exercises/toy/notebook.py",
        "# %% setup\n\n# %% exercise double\n\n# %%\nimport time\ntime.sleep(3600)\n\n"
        "# %% exercise quad\n\n# %% exercise Counter\n\n# %% predict [markdown]\n# Why?\n# ---\n# ANSWER\n",
    )
    lines = export("nbgrader", toy.course, toy.lesson, folder, Settings())
    seed = json.loads((folder / GRADING).read_text())["seed"]
    assert re.fullmatch("[0-9a-f]{32}", seed), "drawn for this export"
    assert any("nbgrader autograde toy" in line for line in lines)
    cells = assert_valid(folder / "source/toy/toy.ipynb")
    assert sum(one.get("points", 0) for one in cells) == 7
    marked = [one for one in cells if one["grade"] and one["solution"]]
    assert [one["grade_id"].split("-")[0] for one in marked] == ["prediction"], "to be marked by hand"
    assert [one["grade_id"].split("-")[0] for one in cells if one["locked"] and not one["grade"]] == ["setup", "tables"]
    nbgrader(folder, "generate_assignment", "toy")
    assert_valid(folder / "release/toy/toy.ipynb")
    released = (folder / "release/toy/toy.ipynb").read_text()
    for secret in ("x + x", "HIDDEN", "ANSWER", str(toy.root), "SOLUTION", seed):
        assert secret not in released
    assert "double is not written yet" in released and "*My prediction:*" in released
    beside = {path.name for path in (folder / "release/toy/exercises/toy/checks").iterdir()}
    assert beside == {"test_double.py", "test_quad.py", "test_counter.py", "toy_oracles.py"}
    everything = "".join(path.read_text() for path in (folder / "release").rglob("*") if path.is_file())
    assert "one_to_two" not in everything and "test_hidden" not in everything
    hand_in(toy.course, toy.lesson, folder, STUDENTS)
    said = nbgrader(folder, "autograde", "toy")
    assert "has changed!" not in said, "nbgrader warns of a locked cell that is not as it was released"
    expected = {"ann": 7, "bob": 2, "dee": 4, "fay": 2 + 1 / 3, "gil": 0}
    found = theirs(nbgrader, folder)
    assert {student: score for student, (score, _) in found.items()} == pytest.approx(expected, abs=1e-5)
    assert_same(found, ours(toy.course, toy.lesson, folder))
    nbgrader(folder, "generate_feedback", "toy")
    page = (folder / "feedback/bob/toy/toy.html").read_text()
    assert "It squares its input instead of doubling it." in page
    for secret in ("test_hidden", seed, str(toy.root)):
        assert secret not in page


# lesson → what students get wrong in its notebook
SLIPS = {path.parent.name: tomllib.loads(path.read_text()) for path in sorted(LESSONS.glob("*/slip.toml"))}


@pytest.mark.slow
@pytest.mark.some_each_week(1)
@pytest.mark.parametrize("name", SLIPS)
def test_a_lesson_gets_the_scores_of_grade(repository, tmp_path, zygote, nbgrader, name):
    course = load_course(repository)
    lesson = course.lesson(name)
    export("nbgrader", course, lesson, tmp_path / "course", Settings())
    folder = tmp_path / "course"
    assert_valid(folder / f"source/{name}/{name}.ipynb")
    nbgrader(folder, "generate_assignment", name)
    slip, left_out = SLIPS[name]["slip"], SLIPS[name]["left_out"]
    students = {
        "ann": right,
        "bob": lambda name, solution: solution.replace(*slip),
        "cid": lambda name, solution: None if name in left_out else solution,
    }
    hand_in(course, lesson, folder, students)
    nbgrader(folder, "autograde", name)
    found = theirs(nbgrader, folder)
    # a notebook over two lessons is one assignment of both
    owners = sorted({cell.exercise[0] for cell in read_source(course, lesson) if cell.role == "exercise"})
    reports = [ours(course, course.lesson(owner), folder) for owner in owners]
    expected = {
        student: tuple(sum(values) for values in zip(*(one[student] for one in reports), strict=True))
        for student in students
    }
    assert_same(found, expected)
    best = found["ann"][1]
    assert found["ann"][0] == best and 0 < found["bob"][0] < best and 0 < found["cid"][0] < best


def test_the_folder_must_be_new(toy, command):
    toy.write("full/x", "")
    code, _, err = command("export", "nbgrader", "toy", "full")
    assert code == 2 and err == "autograder: full is not empty: give a new folder.\n"
    code, _, err = command("export", "canvas", "toy", "new")
    assert code == 2 and "There is no export 'canvas'; there are: " in err and "nbgrader" in err
