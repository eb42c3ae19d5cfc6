"""Which checks a lesson has, what each is worth, and files that hold no proper checks."""

import os
import sys
from fractions import Fraction

import pytest

from autograder.checking.collecting import collect_checks
from autograder.common.errors import CourseError

HEAD = "import torch\nfrom autograder.checks import exercise, expect_equal\n\n"


def collect(toy, **options):
    return collect_checks(toy.course, toy.lesson, **options)


def test_visible_and_hidden_checks_in_teaching_order(toy):
    checks = collect(toy).checks
    assert [(one.name, one.exercise, one.visibility) for one in checks] == [
        ("test_double_adds", "double", "visible"),
        ("test_double_keeps_the_shape[2]", "double", "visible"),
        ("test_double_keeps_the_shape[3]", "double", "visible"),
        ("test_hidden_double_of_negatives", "double", "hidden"),
        ("test_quad_is_four_times", "quad", "visible"),
        ("test_hidden_quad_of_a_draw", "quad", "hidden"),
        ("test_counter_starts_where_told", "Counter", "visible"),
        ("test_counter_adds_up", "Counter", "visible"),
        ("test_hidden_counter_counts_down", "Counter", "hidden"),
    ]
    assert checks[1].arguments == {"rows": 2} and checks[1].fixtures == ("student", "rng")


def test_only_visible_checks_on_request(toy):
    assert {one.visibility for one in collect(toy, hidden=False).checks} == {"visible"}


def test_a_private_folder_adds_hidden_checks(toy, tmp_path):
    private = tmp_path / "mine"
    private.mkdir()
    (private / "test_mine.py").write_text(
        HEAD
        + "@exercise('double')\ndef test_mine(student):\n    expect_equal(student.double(2), 4, what='double(2)')\n"
    )
    plain, more = collect(toy), collect(toy, private=private)
    assert {one.name for one in more.checks} - {one.name for one in plain.checks} == {"test_mine"}
    assert next(one for one in more.checks if one.name == "test_mine").visibility == "hidden"
    assert more.digest != plain.digest
    assert sum(one.worth for one in more.checks) == sum(one.worth for one in plain.checks) == 7


def test_a_private_folder_may_have_one_folder_for_each_lesson(toy, tmp_path):
    for name in ("toy", "other"):
        (tmp_path / "mine" / name).mkdir(parents=True)
        body = HEAD + f"@exercise('double')\ndef test_{name}(student):\n    pass\n"
        (tmp_path / "mine" / name / "test_mine.py").write_text(body)
    names = {one.name for one in collect(toy, private=tmp_path / "mine").checks}
    assert "test_toy" in names and "test_other" not in names


def test_a_private_folder_that_is_not_there(toy, tmp_path):
    with pytest.raises(CourseError, match="There is no folder .*nowhere: --checks takes a folder"):
        collect(toy, private=tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("def test_a(student):\n    pass\n", "test_more.py::test_a names no exercise"),
        ("@exercise('triple')\ndef test_a(student):\n    pass\n", "is for 'triple', which toy/lesson.toml does not"),
        ("@exercise('double')\ndef test_double_adds(student):\n    pass\n", "another check of toy has this name"),
        ("@exercise('double')\ndef test_a(student, tmp_path):\n    pass\n", "asks for tmp_path"),
        ("@exercise('double', points=0)\ndef test_a(student):\n    pass\n", "points must be a whole number above 0"),
        ("@exercise('double', points=-3)\ndef test_a(student):\n    pass\n", "points must be a whole number above 0"),
        ("import nowhere_to_be_found\n", "The checks of toy can't be collected: .*nowhere_to_be_found"),
        ("def test_a(:\n", "The checks of toy can't be collected: .*SyntaxError"),
        ("raise ValueError('on import')\n", "The checks of toy can't be collected: .*on import"),
    ],
)  # fmt: skip
def test_files_that_hold_no_proper_checks(toy, body, said):
    toy.write("tests/hidden/toy/test_more.py", HEAD + body)
    with pytest.raises(CourseError, match=said) as caught:
        collect(toy)
    assert "\n" not in str(caught.value)


