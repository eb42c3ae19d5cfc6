"""The page of all lessons and its map are what their data give, for the whole course and for a release of some."""

import dataclasses
import posixpath
import re
from xml.etree import ElementTree

import pytest

from autograder.common.lesson_map import MAP, lanes, lesson_map
from autograder.common.lessons import Claim, find_course
from autograder.common.overview import PAGE, overview_files, overview_page
from autograder.release.student_repository import release_files

SVG = "{http://www.w3.org/2000/svg}"


def test_the_page_and_the_map_in_this_repository_are_up_to_date():
    course = find_course()
    for name, text in overview_files(list(course.lessons.values())).items():
        assert (course.root / name).read_text(encoding="utf-8") == text, "run autograder overview"


def test_a_lesson_is_a_row(toy):
    page = overview_page([toy.lesson])
    assert "\n| [Toy](toy/README.md): `toy` | Doubling, and counting | 0.5 | 3 | 7 | none |\n" in page
    assert page.endswith(
        "Start with the first: read [its page](toy/README.md), fill in `exercises/toy/toy.py`, and run\n"
        "`pytest exercises/toy` after each exercise.\n"
    )


@pytest.fixture
def four(toy):
    """Four lessons of two modules, of which the third uses two and the last all."""

    def lesson(name, module, *uses):
        return dataclasses.replace(
            toy.lesson, name=name, title=name.title(), module=module, uses=dict.fromkeys(uses, ())
        )

    return [
        lesson("one", "1 Begin"),
        lesson("two", "2 Go on"),
        lesson("three", "2 Go on", "one", "two"),
        lesson("four", "2 Go on", "one", "three", "two"),
    ]


def test_lessons_stand_below_their_module_and_say_what_they_lean_on(four):
    page = overview_page(four)
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert headings == ["# The lessons", "## 1 Begin", "## 2 Go on"]
    last = {line.split("](")[0]: line.split(" | ")[-1] for line in page.splitlines() if line.startswith("| [")}
    assert last == {"| [One": "none |", "| [Two": "none |", "| [Three": "`one`, `two` |", "| [Four": "all before |"}


def test_a_bar_in_a_text_ends_no_cell(toy):
    page = overview_page([dataclasses.replace(toy.lesson, summary="p(x | y)")])
    assert r"| p(x \| y) |" in page


def test_the_map_has_a_box_for_each_lesson_below_its_module(four):
    texts = [element.text for element in ElementTree.fromstring(lesson_map(four)).iter(f"{SVG}text")]
    assert texts == ["1 Begin", "One", "2 Go on", "Two", "Three", "Four", "goes into: its functions are used there"]


def test_a_lane_leads_from_what_is_used_to_what_uses_it(four):
    assert [(lane.used, lane.user, lane.claim) for lane in lanes(four)] == [([0, 1], 2, False), ([0, 1, 2], 3, False)]
    three = dataclasses.replace(four[2], uses={"two": ("one",), "one": ()})
    assert [lane.used for lane in lanes([*four[:2], three])] == [[1]], "two brings one"


def test_what_only_a_claim_uses_is_another_kind_of_line(four):
    claims = {"x": Claim(uses=("one", "two", "elsewhere"))}
    last = dataclasses.replace(four[3], uses={"one": ()}, claims=claims)
    found = [(lane.used, lane.claim) for lane in lanes([*four[:2], last])]
    assert found == [([1], True), ([0], False)]
    drawn = lesson_map([*four[:2], last])
    assert drawn.count('class="line claim"') == 2 and "goes into a measured claim only" in drawn, "one in the legend"
    assert "goes into" not in lesson_map(four[:2])


def test_lanes_that_meet_stand_apart_and_everything_stands_within(four):
    long = dataclasses.replace(four[0], title="A title that is far too long for a box of this width & more")
    many = [long, *(dataclasses.replace(four[1], name=f"n{i}", uses={"one": ()}) for i in range(12))]
    found = lanes(many)
    assert len({lane.place for lane in found}) == 12, "all of them leave the first"
    drawn = ElementTree.fromstring(lesson_map(many))
    ends = [float(circle.get("cx")) for circle in drawn.iter(f"{SVG}circle")]
    assert max(ends) < float(drawn.get("width")) == 390, "a telephone's screen"
    assert [text.get("textLength") is not None for text in drawn.iter(f"{SVG}text")][:4] == [False, True, False, False]


def test_a_release_has_a_page_and_a_map_of_its_own_lessons(toy):
    files = release_files(toy.course, [toy.lesson])
    assert {name: files[name].decode() for name in (PAGE, MAP)} == overview_files([toy.lesson])


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
    assert (code, err) == (0, "") and out == f"{told}wrote {toy.root / PAGE}\nwrote {toy.root / MAP}\n"
    assert {name: (toy.root / name).read_text() for name in (PAGE, MAP)} == overview_files([toy.lesson])
    assert command("overview", "--check") == command("overview") == (0, told, "")
    toy.write(MAP, "<svg/>")
    assert command("overview", "--check") == (1, told, stale[2].replace(PAGE, MAP))
    toy.write(PAGE, "# Mine\n")
    assert command("overview", "--check") == stale
