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


def test_public_and_hidden_checks_in_teaching_order(toy):
    checks = collect(toy).checks
    assert [(one.name, one.exercise, one.public) for one in checks] == [
        ("test_double_adds", "double", True),
        ("test_double_keeps_the_shape[2]", "double", True),
        ("test_double_keeps_the_shape[3]", "double", True),
        ("test_hidden_double_of_negatives", "double", False),
        ("test_quad_is_four_times", "quad", True),
        ("test_hidden_quad_of_a_draw", "quad", False),
        ("test_counter_starts_where_told", "Counter", True),
        ("test_counter_adds_up", "Counter", True),
        ("test_hidden_counter_counts_down", "Counter", False),
    ]
    assert checks[1].arguments == {"rows": 2} and checks[1].fixtures == ("student", "rng")


def test_only_public_checks_on_request(toy):
    assert {one.public for one in collect(toy, hidden=False).checks} == {True}


def test_a_private_folder_adds_hidden_checks(toy, tmp_path):
    private = tmp_path / "mine"
    private.mkdir()
    (private / "test_mine.py").write_text(
        HEAD
        + "@exercise('double')\ndef test_mine(student):\n    expect_equal(student.double(2), 4, what='double(2)')\n"
    )
    plain, more = collect(toy), collect(toy, private=private)
    assert {one.name for one in more.checks} - {one.name for one in plain.checks} == {"test_mine"}
    assert next(one for one in more.checks if one.name == "test_mine").public is False
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
        ("def test_a(student):\n    pass\n", "test_quad.py::test_a names no exercise"),
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
    toy.write("tests/hidden/toy/test_quad.py", HEAD + body)
    with pytest.raises(CourseError, match=said) as caught:
        collect(toy)
    assert "\n" not in str(caught.value)


def test_a_lesson_without_checks(toy):
    files = [path for folder in ("exercises/toy/checks", "tests/hidden/toy") for path in (toy.root / folder).iterdir()]
    for path in files:
        path.write_text("")
    with pytest.raises(CourseError, match="The lesson toy has no checks"):
        collect(toy)
    for path in files:
        path.unlink()
    toy.write("exercises/toy/checks/test_mine.py", HEAD + "@exercise('double')\ndef test_mine(student):\n    pass\n")
    with pytest.raises(CourseError, match="The lesson toy has no checks"):
        collect(toy)


OWN = HEAD + "@exercise('double')\ndef test_own(student):\n    pass\n\n\ndef test_plain():\n    assert False\n"


@pytest.mark.parametrize(
    "path",
    [
        "exercises/toy/test_mine.py",
        "exercises/toy/test_double.py",
        "exercises/toy/checks/test_mine.py",
        "exercises/toy/checks/more/test_double.py",
        "exercises/toy/checks/double_test.py",
        "tests/hidden/toy/test_mine.py",
    ],
)
@pytest.mark.parametrize("text", [OWN, "import nowhere_to_be_found\n"], ids=["marked", "broken"])
def test_a_file_that_is_not_named_after_an_exercise_is_passed_over(toy, path, text):
    before = collect(toy)
    toy.write(path, text)
    after = collect(toy)
    assert [one.name for one in after.checks] == [one.name for one in before.checks]
    assert [one.worth for one in after.checks] == [one.worth for one in before.checks]
    assert after.digest == before.digest


def test_only_the_files_of_some_exercises(toy):
    toy.write("exercises/toy/checks/test_quad.py", "raise ValueError('not asked for')\n")
    found = collect(toy, only=["double", "Counter"]).checks
    assert [one.exercise for one in found] == ["double"] * 4 + ["Counter"] * 3
    assert [one.name for one in collect(toy, only=["Counter"], hidden=False).checks] == [
        "test_counter_starts_where_told",
        "test_counter_adds_up",
    ]


def test_an_exercise_may_be_without_a_file(toy):
    (toy.root / "exercises/toy/checks/test_counter.py").unlink()
    (toy.root / "tests/hidden/toy/test_double.py").unlink()
    counted = [(one.exercise, one.public) for one in collect(toy).checks]
    assert counted == [("double", True)] * 3 + [("quad", True), ("quad", False), ("Counter", False)]


def test_checks_whose_needs_are_unmet_leave_the_list_and_the_maximum(toy):
    body = "@exercise('double', points=3, requires='no_such_package_here')\ndef test_with_it(student):\n    pass\n"
    body += "@exercise('double', requires='torch')\ndef test_with_torch(student):\n    pass\n"
    hidden = toy.root / "tests/hidden/toy/test_double.py"
    hidden.write_text(hidden.read_text() + body)
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
    toy.write("exercises/toy/README.md", "# A page\n")
    toy.write("exercises/toy/checks/unused.py", "x = 1\n")
    assert collect(toy).digest == first
    digests = [first]
    for path in ("exercises/toy/checks/test_quad.py", "tests/hidden/toy/test_quad.py", "exercises/toy/lesson.toml"):
        place = toy.root / path
        place.write_text(place.read_text() + "\n# changed\n")
        digests.append(collect(toy).digest)
    assert len(set(digests)) == 4


def change_of_digest(toy, path, **options):
    """Whether the digest changes when one file does."""
    before = collect(toy, **options).digest
    (toy.root / path).write_text((toy.root / path).read_text() + "\n# changed\n")
    return collect(toy, **options).digest != before


