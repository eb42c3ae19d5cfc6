"""The export to otter-grader, with otter itself: assign and run on it give the scores of `autograder grade`."""

import json
import re
import tomllib
import zipfile
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("otter", reason="needs the extra instructor")
pytest.importorskip("jupytext", reason="needs the extra notebooks")

import nbformat  # noqa: E402

from autograder.checking.submission import collect  # noqa: E402
from autograder.common.lessons import load_course  # noqa: E402
from autograder.grading.grade import Settings as GradeSettings  # noqa: E402
from autograder.grading.grade import grade  # noqa: E402
from autograder.notebooks.live import GRADING  # noqa: E402
from autograder.notebooks.source import read_source, with_solutions  # noqa: E402
from autograder.systems import Settings, export  # noqa: E402

LESSONS = Path(__file__).resolve().parents[2] / "lessons"


@pytest.fixture
def otter(jupyter_tool):
    return partial(jupyter_tool, "otter")


def assigned(otter, course, lesson, folder):
    """Export and assign; gives the student's notebook and the archive for grading."""
    export("otter", course, lesson, folder, Settings())
    otter(folder, "assign", f"{lesson.name}.ipynb", "dist", "--no-run-tests")
    (archive,) = (folder / "dist/autograder").glob("*.zip")
    return folder / f"dist/student/{lesson.name}.ipynb", archive


def hand_in(course, lesson, released, folder, students):
    solutions = {cell.exercise: cell.source for cell in read_source(course, lesson) if cell.role == "exercise"}
    folder.mkdir()
    for student, change in students.items():
        notebook = nbformat.read(released, 4)
        for (_, name), solution in solutions.items():
            (cell,) = (
                one
                for one in notebook.cells
                if f'"{name} is not written yet"' in one.source or f'"{name}.' in one.source
            )
            cell.source = change(name, with_solutions(solution)) or cell.source
        nbformat.write(notebook, folder / f"{student}.ipynb")


def run(otter, folder, archive, submission):
    """What `otter run` gives: the result and the sum of its scores."""
    out = folder / f"out-{submission.stem}"
    out.mkdir()
    otter(folder, "run", "-a", archive, "-o", out, "--no-logo", submission)
    results = json.loads((out / "results.json").read_text())
    return results, sum(test.get("score", 0.0) for test in results["tests"])


def right(name, solution):
    return solution


STUDENTS = {
    "ann": right,
    "bob": lambda name, solution: solution.replace("return x + x", "return x * x"),
    "cid": lambda name, solution: "def quad(:\n    pass" if name == "quad" else solution,
}


@pytest.mark.slow
def test_a_toy_assignment(toy, tmp_path, zygote, otter):
    folder = tmp_path / "otter"
    toy.write(
        "exercises/toy/notebook.py",
        "# %% setup\n\n# %% exercise double\n\n# %%\nimport time\ntime.sleep(3600)\n\n"
        "# %% exercise quad\n\n# %% exercise Counter\n\n# %% predict [markdown]\n# Why?\n# ---\n# ANSWER\n",
    )
    released, archive = assigned(otter, toy.course, toy.lesson, folder)
    seed = json.loads(zipfile.ZipFile(archive).read(f"files/{GRADING}"))["seed"]
    assert re.fullmatch("[0-9a-f]{32}", seed), "drawn for this export"
    public = "\n".join(path.read_text() for path in released.parent.rglob("*") if path.is_file())
    for secret in ("test_hidden", "toy_hidden_oracles", "one_to_two", "return x + x", "ANSWER", "SOLUTION", seed):
        assert secret not in public
    assert "double is not written yet" in public and "raise NotImplementedError" in public
    names = zipfile.ZipFile(archive).namelist()
    assert {"setup.sh", "run_autograder", "run_otter.py", "environment.yml", "otter_config.json"} <= set(names)
    files = ("test_double.py", "test_quad.py", "test_counter.py", "toy_hidden_oracles.py")
    assert {"tests/toy-double.py", *(f"files/course/tests/hidden/toy/{name}" for name in files)} <= set(names)
    assert (released.parent / "course/exercises/toy/checks/toy_oracles.py").is_file()
    hand_in(toy.course, toy.lesson, released, tmp_path / "class", STUDENTS)
    submissions = collect([tmp_path / "class"], "toy")
    outcome = grade(toy.course, toy.lesson, submissions, tmp_path / "ours", GradeSettings())
    expected = {report.submission: report.score for report in outcome.reports}
    assert expected == {"ann": 7, "bob": 2, "cid": 4}
    for student, score in expected.items():
        results, found = run(otter, folder, archive, tmp_path / f"class/{student}.ipynb")
        assert found == pytest.approx(score, abs=1e-4), student
        assert sum(test.get("max_score", 0) for test in results["tests"]) == pytest.approx(7, abs=1e-4)


SLIPS = {path.parent.name: tomllib.loads(path.read_text())["slip"] for path in sorted(LESSONS.glob("*/slip.toml"))}


@pytest.mark.slow
@pytest.mark.some_each_week(1, start=1)  # another one than nbgrader
@pytest.mark.parametrize("name", SLIPS)
def test_a_lesson(repository, tmp_path, zygote, otter, name):
    course = load_course(repository)
    lesson = course.lesson(name)
    released, archive = assigned(otter, course, lesson, tmp_path / "otter")
    students = {"ann": right, "bob": lambda name, solution: solution.replace(*SLIPS[lesson.name])}
    hand_in(course, lesson, released, tmp_path / "class", students)
    owners = {cell.exercise[0] for cell in read_source(course, lesson) if cell.role == "exercise"}
    expected = dict.fromkeys(students, 0.0)
    for owner in sorted(owners):
        submissions = collect([tmp_path / "class"], owner)
        outcome = grade(course, course.lesson(owner), submissions, tmp_path / owner, GradeSettings())
        for report in outcome.reports:
            expected[report.submission] += report.score
    for student, score in expected.items():
        assert run(otter, tmp_path / "otter", archive, tmp_path / f"class/{student}.ipynb")[1] == pytest.approx(
            score, abs=1e-3
        )
    assert expected["ann"] > expected["bob"] > 0