def test_a_lesson_without_checks(toy):
    toy.write("exercises/toy/test_toy.py", "")
    toy.write("tests/hidden/toy/test_hidden_toy.py", "")
    with pytest.raises(CourseError, match="The lesson toy has no checks"):
        collect(toy)


def test_checks_whose_needs_are_unmet_leave_the_list_and_the_maximum(toy):
    body = "@exercise('double', points=3, requires='no_such_package_here')\ndef test_with_it(student):\n    pass\n"
    body += "@exercise('double', requires='torch')\ndef test_with_torch(student):\n    pass\n"
    toy.write("tests/hidden/toy/test_more.py", HEAD + body)
    collected = collect(toy)
    assert collected.unmet == {"test_with_it": "needs the package no_such_package_here"}
    assert "test_with_it" not in {one.name for one in collected.checks}
    assert "test_with_torch" in {one.name for one in collected.checks}
    worth = sum(one.worth for one in collected.checks if one.exercise == "double")
    assert worth == Fraction(2 * 7, 10), "3 of the exercise's 10 shares have left"


def test_the_digest_changes_with_the_checks_and_the_lesson_only(toy):
    first = collect(toy).digest
    assert collect(toy).digest == first
    toy.solve(toy.reference)
    assert collect(toy).digest == first
    hidden = toy.root / "tests/hidden/toy/test_hidden_toy.py"
    hidden.write_text(hidden.read_text() + "\n# changed\n")
    second = collect(toy).digest
    assert second != first
    lesson = toy.root / "exercises/toy/lesson.toml"
    lesson.write_text(lesson.read_text().replace("points = 3", "points = 4"))
    assert collect(toy).digest not in (first, second)


def test_checks_are_read_anew_each_time(toy):
    """Modules of an earlier collection must not stand in for a later one's of the same name."""
    visible = toy.root / "exercises/toy/test_toy.py"
    collect(toy)
    visible.write_text(visible.read_text().replace("def test_counter_adds_up", "def test_counter_sums"))
    assert "test_counter_sums" in {one.name for one in collect(toy).checks}


def test_two_lessons_may_have_files_of_one_name(toy):
    for name in ("double", "triple"):
        lesson = '[exercises.f]\npoints = 1\nminutes = 1\nhints = ["a", "b", "c"]\n'
        toy.write(f"exercises/{name}/lesson.toml", f'title = "T"\norder = 2\nsummary = "s"\n\n{lesson}')
        toy.write(f"exercises/{name}/test_it.py", HEAD + f"@exercise('f')\ndef test_{name}(student):\n    pass\n")
    course = toy.course
    found = {
        name: [one.name for one in collect_checks(course, course.lesson(name)).checks] for name in ("double", "triple")
    }
    assert found == {"double": ["test_double"], "triple": ["test_triple"]}


def test_collecting_leaves_no_traces(toy, monkeypatch, capfd):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    toy.write("exercises/toy/conftest.py", "raise SystemExit('a conftest of the course must not run in grading')\n")
    toy.write("pytest.ini", "[pytest]\naddopts = --no-such-option-either\n")
    path, modules, bytecode = list(sys.path), set(sys.modules), sys.dont_write_bytecode
    assert len(collect(toy).checks) == 9
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option" and "PYTEST_DISABLE_PLUGIN_AUTOLOAD" not in os.environ
    assert sys.path == path and sys.dont_write_bytecode is bytecode
    assert not {name for name in set(sys.modules) - modules if name.endswith(("test_toy", "test_hidden_toy"))}
    assert not list(toy.root.rglob("*.pyc")) and not list(toy.root.rglob(".pytest_cache"))
    assert capfd.readouterr() == ("", "")