def test_the_digest_changes_with_what_the_check_files_import_however_deep(toy):
    for folder, helper in (("exercises/toy/checks", "toy_oracles.py"), ("tests/hidden/toy", "toy_hidden_oracles.py")):
        toy.write(f"{folder}/deep_{helper}", "def depth():\n    import toy_deepest\n    return toy_deepest\n")
        place = toy.root / folder / helper
        place.write_text(place.read_text() + f"\n\nfrom deep_{helper[:-3]} import depth\n\nDEPTH = depth()\n")
    toy.write("exercises/toy/checks/toy_deepest.py", "x = 1\n")
    toy.write("exercises/toy/checks/toy_unused.py", "x = 1\n")
    for path in (
        "exercises/toy/checks/toy_oracles.py",
        "exercises/toy/checks/deep_toy_oracles.py",
        "exercises/toy/checks/toy_deepest.py",
        "tests/hidden/toy/toy_hidden_oracles.py",
        "tests/hidden/toy/deep_toy_hidden_oracles.py",
    ):
        assert change_of_digest(toy, path), path
    assert not change_of_digest(toy, "exercises/toy/checks/toy_unused.py")
    assert not change_of_digest(toy, "tests/hidden/toy/toy_hidden_oracles.py", hidden=False)


def test_the_digest_changes_with_private_checks_and_what_they_import(toy):
    body = "@exercise('double')\ndef test_mine(student):\n    expect_equal(student.double(2), FOUR, what='double(2)')\n"
    toy.write("mine/test_mine.py", HEAD + "from mine_numbers import FOUR\n\n\n" + body)
    toy.write("mine/mine_numbers.py", "from mine_more import FOUR\n")
    toy.write("mine/mine_more.py", "FOUR = 4\n")
    for path in ("mine/test_mine.py", "mine/mine_numbers.py", "mine/mine_more.py"):
        assert change_of_digest(toy, path, private=toy.root / "mine"), path
        assert not change_of_digest(toy, path), path


def test_checks_are_read_anew_each_time(toy):
    """Modules of an earlier collection must not stand in for a later one's of the same name."""
    visible = toy.root / "exercises/toy/checks/test_counter.py"
    collect(toy)
    visible.write_text(visible.read_text().replace("def test_counter_adds_up", "def test_counter_sums"))
    assert "test_counter_sums" in {one.name for one in collect(toy).checks}
    toy.write("exercises/toy/checks/toy_oracles.py", "SQUARES = 'It says something else.'\n")
    double = next(one for one in collect(toy).checks if one.name == "test_double_adds")
    assert double.function.__globals__["SQUARES"] == "It says something else."


def test_two_lessons_may_have_files_of_one_name(toy):
    for name in ("first", "second"):
        lesson = f'[exercises.f_{name}]\npoints = 1\nminutes = 1\nhints = ["a", "b", "c"]\n'
        toy.write(f"exercises/{name}/lesson.toml", f'title = "T"\norder = 2\nsummary = "s"\n\n{lesson}')
        body = f"from oracles import NAME\n\n\n@exercise('f_{name}')\ndef test_{name}(student):\n    assert NAME\n"
        toy.write(f"exercises/{name}/checks/test_f_{name}.py", HEAD + body)
        toy.write(f"exercises/{name}/checks/oracles.py", f"NAME = {name!r}\n")
    course = toy.course
    for name in ("first", "second"):
        (check,) = collect_checks(course, course.lesson(name)).checks
        assert check.name == f"test_{name}" and check.function.__globals__["NAME"] == name


def test_a_helper_stands_in_for_no_module_of_python_or_a_library(toy, monkeypatch):
    for name in ("tabnanny", "iniconfig"):
        monkeypatch.delitem(sys.modules, name, raising=False)
        toy.write(f"exercises/toy/checks/{name}.py", "raise ValueError('not the real one')\n")
    checks = toy.root / "exercises/toy/checks/test_quad.py"
    checks.write_text(checks.read_text() + "\n\nimport iniconfig\nimport tabnanny\n\nREAL = iniconfig, tabnanny\n")
    quad = next(one for one in collect(toy).checks if one.name == "test_quad_is_four_times")
    assert not any(str(toy.root) in module.__file__ for module in quad.function.__globals__["REAL"])


def test_collecting_leaves_no_traces(toy, monkeypatch, capfd):
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    toy.write("exercises/toy/conftest.py", "raise SystemExit('a conftest of the course must not run in grading')\n")
    toy.write("pytest.ini", "[pytest]\naddopts = --no-such-option-either\n")
    path, bytecode = list(sys.path), sys.dont_write_bytecode
    assert len(collect(toy).checks) == 9
    assert os.environ["PYTEST_ADDOPTS"] == "--no-such-option" and "PYTEST_DISABLE_PLUGIN_AUTOLOAD" not in os.environ
    assert sys.path == path and sys.dont_write_bytecode is bytecode
    files = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
    assert not [file for file in files if file.startswith(str(toy.root))]
    assert not list(toy.root.rglob("*.pyc")) and not list(toy.root.rglob(".pytest_cache"))
    assert capfd.readouterr() == ("", "")
