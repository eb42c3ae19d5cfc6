"""A lesson made by `new` is whole: every command that proves a lesson is content with it, and names are looked at."""

import shutil

import pytest

from autograder.authoring.contract import contract
from autograder.authoring.new import _FILES, TEMPLATES, new_lesson
from autograder.common.lessons import load_course

NEW = ("new", "sampling", "--title", 'Sampling, "by hand"', "--module", "9 Further", "--order", "4")


def everything(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


def test_a_new_lesson_audits_clean(toy, command, zygote):
    code, out, err = command(*NEW)
    assert (code, err) == (0, "") and "wrote exercises/sampling/lesson.toml" in out
    assert "Now: pytest exercises/sampling" in out and "autograder audit sampling." in out
    _, out, _ = command("new", "counting", "--course", toy.root)
    assert f"Now, in {toy.root}: pytest exercises/counting" in out and "autograder audit counting --course ." in out
    lesson = toy.course.lesson("sampling")
    assert (lesson.title, lesson.module, lesson.order) == ('Sampling, "by hand"', "9 Further", 4)
    assert command("audit", "sampling")[0] == 0
    assert command("mutate", "sampling")[0] == 0
    assert command("contract", "sampling")[0] == 0
    assert command("stubs", "--check")[0] == command("overview", "--check")[0] == 0


def test_a_new_lesson_in_a_copy_of_the_course(repository, tmp_path):
    """Next to the real lessons: no name is theirs, and the whole course loads."""
    for name in ("exercises", "solutions"):
        shutil.copytree(repository / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "measured"))
    course = load_course(tmp_path)
    new_lesson(course, "sampling")
    made = load_course(tmp_path)
    assert list(made.lessons)[-1] == "sampling" and len(made.lessons) == len(course.lessons) + 1
    assert not contract(made, made.lesson("sampling"), None).missing


def test_its_claim_holds(toy, command):
    command(*NEW)
    code, out, _ = command("experiment", "sampling", "--submission", "solutions", "--seeds", "2")
    assert code == 0 and "holds" in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("toy", "The name toy is taken: there is exercises/toy already."),
        ("all", "'all' is reserved"),
        ("Text-Sampling", "'Text-Sampling' can't be a lesson's name: take small letters"),
        ("class", "'class' can't be a lesson's name"),
        ("../out", "'../out' can't be a lesson's name"),
    ],
)
def test_names_that_are_refused(toy, command, name, said):
    before = everything(toy.root)
    code, _, err = command("new", name)
    assert code == 2 and said in err and err.count("\n") == 1 and everything(toy.root) == before


def test_every_template_is_used():
    assert {path.name for path in TEMPLATES.iterdir()} == {f"{name}.in" for name in _FILES}
