"""A notebook of a lesson whose exercises need those of another: they lie in a file beside it."""

import shutil
from types import SimpleNamespace

import pytest

pytest.importorskip("jupytext", reason="needs the extra notebooks")

from autograder.common.errors import CourseError  # noqa: E402
from autograder.notebooks import live  # noqa: E402
from autograder.notebooks.build import build  # noqa: E402

TOML = """\
title = "Above"
module = "2"
order = 1
summary = "Eight times, by what the toy has"
uses = ["toy"]

[exercises.eight]
points = 4
minutes = 5
needs = ["toy:quad"]
hints = ["1", "2", "3"]
"""
EIGHT = '''\
def eight(x):
    """Eight times x."""
    ### BEGIN SOLUTION
    return 2 * __tools__.quad(x)
    ### END SOLUTION
'''
SOURCE = """\
# %% setup

# %% part above [markdown]
# ## Above

# %% exercise eight
"""


@pytest.fixture
def above(toy, monkeypatch):
    toy.write("exercises/above/lesson.toml", TOML)
    toy.write("solutions/above/above.py", EIGHT)
    toy.write("exercises/above/notebook.py", SOURCE)
    monkeypatch.setattr(live, "_runs_so_far", lambda: SimpleNamespace(notebook=lambda: b"{}"))
    return toy


def beside(toy) -> str:
    """The file of the toy's lesson that lies beside the cells of `above`."""
    files = live._cells_so_far(toy.course, toy.course.lesson("above")).files
    assert files.keys() == {"above/above.ipynb", "toy/toy.py"}
    return files["toy/toy.py"].decode()


def test_what_another_lesson_has_need_not_stand_in_the_notebook(above):
    assert "def eight" in build(above.course, above.course.lesson("above"))
    later = SOURCE.replace("part above", "part above toy") + "\n# %% exercise toy/double\n\n# %% exercise toy/quad\n"
    above.write("exercises/above/notebook.py", later)
    lessons = [above.course.lesson(name) for name in ("above", "toy")]
    with pytest.raises(CourseError, match="eight needs toy:quad, which must come before it"):
        build(above.course, lessons[0], within=lessons)


def test_it_is_the_students_own_file(above):
    above.solve(own := above.with_double("return 2 * x"))
    assert beside(above) == own


def test_what_is_not_written_is_the_reference_where_that_is_here(above):
    assert beside(above) == above.reference
    above.solve("def double(:\n")
    assert beside(above) == above.reference


def test_without_the_reference_a_stub_stays_one(above):
    shutil.rmtree(above.root / "solutions")
    assert beside(above) == above.stub
