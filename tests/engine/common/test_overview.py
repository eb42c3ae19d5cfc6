"""The page of all lessons is what their data give, for the whole course and for a release of some."""

import dataclasses
import posixpath
import re

from autograder.common.lessons import find_course
from autograder.common.overview import PAGE, overview_page
from autograder.release.student_repository import release_files


def test_the_page_in_this_repository_is_up_to_date():
    course = find_course()
    page = (course.root / PAGE).read_text(encoding="utf-8")
    assert page == overview_page(list(course.lessons.values())), "run autograder overview"


def test_a_lesson_is_a_row(toy):
    page = overview_page([toy.lesson])
    assert "\n| [Toy](toy/README.md): `toy` | Doubling, and counting | 0.5 | 3 | 7 | none |\n" in page
    assert page.endswith(
        "Start with the first: read [its page](toy/README.md), fill in `exercises/toy/toy.py`, and run\n"
        "`pytest exercises/toy` after each exercise.\n"
    )


def test_lessons_stand_below_their_module_and_say_what_they_lean_on(toy):
    def lesson(name, module, *uses):
        return dataclasses.replace(
            toy.lesson, name=name, title=name.title(), module=module, uses=dict.fromkeys(uses, ())
        )

    page = overview_page(
        [
            lesson("one", "1 Begin"),
            lesson("two", "2 Go on"),
            lesson("three", "2 Go on", "one", "two"),
            lesson("four", "2 Go on", "one", "three", "two"),
        ]
    )
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == ["# The lessons", "## 1 Begin", "## 2 Go on"]
    last = {line.split("](")[0]: line.split(" | ")[-1] for line in page.splitlines() if line.startswith("| [")}
    assert last == {"| [One": "none |", "| [Two": "none |", "| [Three": "`one`, `two` |", "| [Four": "all before |"}


def test_a_bar_in_a_text_ends_no_cell(toy):
    page = overview_page([dataclasses.replace(toy.lesson, summary="p(x | y)")])
    assert r"| p(x \| y) |" in page


def test_a_release_has_a_page_of_its_own_lessons(toy):
    files = release_files(toy.course, [toy.lesson])
    assert files[PAGE].decode() == overview_page([toy.lesson])


def test_links_lead_somewhere_in_a_release_too(toy):
    toy.write("exercises/toy/README.md", "# Toy\n")
    files = release_files(toy.course, [toy.lesson])
    for name in (PAGE, "README.md", "autograder/README.md", "autograder/authoring/README.md"):
        for target in re.findall(r"\]\(([^)]+)\)", files[name].decode()):
            assert posixpath.normpath(posixpath.join(posixpath.dirname(name), target)) in files, (name, target)


def test_the_command_writes_the_page_and_says_when_it_is_stale(toy, command):
    told = f"The course is {toy.root}.\n"
    stale = (1, told, f"autograder: {PAGE} is not what the lessons' data give: run autograder overview.\n")
    assert command("overview", "--check") == stale
    code, out, err = command("overview")
    assert (code, err) == (0, "") and out == f"{told}wrote {toy.root / PAGE}\n"
    assert (toy.root / PAGE).read_text() == overview_page([toy.lesson])
    assert command("overview", "--check") == command("overview") == (0, told, "")
    toy.write(PAGE, "# Mine\n")
    assert command("overview", "--check") == stale
